import Engine
import Keys
import Narration
import Screen

/// The help: what the screen shows, then every key from the table.
package enum HelpPage {
  /// A line of it.
  package enum Line: Equatable, Sendable {
    case heading(String)
    case text(String)
    case key(String, String)
    case empty

    /// Whether the line has these words, small letters or capitals.
    package func has(_ words: String) -> Bool {
      guard !words.isEmpty else { return false }
      let text =
        switch self {
        case .heading(let text), .text(let text): text
        case .key(let keys, let help): "\(keys) \(help)"
        case .empty: ""
        }
      return text.lowercased().contains(words.lowercased())
    }
  }

  /// The columns of what a key does: on 80 columns it is whole.
  static let helpWidth = 64

  /// How many lines show on a terminal.
  package static func rows(in size: Size) -> Int { max(1, size.height - 4) }

  /// All lines.
  package static func lines(_ keymap: Keymap) -> [Line] {
    var lines: [Line] = [.heading("What you see")]
    lines +=
      (Welcome.sentences(keymap, showsOnePanel: false) + [countersSentence, Knowledge.signHelp])
      .flatMap {
        sentence in
        TextWrap.lines(sentence, width: 70).map { Line.text($0) }
      }
    for group in Keymap.Group.allCases {
      lines += [.empty, .heading(group.rawValue)]
      for binding in keymap.bindings where binding.group == group {
        let keys = binding.inputs.isEmpty ? "(none)" : binding.keys
        for (row, line) in TextWrap.lines(binding.help, width: helpWidth).enumerated() {
          lines.append(.key(row == 0 ? keys : "", line))
        }
      }
      if group == .moving { lines.append(.key("1 2 3...", "A count before a key: 16r, 3Down")) }
    }
    lines += [
      .empty, .heading("Commands after \(keymap.key(.commandLine)), besides the scenario language"),
    ]
    for command in ScreenCommand.all {
      lines.append(.text(command.usage))
      lines += TextWrap.lines(command.help, width: 66).map { .text("    " + $0) }
    }
    return lines
  }

  /// Why the bars can show more than the panels.
  private static let countersSentence =
    "The numbers at the top are the kernel's own counters, as in /proc/meminfo: 1G, 2M and 4K are "
    + "the lines DirectMap1G, DirectMap2M and DirectMap4k. Boot counts a 1G leaf again whenever it "
    + "maps part of it again, so 1G often shows 2 GiB too much."

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
    text += "\n## Commands after `:`, besides the scenario language\n\n"
    text += "| line | what it does | for instance |\n|---|---|---|\n"
    for command in ScreenCommand.all {
      let usage = command.usage.replacing("|", with: "\\|")
      text += "| `\(usage)` | \(command.help) | `\(command.example)` |\n"
    }
    return text
  }
}

/// What the first screen says.
package enum Welcome {
  /// The three sentences, for a screen that shows all panels or one at a time.
  package static func sentences(_ keymap: Keymap, showsOnePanel: Bool) -> [String] {
    let (out, back) = (keymap.key(.zoomOut), keymap.key(.zoomIn))
    return [
      "The direct map maps all RAM into one range of kernel addresses, with leaves of 1G and "
        + "2M where it can.",
      showsOnePanel
        ? "A panel is one page-table page, 512 slots: \(out) zooms out from the 4K pages "
          + "to the 2M slots and the 1G slots, \(back) zooms in again."
        : "Each panel is one page-table page, 512 slots; left: the machine's 1G slots, middle: "
          + "the 2M slots of the selected 1G slot, right: the 4K pages of the selected 2M slot.",
      "A call that changes only some pages of a large leaf must split it; the pieces rarely merge "
        + "back.",
    ]
  }

  /// The same in two short sentences.
  package static let briefSentences = [
    "Each panel has 512 slots: the 1G slots, the 2M slots of the selected one, its 4K pages.",
    "A call on some pages of a large leaf must split it; the pieces rarely merge back.",
  ]

  /// The keys to press first.
  package static func keys(_ keymap: Keymap) -> [(String, String)] {
    let (request, policies) = (keymap.key(.load(.grouped)), keymap.key(.choosePolicies))
    let (block, free) = (keymap.key(.allocateBlock), keymap.key(.freeBlock))
    let grouping = PolicyRows.key(of: .edgecombe2021)
    let merging = PolicyRows.key(of: .mergeOnFree)
    return [
      (keymap.key(.setMemory(.ro)), "splits: this page turns read-only"),
      (keymap.key(.previousEvent), "goes back into that call"),
      (
        [.setMemory(.ro), .wholeSlot, .setMemory(.rox)].map(keymap.key).joined(separator: " "),
        "splits, then merges all of 2M"
      ),
      ("\(policies) \(grouping) \(request)", "fills the grouping cache"),
      ("\(policies) \(merging) \(block) \(free)", "merges what is free again"),
      (keymap.key(.help), "lists all keys"),
    ]
  }
}
