import Engine
import History
import Lanes
import Language
import Narration
import Parsing
import Scenarios

// Questions: who, what if, and where.

extension Model {
  // MARK: - Who

  /// Goes back to the call that last split, merged or changed what maps the selected page, and says
  /// which it was. Asked again there, it goes to the one before.
  mutating func findWho() {
    let address = lane.selectedAddress
    let start = timeline.moment
    guard let found = timeline.lastChange(of: address) else {
      if let sentence = timeline.change(of: address, at: start) {
        let index = start.call - (start.event > 0 ? 0 : 1)
        say(
          "Call \(index + 1), \(timeline.steps.deed(index).title): "
            + "\(sentence) No call before it changed this page.")
        return
      }
      say("no call up to here has changed this page: it is as boot left it", .failed)
      return
    }
    let deed = timeline.steps.deed(found.moment.call - (found.moment.event > 0 ? 0 : 1))
    let number = found.moment.call + (found.moment.event > 0 ? 1 : 0)
    let page = selection
    if found.moment != start { go(to: found.moment) }
    lane.select(page)
    say("Call \(number), \(deed.title): \(found.sentence) \(ownerWords)")
  }

  /// Whose the selected page is.
  private var ownerWords: String {
    FrameWords.state(of: selection, machine.physical).map { "The page: \($0)." } ?? ""
  }

  // MARK: - What if

  /// What a call would change if it were made here. Nothing is kept.
  mutating func whatIf(_ line: String) -> String? {
    guard !line.isEmpty else { return "say which call: what-if set_memory_rox pfn:0x180000 512" }
    let read: LocatedStatement?
    do throws(ParseError) {
      read = try Parser(file: "what-if").statement(ofLine: line)
    } catch {
      return "column \(error.location.column): \(error.reason)"
    }
    guard case .call(let call) = read?.statement else { return "only calls can be tried" }
    do throws(CallError) {
      layers.append(.report(try WhatIf(call, on: machine, progress).report))
      return nil
    } catch {
      return "\(error)"
    }
  }

  // MARK: - Where

  /// Looks for something in the map, and remembers it for the keys that go on; what is wrong otherwise.
  mutating func search(_ text: String) -> String? {
    let line = text.trimmed
    guard !line.isEmpty else { return nil }
    guard let wanted = MapSearch(words: line) else { return goToPlace(line) }
    // Bit 7 is PAT where flags are compared as those of 4K entries.
    if line.split(separator: " ").contains("PSE") {
      return "PSE is what makes a leaf large: look for 4K, 2M or 1G"
    }
    preferences.search = wanted
    preferences.searchWords = line
    remember(line, in: \.searches)
    return findNext(forwards: true)
  }

  /// Goes on with the search, as often as the count says.
  mutating func findAgain(forwards: Bool) {
    let repeats = min(count ?? 1, Self.findLimit)
    count = nil
    for _ in 0..<repeats {
      if let error = findNext(forwards: forwards) {
        say(error, .failed)
        return
      }
    }
  }

  /// The most places that one key goes on by.
  private static let findLimit: UInt64 = 1000

  /// Goes on with the search; what is wrong otherwise.
  mutating func findNext(forwards: Bool) -> String? {
    guard let search = preferences.search else { return nil }
    let words = preferences.searchWords
    let end = machine.memory.end + LeafSize.size1G.pages
    let found =
      search.next(after: selection, forwards: forwards, in: machine)
      ?? search.next(after: forwards ? 0 : end, forwards: forwards, in: machine)
    guard let found else { return "not found in the map: \(words)" }
    lane.select(found)
    if search == .oddOneOut,
      let odd = machine.nextOddOneOut(after: PFN(max(1, found.rawValue) - 1), forwards: true),
      odd.pfn == found
    {
      say(odd.sentence)
    } else {
      say("\(words): \(found.hex)")
    }
    return nil
  }
}

extension Timeline {
  /// What wrote last before the cursor what maps an address. The event right at the cursor
  /// does not count, so that asking again goes further back.
  fileprivate mutating func lastChange(
    of address: VirtualAddress,
  ) -> (moment: Moment, sentence: String)? {
    guard let hit = nextHit(of: Self.watching(address), forwards: false), hit.finding.isWrite else {
      return nil
    }
    return (hit.moment, hit.finding.sentence)
  }

  /// What wrote it, right before a moment.
  fileprivate mutating func change(of address: VirtualAddress, at moment: Moment) -> String? {
    let start = Moment(call: moment.call - (moment.event > 0 ? 0 : 1))
    guard start >= .start else { return nil }
    let hits = hits(of: Self.watching(address), after: start, through: moment)
    guard let hit = hits.last, hit.moment == moment, hit.finding.isWrite else { return nil }
    return hit.finding.sentence
  }

  /// A list with the one stop that watches what maps an address.
  private static func watching(_ address: VirtualAddress) -> StopList {
    var list = StopList()
    _ = list.add(Stop(.entry(Stop.Region(.virtual(address), 1))))
    return list
  }
}

extension MapSearch {
  /// A search as a user types it: `ro`, `rwx`, `2M`, `has D`, `lacks G`, `owner kernel`, `odd`; `nil` for
  /// a place.
  init?(words line: String) {
    let words = line.split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case ("odd", 1): self = .oddOneOut
    case ("owner", 2):
      guard let name = Name(words[1]) else { return nil }
      self = .owner(name)
    case ("has", 2...), ("lacks", 2...):
      var flags: EntryFlags = []
      for word in words.dropFirst() {
        guard let flag = EntryFlags(word: word) else { return nil }
        flags.formUnion(flag)
      }
      self = words[0] == "has" ? .has(flags) : .lacks(flags)
    case (let word?, 1):
      if let size = LeafSize(name: word) {
        self = .size(size)
      } else if let permission = Self.permissions[word] {
        self = .permission(permission)
      } else {
        return nil
      }
    default: return nil
    }
  }

  /// The words for permission classes.
  static let permissions: [String: PermissionClass] = [
    "rw": .rwNX, "ro": .roNX, "rox": .roX, "rwx": .rwX, "absent": .notPresent, "uc": .uncached,
    "hole": .hole,
  ]

  /// All words with which a search begins, for completion and help.
  static let firstWords =
    ["odd", "owner", "has", "lacks", "4K", "2M", "1G"] + permissions.keys.sorted()
}

extension OddOneOut {
  /// What is odd about it.
  var sentence: String {
    var parts: [String] = []
    if !lacking.isEmpty { parts.append("lacks \(lacking.text(.size4K))") }
    if !extra.isEmpty { parts.append("has \(extra.text(.size4K)) besides") }
    let what = leaves == 1 ? "One \(size.name) leaf" : "\(leaves) consecutive \(size.name) leaves"
    let verb = parts.isEmpty ? "differ from those around" : parts.joined(separator: " and ")
    return "\(what) from \(pfn.hex) on: \(verb)."
  }
}

extension StopHit.Finding {
  /// Whether something was written.
  fileprivate var isWrite: Bool {
    switch self {
    case .event, .wrote: true
    case .entered, .call, .expression, .near, .drift, .broken: false
    }
  }
}
