import Engine
import History
import Keys
import Lanes

// Branches of the history on the screen.

extension Model {
  /// Goes to another branch; what is wrong otherwise.
  mutating func switchBranch(_ name: String) -> String? {
    if lanes.isComparing { return "\(lanes.countWord) are compared; compare off, then switch" }
    do throws(Timeline.BranchError) {
      let index = try timeline.branchIndex(named: name)
      guard index != timeline.current else { return "this is branch \(name) already" }
      timeline.switchBranch(to: index)
    } catch {
      return error.description
    }
    settle()
    let calls = timeline.end.call
    say("Branch \(name): \(calls == 1 ? "1 call" : "\(calls) calls"), at \(timeline.moment.call).")
    return nil
  }

  /// What the branches are.
  var branchReport: Report {
    let lines = timeline.branches.enumerated().map { index, branch in
      let own = branch.end - branch.fork
      var line = "\(index == timeline.current ? "* " : "  ")\(branch.name): "
      line += own == 1 ? "1 call" : "\(own) calls"
      if let parent = branch.parent {
        line += ", leaves \(timeline.branches[parent].name) after call \(branch.fork)"
      } else if timeline.branches.count(where: { $0.parent == nil }) > 1 {
        line += ", \(lane.setup(ofRoot: index).software)"
      }
      return line
    }
    return Report(title: "branches", lines: lines)
  }

  /// Puts another branch beside this one, to look at both; what is wrong otherwise.
  mutating func compareBranch(_ name: String) -> String? {
    do throws(Timeline.BranchError) {
      let index = try timeline.branchIndex(named: name)
      guard index != timeline.current else { return "this is branch \(name) itself" }
      if !lanes.areBranches { lanes.keepOne() }
      guard !lanes.list.contains(where: { $0.timeline.current == index }) else {
        return "branch \(name) is beside this one already"
      }
      guard lanes.list.count < Lanes.countMax else {
        return "\(lanes.countWord) are compared, and no more can be; compare off ends it"
      }
      var other = lane
      other.timeline.switchBranch(to: index)
      other.settle(follows: false)
      other.name = name
      lane.name = timeline.branches[timeline.current].name
      lanes.add(branch: other)
      let shared = timeline.sharedCalls(with: index)
      say(
        "Beside it \(name), the same up to call \(shared); \(keymap.key(.nextDifference)): next "
          + "difference, \(keymap.key(.commandLine))compare off ends it.")
      return nil
    } catch {
      return error.description
    }
  }
}

/// Lines to read, over the map.
public struct Report: Equatable, Sendable {
  /// What they are about.
  public var title: String
  /// The lines.
  public var lines: [String]
  /// The first that shows.
  package var first = 0

  /// Creates a report.
  public init(title: String, lines: [String]) {
    self.title = title
    self.lines = lines
  }
}
