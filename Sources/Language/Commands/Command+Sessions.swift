import History

// The lines of a session.

extension Command {
  static var sessions: [Command] {
    [
      Command(
        name: "session", operands: [.required(.format)],
        help: "The file is a session that was saved whole: its last line is end.",
        example: "session 1", group: .sessions, make: { .session(.begin(format: $0.number)) }),
      Command(
        name: "branch", operands: [.required(.label), .optional(.origin), .optional(.anew)],
        help:
          "Begins a branch: from another after this many calls, or from what follows boots; "
          + "else names the first.",
        example: "branch try-rw from main 12", group: .sessions,
        make: {
          .session($0.isAnew ? .anew($0.label) : .branch($0.label, from: $0.origin))
        }),
      Command(
        name: "mark", operands: [.required(.label), .optional(.event)],
        help: "Names the place after the calls so far, and this many events of the next.",
        example: "mark a 3", group: .sessions,
        make: { .session(.mark($0.label, event: $0.event)) }),
      Command(
        name: "cursor", operands: [.required(.label), .required(.calls), .optional(.event)],
        help: "Where the cursor is on a branch; the last such line says which one is shown.",
        example: "cursor main 5 2", group: .sessions,
        make: { .session(.cursor($0.label, Moment(call: $0.number, event: $0.event))) }),
      Command(
        name: "end", operands: [.required(.calls)],
        help: "The last line of a session, with the number of calls on all branches.",
        example: "end 214", group: .sessions, make: { .session(.end(calls: $0.number)) }),
    ]
  }
}
