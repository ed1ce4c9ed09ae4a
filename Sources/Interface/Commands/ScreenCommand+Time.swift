import History
import Keys
import Lanes

// Commands that go through time, and through the branches of the history.

extension ScreenCommand {
  static var travelling: [ScreenCommand] {
    [
      ScreenCommand(
        "continue", help: "Continues to where a stop is hit, or to the end.",
        run: { model, _ in model.answering { $0.runOn(forwards: true) } }),
      ScreenCommand(
        "reverse-continue", help: "Goes back to where a stop is hit, or to the beginning.",
        run: { model, _ in model.answering { $0.runOn(forwards: false) } }),
      ScreenCommand(
        "undo", help: "Goes back by a call.",
        run: { model, _ in model.answering { _ = $0.perform(.undo) } }),
      ScreenCommand(
        "redo", help: "Goes forward by a call.",
        run: { model, _ in model.answering { _ = $0.perform(.redo) } }),
      ScreenCommand(
        "goto", "N|N%", help: "Goes to after call N, or to a percentage of all calls.",
        example: "goto 50%",
        run: { model, text in Answer(error: model.goToStep(text)) }),
      ScreenCommand(
        "next", "KIND", help: "Goes to the next \(kinds).", example: "next merge",
        words: { _ in EventKind.allCases.map(\.rawValue) },
        run: { model, text in Answer(error: model.goToNext(text, forwards: true)) }),
      ScreenCommand(
        "previous", "KIND", help: "Goes to the previous event of a kind.",
        example: "previous split",
        words: { _ in EventKind.allCases.map(\.rawValue) },
        run: { model, text in Answer(error: model.goToNext(text, forwards: false)) }),
    ]
  }

  private static var kinds: String {
    EventKind.allCases.map(\.rawValue).joined(separator: ", ")
  }

  static var branching: [ScreenCommand] {
    [
      ScreenCommand(
        "branch", help: "Lists the branches of the history.", onlyLooks: true,
        run: { model, text in
          guard text.isEmpty else {
            return .failed("branch new, switch, rename or compare, then a name")
          }
          model.layers.append(.report(model.branchReport))
          return .done
        }),
      ScreenCommand(
        "branch new", "NAME", help: "Starts a branch here; a call made in the past starts one too.",
        example: "branch new try-rw",
        run: { model, name in
          if model.lanes.isComparing {
            return .failed("\(model.lanes.countWord) are compared; compare off, then branch")
          }
          guard !name.isEmpty else { return .failed("say its name: branch new try-rw") }
          return model.branching { timeline throws(Timeline.BranchError) in
            try timeline.beginBranch(named: name)
          }
        }),
      ScreenCommand(
        "branch switch", "NAME", help: "Switches to a branch, at the moment where it was left.",
        example: "branch switch main", words: branchNames,
        run: { model, name in Answer(error: model.switchBranch(name)) }),
      ScreenCommand(
        "branch rename", "NAME", help: "Renames the current branch.",
        example: "branch rename before-fix",
        run: { model, name in
          guard !name.isEmpty else { return .failed("say the name: branch rename before-fix") }
          return model.branching { timeline throws(Timeline.BranchError) in
            try timeline.rename(timeline.current, to: name)
          }
        }),
      ScreenCommand(
        "branch compare", "NAME",
        help: "Shows another branch beside this one.",
        example: "branch compare main", words: branchNames,
        run: { model, name in Answer(error: model.compareBranch(name)) }),
    ]
  }

  private static let branchNames: @Sendable (Model) -> [String] = { model in
    model.timeline.branches.map(\.name)
  }
}

extension Model {
  /// Does what tells of itself on the screen, and answers with what is wrong if that failed.
  mutating func answering(_ act: (inout Model) -> Void) -> ScreenCommand.Answer {
    act(&self)
    return notice?.kind == .failed ? .failed(notice?.text ?? "") : .done
  }

  fileprivate mutating func goToNext(_ word: String, forwards: Bool) -> String? {
    guard let kind = EventKind(rawValue: word) else {
      let kinds = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
      return "say what to go to: \(kinds)"
    }
    return goToNext(kind, forwards: forwards)
  }

  fileprivate mutating func branching(
    _ change: (inout Timeline) throws(Timeline.BranchError) -> Void,
  ) -> ScreenCommand.Answer {
    do throws(Timeline.BranchError) {
      try change(&timeline)
    } catch {
      return .failed(error.description)
    }
    say("This is branch \(timeline.branches[timeline.current].name).")
    return .done
  }
}
