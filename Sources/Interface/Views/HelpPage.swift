import Engine
import Scenarios
import Screen

/// The help: what the screen shows, then every key from the table.
enum HelpPage {
  /// A line of it.
  enum Line: Equatable, Sendable {
    case heading(String)
    case text(String)
    case key(String, String)
    case empty
  }

  /// All lines.
  static let lines: [Line] = {
    var lines: [Line] = [.heading("What you see")]
    lines += Welcome.sentences.flatMap { sentence in
      TextWrap.lines(sentence, width: 70).map { Line.text($0) }
    }
    for group in Keymap.Group.allCases {
      lines += [.empty, .heading(group.rawValue)]
      lines += Keymap.standard.bindings.filter { $0.group == group }.map { .key($0.keys, $0.help) }
      if group == .moving { lines.append(.key("1 2 3...", "A count before a key: 16r, 3Down")) }
    }
    return lines
  }()

  /// The same as a page of the documentation.
  static var markdown: String {
    var text = """
      # Keys

      This page is made from the program's own table of keys; a test keeps it true.

      A count before a key repeats it, or is the number of 4K pages that a call takes: `16r`.

      """
    for group in Keymap.Group.allCases {
      text += "\n## \(group.rawValue)\n\n| key | what it does |\n|---|---|\n"
      for binding in Keymap.standard.bindings where binding.group == group {
        let keys = binding.inputs.map { "`\($0.name)`" }.joined(separator: " ")
        text += "| \(keys) | \(binding.help) |\n"
      }
    }
    return text
  }
}

/// What the first screen says.
enum Welcome {
  /// The three sentences.
  static let sentences = [
    "The kernel maps all RAM a second time, in large pages where it can: the direct map.",
    "Each panel is one page-table page of 512 entries: left the 1G slots of the machine, in the "
      + "middle the 2M slots of the selected 1G slot, right the 4K pages of the selected 2M slot.",
    "A call that changes some pages only splits the large leaf around them, and merges are rare: "
      + "make calls and watch.",
  ]

  /// The keys to press first.
  static var keys: [(String, String)] {
    let keymap = Keymap.standard
    return [
      (keymap.key(.setMemory(.ro)), "makes the selected page read-only: see what splits"),
      (keymap.key(.previousEvent), "steps back into that call, event by event"),
      (keymap.key(.help), "lists all keys"),
    ]
  }
}
