/// What is true of all commands, for the manual page and `docs/commands.md`.
nonisolated enum ProgramFacts {
  /// What the program ends with.
  static let statuses: [(String, String)] = [
    ("0", "Success: every claim holds, and everything compared is equal."),
    ("1", "A claim of a scenario does not hold, a recording differs, or a variant had to stop."),
    ("2", "Something you can correct: an option, a file, a call that cannot be made."),
    ("3", "A run reached a stop of --break, --watch, or of the scenario."),
    (
      "128 + N",
      "Signal N ended the program, with the terminal restored: 130 after Ctrl-C."
    ),
  ]

  /// Variables of the environment that are looked at.
  static let environment: [(String, String)] = [
    ("XDG_CONFIG_HOME", "The folder of directmap/config.toml; by default ~/.config."),
    (
      "XDG_STATE_HOME",
      "The folder of directmap/lessons, which keeps your place in lessons; by default ~/.local/state."
    ),
    ("HOME", "Where the folders above are by default, and what ~/ means."),
    (
      "NO_COLOR",
      "If it is not empty, no colours are used, unless --colors or the configuration asks."
    ),
    ("TERM", "The type of the terminal, which says how many colours it has and how it is driven."),
    (
      "LC_ALL, LC_CTYPE, LANG",
      "The locale: where it is not one of UTF-8, the screen draws with ASCII."
    ),
  ]

  /// Files that are read or written without being named.
  static let files: [(String, String)] = [
    (
      "~/.config/directmap/config.toml",
      "Your own keys, themes and starting options, if it exists."
    ),
    (
      "~/.local/state/directmap/lessons",
      "The part at which each lesson continues."
    ),
    ("PREFIX/share/directmap/installed", "What install wrote, for --uninstall."),
    (
      ".directmap-PROCESS-NUMBER.tmp",
      "A file that is being written; one that was left goes with the next file in its folder."
    ),
  ]

  /// Lines to begin with, and what they do.
  static let examples: [(String, String)] = [
    ("directmap", "Open the screen on a machine of 4 GiB that has just booted."),
    ("directmap play tour.dmap", "Step through a scenario, forwards and back."),
    ("directmap play tour.dmap --plain --all", "Tell the same in sentences, without a screen."),
    ("directmap run tour.dmap --format json", "Perform it and print one object."),
    ("directmap run tour.dmap --break 'split 1G'", "Stop where a 1G leaf is split."),
    (
      "directmap compare tour.dmap --variant plain= --variant merging=policy:aaronlu-2022",
      "Run one input under two policies."
    ),
    (
      "directmap boot --machine teaching-4g --format ptdump",
      "Print page tables as the kernel does."
    ),
  ]

  /// A text in its sentences, paragraph by paragraph; an empty one stands between paragraphs.
  static func sentences(_ text: String) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n\n") {
      if !lines.isEmpty { lines.append("") }
      var sentence = ""
      for word in paragraph.split(whereSeparator: \.isWhitespace) {
        sentence += (sentence.isEmpty ? "" : " ") + word
        guard word.hasSuffix("."), !word.hasSuffix("..."), word.count > 2 else { continue }
        lines.append(sentence)
        sentence = ""
      }
      if !sentence.isEmpty { lines.append(sentence) }
    }
    return lines
  }
}
