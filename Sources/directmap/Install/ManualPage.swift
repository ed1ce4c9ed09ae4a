import Keys
import Scenarios
import Screen

/// The manual page of the program, `directmap(1)`, in mdoc: commands and options from what `--help`
/// says, keys from the table of keys.
nonisolated enum ManualPage {
  /// When its words last changed. A page has a date, and no clock is asked for it.
  static let date = "November 21, 2026"

  /// The page.
  static func mdoc(_ tree: CommandTree) -> String {
    let lines =
      head(tree) + ["", ".Sh COMMANDS"] + tree.commands.flatMap(section) + keys + environment
      + files + statuses + examples + tail
    return lines.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  private static func head(_ tree: CommandTree) -> [String] {
    var lines = [
      ".Dd \(date)", ".Dt DIRECTMAP 1", ".Os \(Mdoc.text(Program.title))",
      // Names of policies and options are not to be divided.
      ".nh", ".Sh NAME",
      ".Nm directmap", ".Nd what the direct map of the Linux kernel does, on a screen",
      ".Sh SYNOPSIS", ".Nm", ".Op Cm play", ".Op Ar options", ".Op Ar file",
    ]
    for command in tree.commands where command.commandName != "play" {
      lines += [".Nm", ".Cm \(command.commandName)"] + operands(command)
    }
    lines += [".Sh DESCRIPTION", Mdoc.text(tree.command.abstract ?? "")]
    lines += [
      "It shows how large leaves are split, whether they merge again, and why not.",
      "Every step on x86\\-64 is compared with recordings of real kernels.", ".Pp",
      "A", ".Ar file",
      "is a scenario, a session or a recording; the language of scenarios is described in",
      ".Pa docs/scenarios.md", "of the source.",
    ]
    return lines
  }

  /// The operands of a command as the synopsis has them, with a word for its options.
  private static func operands(_ command: CommandTree.Command) -> [String] {
    let arguments = command.ownArguments
    var lines = arguments.contains { $0.kind != .positional } ? [".Op Ar options"] : []
    for argument in arguments where argument.kind == .positional {
      let repeats = argument.isRepeating ? " ..." : ""
      let macro = argument.isOptional ? ".Op Ar" : ".Ar"
      lines.append("\(macro) \(Mdoc.argument(argument.valueName ?? ""))\(repeats)")
    }
    return lines
  }

  private static func section(_ command: CommandTree.Command) -> [String] {
    var lines = [".Ss \(command.commandName)", Mdoc.text(command.abstract ?? "")]
    if let discussion = command.discussion {
      lines.append(".Pp")
      lines += ProgramFacts.sentences(discussion).map { $0.isEmpty ? ".Pp" : Mdoc.text($0) }
    }
    let arguments = command.ownArguments
    if arguments.isEmpty { return lines }
    lines.append(".Bl -tag -width Ds")
    for argument in arguments {
      lines.append(".It \(tag(argument))")
      lines += ProgramFacts.sentences(argument.words).map(Mdoc.text)
    }
    return lines + [".El"]
  }

  /// An option with its value, or the word for an argument.
  private static func tag(_ argument: CommandTree.Argument) -> String {
    let value = Mdoc.argument(argument.valueName ?? "")
    guard let names = argument.names, !names.isEmpty else { return "Ar \(value)" }
    let words = names.map { name in
      let flag = "Fl \(Mdoc.argument(String(name.text.dropFirst())))"
      return argument.kind == .option ? "\(flag) Ar \(value)" : flag
    }
    return words.joined(separator: " , ")
  }

  private static var keys: [String] {
    var lines = [
      ".Sh KEYS", "A count before a key repeats it, or is the number of pages that a call takes.",
      "The configuration can bind other keys.",
    ]
    for group in Keymap.Group.allCases {
      lines += [".Ss \(Mdoc.text(group.rawValue))", ".Bl -tag -width Backspace -compact"]
      for binding in Keymap.standard.bindings where binding.group == group {
        let names = binding.inputs.map { "Ic \(Mdoc.argument($0.name))" }
        lines += [".It \(names.joined(separator: " , "))", Mdoc.text(binding.help)]
      }
      lines.append(".El")
    }
    return lines
  }

  private static var environment: [String] {
    list("ENVIRONMENT", ProgramFacts.environment) { names in
      names.split(separator: ", ").map { "Ev \($0)" }.joined(separator: " , ")
    }
  }

  private static var files: [String] {
    list("FILES", ProgramFacts.files) { "Pa \(Mdoc.argument($0))" }
  }

  private static var statuses: [String] {
    list("EXIT STATUS", ProgramFacts.statuses) { Mdoc.argument($0) }
  }

  private static var examples: [String] {
    var lines = [".Sh EXAMPLES"]
    for (command, words) in ProgramFacts.examples {
      lines += [Mdoc.text(words), ".Pp", ".Dl \(Mdoc.text(command))", ".Pp"]
    }
    return Array(lines.dropLast())
  }

  private static var tail: [String] {
    [
      ".Sh SEE ALSO", ".Xr memfd_secret 2 ,", ".Xr proc_meminfo 5",
      ".Pp", "The pages in", ".Pa docs", "of the source;", ".Pa docs/guide.md", "is the first.",
    ]
  }

  private static func list(
    _ title: String, _ items: [(String, String)], _ tag: (String) -> String,
  ) -> [String] {
    var lines = [".Sh \(title)", ".Bl -tag -width Ds"]
    for (name, words) in items { lines += [".It \(tag(name))", Mdoc.text(words)] }
    return lines + [".El"]
  }
}

/// How text is written in mdoc.
nonisolated enum Mdoc {
  /// A line of text: no character of it is taken for markup.
  static func text(_ line: String) -> String {
    let escaped = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("`", with: "\\(ga").replacing("'", with: "\\(aq").replacing("^", with: "\\(ha")
      .replacing("~", with: "\\(ti")
    return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
  }

  /// A word behind a macro: quoted, so that it stays one, and guarded, so that it is no macro and
  /// no punctuation.
  static func argument(_ word: String) -> String {
    "\"\\&\(text(word).replacing("\"", with: "\\(dq"))\""
  }
}
