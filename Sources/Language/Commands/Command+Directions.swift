public import Screen

// The lines of a demo.

extension Command {
  static var directions: [Command] {
    [
      Command(
        name: "key", operands: [.required(.keys)],
        help: "Presses keys, by the names that help gives them.",
        example: "key \"> , , Enter C-o\"", group: .directions,
        make: { .direction(.key($0.keys)) }),
      Command(
        name: "type", operands: [.required(.text)],
        help: "Types a text, letter by letter; key \"Enter\" ends it.",
        example: "type \":why pfn:0x180000 2M\"", group: .directions,
        make: { .direction(.type($0.text)) }),
      Command(
        name: "wait", operands: [.required(.duration)],
        help: "Nothing happens for so long.", example: "wait 1500ms", group: .directions,
        make: { .direction(.wait(milliseconds: $0.number)) }),
      Command(
        name: "caption", operands: [.required(.text)],
        help:
          "Words that stay until the next caption; consecutive lines are its paragraphs, and an "
          + "empty text takes it away.",
        example: "caption \"The bit is back. The large leaf is not.\"", group: .directions,
        make: { .direction(.caption($0.text)) }),
      Command(
        name: "presenter", operands: [.required(.text)],
        help: "A note that only the presenter sees; play --demo --notes prints all of them.",
        example: "presenter \"Ask who has seen a huge page split.\"", group: .directions,
        make: { .direction(.presenter($0.text)) }),
      Command(
        name: "highlight", operands: [.required(.target), .optional(.count)],
        help: "Points pages out on the map, until the next caption or highlight.",
        example: "highlight pfn:0x180000 8", group: .directions,
        make: { .direction(.highlight($0.target, $0.count)) }),
      Command(
        name: "spotlight", operands: [.required(.spot), .optional(.count)],
        help: "Dims everything but a panel or some pages, until the next spotlight; off ends it.",
        example: "spotlight trace", group: .directions,
        make: { values in
          .direction(
            .spotlight(
              values.panel.map { .panel($0) } ?? .pages(values.target, values.count)))
        }),
      Command(
        name: "hide", operands: [],
        help: "What follows is done at once, and is not recorded, up to show.",
        example: "hide", group: .directions, make: { _ in .direction(.hide) }),
      Command(
        name: "show", operands: [], help: "What follows is recorded again.", example: "show",
        group: .directions, make: { _ in .direction(.show) }),
    ]
  }

  static var lessons: [Command] {
    [
      Command(
        name: "lesson", operands: [.required(.text), .required(.text)],
        help: "The file is a lesson: its title, and what it is about in a sentence.",
        example: "lesson \"One page costs two megabytes\" \"What a split is, and what it costs.\"",
        group: .lessons, make: { .lesson(.title($0.text, about: $0.texts[1])) }),
      Command(
        name: "part", operands: [.required(.text)],
        help: "A part of a lesson begins, with its heading; captions and calls follow.",
        example: "part \"The first split\"", group: .lessons,
        make: { .lesson(.part($0.text)) }),
      Command(
        name: "task", operands: [.required(.text), .optional(.until)],
        help:
          "What the learner is to do, and when it is done; the lines up to the next part are one "
          + "way to do it.",
        example: "task \"Press r.\" until size(pfn:0x180000) == 4K", group: .lessons,
        make: { .lesson(.task($0.text, until: $0.goal)) }),
      Command(
        name: "story", operands: [.required(.text), .required(.text)],
        help: "Where the real story is: a thread or a commit, its title and its address or number.",
        example: "story \"x86/mm/cpa: restore large page mappings\" \"commit 41d88484c71c\"",
        group: .lessons, make: { .lesson(.story($0.text, source: $0.texts[1])) }),
    ]
  }
}

extension Input {
  /// Whether a finger can do it: what a terminal tells by itself is no key.
  public var isPressed: Bool {
    switch self {
    case .character, .key, .control, .mouse: true
    case .resize, .resumed, .timeout, .end: false
    }
  }
}
