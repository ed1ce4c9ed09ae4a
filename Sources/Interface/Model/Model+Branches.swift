import Engine
import History
import Scenarios

// Branches of the history on the screen.

extension Model {
  /// Whether what stands beside this one is another branch of the same history: then nothing is called.
  var comparesBranches: Bool { rivals.first?.isBranch ?? false }

  /// Goes to another branch; what is wrong otherwise.
  mutating func switchBranch(_ name: String) -> String? {
    if rival != nil { return "two are compared; compare off, then switch" }
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

  /// Shows where the cursor came to by no step.
  mutating func settle() {
    let last = max(0, timeline.moment.call - (timeline.moment.event > 0 ? 0 : 1))
    arrive(from: timeline.machine(after: last))
    map = MapPicture(machine, around: page, in: space, changes: changes)
    isFlashing = false
  }

  /// What the branches are.
  var branchReport: Report {
    let lines = timeline.branches.enumerated().map { index, branch in
      let own = branch.end - branch.fork
      var line = "\(index == timeline.current ? "* " : "  ")\(branch.name): "
      line += own == 1 ? "1 call" : "\(own) calls"
      if let parent = branch.parent {
        line += ", leaves \(timeline.branches[parent].name) after call \(branch.fork)"
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
      stopComparing()
      var other = self
      other.layers = []
      other.timeline.switchBranch(to: index)
      other.options.followsChanges = false
      other.settle()
      other.notice = nil
      other.isBranch = true
      other.isSecond = true
      other.name = name
      let calls = max(timeline.end.call, other.timeline.end.call)
      self.name = timeline.branches[timeline.current].name
      rivals = [other]
      pairs = (0...calls).map { CallPair(mine: $0, theirs: min($0, other.timeline.end.call)) }
      followedTo = nil
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
  var first = 0

  /// Creates a report.
  public init(title: String, lines: [String]) {
    self.title = title
    self.lines = lines
  }
}
