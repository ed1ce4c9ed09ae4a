import Engine
import History
import Keys
import Lanes
import Narration
import Scenarios

// The same calls under another kernel, other policies or on another machine: nothing is forgotten.

extension Model {
  /// Boots from something else and makes all calls again there, on a branch of their own, and stands at
  /// the same place. Where the same calls were made so already, it goes there.
  ///
  /// - Parameter remark: what else is to be said.
  /// - Returns: what is wrong, if it could not be done.
  mutating func again(_ new: BootSetup, remark: String = "") -> String? {
    if let reason = refusalOfAgain { return reason }
    let old = lane.setup
    guard new != old else { return "this is \(new.description.name) with \(new.software) already" }
    let twin = timeline.twins.first {
      lane.setup(ofRoot: timeline.root(ofBranch: $0)) == new
    }
    if let twin {
      timeline.pass(to: twin)
      standAgain(after: old)
      say(remark + words(afterBooting: new, []))
      return nil
    }
    do throws(BootError) {
      let machine = try new.boot.machine()
      let leftOut = timeline.makeAgain(on: machine, named: new.branchName(after: old))
      lane.setup = new
      standAgain(after: old)
      say(remark + words(afterBooting: new, leftOut), leftOut.isEmpty ? .done : .failed)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Why calls cannot be made again; `nil` if they can.
  var refusalOfAgain: String? {
    if lanes.isComparing {
      return "\(lanes.countWord) are compared; compare off, then choose"
    }
    if lane.setup.description.e820.isEmpty, lane.source.recording == nil {
      return "this map was read, and its machine cannot be booted otherwise; directmap open takes "
        + "--kernel and --policy, and machine NAME leaves it"
    }
    guard lane.source == .calls, !lane.setup.description.e820.isEmpty else {
      return "a recording's machine cannot be booted otherwise; choose one with machine NAME"
    }
    return nil
  }

  /// Goes back to the machine before the one that was chosen, where the cursor stands where that led
  /// to; whether that could be.
  mutating func undoChoice() -> Bool { pass { $0.goBackToOtherMachine() } }

  /// Goes again to the machine that undo left here; whether that could be.
  mutating func redoChoice() -> Bool { pass { $0.goAgainToOtherMachine() } }

  private mutating func pass(_ pass: (inout Timeline) -> Bool) -> Bool {
    if lanes.isComparing { return false }
    let old = lane.setup
    guard pass(&timeline) else { return false }
    standAgain(after: old)
    say("This is \(lane.setup.software), branch \(branchName).")
    return true
  }

  private var branchName: String { timeline.branches[timeline.current].name }

  /// Shows where the cursor stands on another machine.
  private mutating func standAgain(after old: BootSetup) {
    if lane.setup.description.e820 != old.description.e820 { lane.placeAnew() }
    if lane.place.space == .process, machine.userRanges.isEmpty { lane.place.space = .direct }
    hasBegun = true
    // Under another kernel other answers are right.
    predictions.known = []
    lane.settle(follows: false)
    compareZaps()
  }

  /// What became of the calls, in a sentence or two.
  private func words(afterBooting new: BootSetup, _ leftOut: [Timeline.LeftOut]) -> String {
    let calls = timeline.end.call
    let back = "\(keymap.key(.undo)) goes back."
    guard calls + leftOut.count > 0 else {
      return "Booted \(new.description.name) with \(new.software); \(back)"
    }
    let made = calls == 1 ? "The same call" : "The same \(calls) calls"
    var text = "\(made) with \(new.software), on branch \(branchName); \(back)"
    if calls == 0 { text = "Booted \(new.description.name) with \(new.software); \(back)" }
    guard let first = leftOut.first else { return text }
    let reason =
      switch first.reason {
      case .refused(let error): "\(error)"
      case .missing: "\(new.kernel.name) has no such call"
      case .observed: "it was observed, and no call corresponds to it"
      }
    let more = leftOut.count > 1 ? ", and \(leftOut.count - 1) more" : ""
    return "\(text) Left out: \(first.deed.title): \(reason)\(more)."
  }
}

extension BootSetup {
  /// The name of a branch on which this was booted instead of another setup.
  fileprivate func branchName(after old: BootSetup) -> String {
    let name =
      description.name != old.description.name
      ? description.name
      : kernel != old.kernel ? kernel.name : policies.names.last?.rawValue ?? kernel.name
    return Timeline.isName(name) ? name : "machine"
  }
}

extension Lane {
  /// Selects a page of another machine: the same one, if that has it.
  mutating func placeAnew() {
    let focus = place.focus
    let old = place.selection
    place = MapPlace(
      machine.memory.ranges.contains { $0.contains(old) } ? old : Self.firstSelection(machine))
    place.focus = focus
  }
}
