import Engine
import History
import Scenarios

// Two variants side by side: the same calls on two machines. One of them is in charge: it gets the
// keys, and the other one follows it through time, by calls, and inside a call that both have made
// line by line; the one with fewer lines waits at its last one until the call ends.

/// A variant to stand beside another.
public struct Contender: Sendable {
  /// What it is called.
  public var name: String
  /// Its machine, just booted.
  public var machine: Machine
  /// What the machine was booted from.
  public var setup: BootSetup

  /// Creates a contender.
  public init(name: String, machine: Machine, setup: BootSetup) {
    self.name = name
    self.machine = machine
    self.setup = setup
  }
}

/// How many calls two variants have made at the same place.
struct CallPair: Equatable, Sendable {
  /// Those of the variant in charge.
  var mine: Int
  /// Those of the other one.
  var theirs: Int
}

extension Model {
  /// The variant beside this one, if two are compared.
  public var rival: Model? { rivals.first }

  /// A title, with the variant's name where two are compared.
  func titled(_ title: String) -> String { name.isEmpty ? title : "\(name): \(title)" }

  /// A screen on a machine where nothing was done yet, and another one beside it.
  public init(_ machine: Machine, setup: BootSetup, named name: String, beside other: Contender) {
    self.init(machine, setup: setup)
    stand(beside: other, named: name)
  }

  /// Puts a variant beside this one, and makes it do what was done here.
  mutating func stand(beside other: Contender, named name: String) {
    var rival = Model(other.machine, setup: other.setup)
    rival.name = other.name
    rival.isSecond = true
    rival.keymap = keymap
    self.name = name
    rivals = [rival]
    pairs = [CallPair(mine: 0, theirs: 0)]
    for (index, step) in timeline.steps.enumerated() {
      _ = performBeside(step.call, notes: step.notes, after: index, reaching: index + 1)
    }
    rivals[0].timeline.closingNotes = timeline.closingNotes
    // From its beginning it follows to where this one stands, and shows what is there.
    rivals[0].timeline.go(to: .start)
    followedTo = nil
  }

  /// Reads a variant, boots it, and puts it beside this one; what is wrong with it otherwise.
  mutating func compare(_ text: String) -> String? {
    guard !text.isEmpty else {
      return "say what to compare with: compare NAME=kernel:...,policy:..."
    }
    guard !setup.description.e820.isEmpty else {
      return "a recording's machine cannot be booted otherwise"
    }
    do {
      let variant = try Variant(reading: text)
      var setup = setup
      if let kernel = variant.kernel { setup.kernel = kernel }
      if let policies = variant.policies { setup.policies = policies }
      let machine = try Machine(
        booting: setup.description, kernel: setup.kernel,
        options: BootOptions(policies: setup.policies))
      let own = self.setup.policies.names.last?.rawValue ?? self.setup.kernel.name
      stopComparing()
      stand(
        beside: Contender(name: variant.name, machine: machine, setup: setup),
        named: own == variant.name ? "as is" : own)
      say("Beside it \(variant.name): \(setup.software), after the same calls.")
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Goes on with one variant: the one in charge.
  mutating func stopComparing() {
    rivals = []
    pairs = []
    name = ""
    isBranch = false
    isSecond = false
    followedTo = nil
  }

  /// Gives keys, inspector and trace to the other variant.
  mutating func exchange() {
    guard var other = rivals.popLast() else {
      say("nothing is compared; \(keymap.key(.commandLine))compare NAME=policy:...", .failed)
      return
    }
    other.layers = layers
    other.filmPath = filmPath
    other.options = options
    other.keymap = keymap
    other.size = size
    other.playback = playback
    other.commandHistory = commandHistory
    other.hasBegun = hasBegun
    other.pairs = pairs.map { CallPair(mine: $0.theirs, theirs: $0.mine) }
    layers = []
    pairs = []
    let own = self
    self = other
    rivals = [own]
    followedTo = timeline.moment
    say("Keys, inspector and trace are \(name)'s: \(setup.software).")
  }

  // MARK: - Calls

  /// How many calls the other variant has made after so many of this one.
  func theirs(at mine: Int) -> Int { pairs.last { $0.mine <= mine }?.theirs ?? 0 }

  /// Makes a call on the other variant too, and shows it there. Returns why it could not be made.
  mutating func mirror(_ call: Call, after place: Int, isAlone: Bool) -> CallError? {
    guard !rivals.isEmpty, !comparesBranches else { return nil }
    rivals[0].timeline.go(to: Moment(call: theirs(at: place)))
    let before = rivals[0].machine
    let error = performBeside(
      call, notes: [], after: place, reaching: isAlone ? place : place + 1)
    if error == nil {
      rivals[0].arrive(from: before)
      rivals[0].map = MapPicture(
        rivals[0].machine, around: rivals[0].page, in: rivals[0].space, changes: rivals[0].changes)
      if isAlone { say("\(rivals[0].name) alone makes this call.") }
      followedTo = timeline.moment
    }
    return error
  }

  /// Makes a call on the other variant's machine, after so many calls of this one, which has made
  /// `mine` with it. What came later there is dropped, as it is here.
  mutating func performBeside(
    _ call: Call, notes: [String], after place: Int, reaching mine: Int,
  ) -> CallError? {
    guard !rivals.isEmpty else { return nil }
    let target = Moment(call: theirs(at: place))
    if rivals[0].timeline.moment != target { rivals[0].timeline.go(to: target) }
    pairs.removeAll { $0.mine > place }
    defer { pairs.append(CallPair(mine: mine, theirs: rivals[0].timeline.moment.call)) }
    do throws(CallError) {
      try rivals[0].timeline.perform(call, notes: notes)
      return nil
    } catch {
      rivals[0].timeline.leaveFuture()
      return error
    }
  }

  // MARK: - Time

  /// Takes the other variant along: through time, and over the map.
  mutating func keepAbreast() {
    guard var other = rivals.popLast() else { return }
    let target = place(in: &other)
    if other.timeline.moment != target {
      let before = other.machine
      let start = other.timeline.moment
      other.timeline.go(to: target)
      other.arrive(from: before, at: start)
      isFlashing = isFlashing || other.isFlashing
    } else if let followedTo, followedTo != timeline.moment {
      other.rest()
    }
    followedTo = timeline.moment
    other.selection = selection
    other.elsewhere = elsewhere
    if other.space != space {
      other.space = space
      other.map = MapPicture(other.machine, around: page, in: space, changes: other.changes)
    }
    other.focus = focus
    other.aimsAtArea = aimsAtArea
    other.options = options
    // What changes here leads both; the other one never leads itself away.
    other.options.followsChanges = false
    other.isFlashing = isFlashing
    other.map.move(to: page, other.machine, changes: other.changes)
    rivals = [other]
  }

  /// Nothing changes while the other variant goes on.
  private mutating func rest() {
    changes = Changes()
    previous = machine
    map = MapPicture(machine, around: page, in: space, changes: changes)
  }

  /// Where the other variant stands when this one stands here.
  private func place(in other: inout Model) -> Moment {
    let moment = timeline.moment
    let call = theirs(at: moment.call)
    guard moment.event > 0, theirs(at: moment.call + 1) == call + 1 else {
      return Moment(call: call)
    }
    let trace = other.trace.call == call ? other.trace : Trace(ofCall: call, in: &other.timeline)
    return Moment(call: call, event: trace.end(ofLine: self.trace.line(after: moment.event)))
  }

  // MARK: - Differences

  /// Goes to the next page that the two map with leaves of other sizes or other permissions.
  mutating func moveToNextDifference() {
    guard let other = rival else {
      say("nothing is compared; \(keymap.key(.commandLine))compare NAME=policy:...", .failed)
      return
    }
    // Behind the selection, then from the beginning on.
    let next = selection.rawValue + 1
    guard
      let found = firstDifference(in: next..<max(next, frameEnd), other.machine)
        ?? firstDifference(in: 0..<min(next, frameEnd), other.machine)
    else {
      say("\(name) and \(other.name) differ nowhere", .failed)
      return
    }
    if found < selection { say("From the beginning again.") }
    select(found)
  }

  /// The first of these frames that another machine maps in another way.
  private func firstDifference(in frames: Range<UInt64>, _ other: Machine) -> PFN? {
    let chunk = 512 * LeafSize.size1G.pages.rawValue
    var start = frames.lowerBound
    while start < frames.upperBound {
      let end = min(frames.upperBound, (start / chunk + 1) * chunk)
      let address = machine.directMapAddress(of: PFN(start))
      let pages = PageCount(end - start)
      let found = Self.firstDifference(
        machine.tables.runs(from: address, pages: pages),
        other.tables.runs(from: address, pages: pages))
      if let found { return AddressLayout.directMapFrame(of: found) }
      start = end
    }
    return nil
  }

  /// The first address at which two rows of runs that cover the same addresses differ.
  private static func firstDifference(_ a: [LeafRun], _ b: [LeafRun]) -> VirtualAddress? {
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if a[i].size != b[j].size || PermissionClass(a[i]) != PermissionClass(b[j]) {
        return max(a[i].start, b[j].start)
      }
      let ends = (a[i].start + a[i].pages, b[j].start + b[j].pages)
      if ends.0 <= ends.1 { i += 1 }
      if ends.1 <= ends.0 { j += 1 }
    }
    return nil
  }
}

extension Trace {
  /// How many events have happened when a line has, with what completes it; short of the end of the
  /// call. Lines beyond the last mean the last.
  func end(ofLine line: Int) -> Int {
    guard !lines.isEmpty else { return 0 }
    let next = min(max(line, 0), lines.count - 1) + 1
    return max(0, min(next < lines.count ? lines[next] : events.count, events.count - 1))
  }
}
