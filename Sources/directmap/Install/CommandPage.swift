/// `docs/commands.md`: every command and every option, from what `--help` says.
nonisolated enum CommandPage {
  /// The page.
  static func markdown(_ tree: CommandTree) -> String {
    var text = """
      # Commands

      This page is made from the program's own table of commands; a test keeps it true.
      `directmap COMMAND --help` says the same, and after `directmap install` so does `man directmap`.
      Without a command it is `play`.

      | command | what it does |
      |---|---|

      """
    for command in tree.commands {
      let name = command.commandName
      text += "| [`\(name)`](#\(name.replacing(" ", with: "-"))) | \(command.abstract ?? "") |\n"
    }
    for command in tree.commands { text += section(command) }
    text += "\n## Status\n\n| status | meaning |\n|---|---|\n"
    for (status, words) in ProgramFacts.statuses { text += "| \(status) | \(words) |\n" }
    text += "\n## Environment\n\n| variable | what it does |\n|---|---|\n"
    for (name, words) in ProgramFacts.environment { text += "| `\(name)` | \(words) |\n" }
    return text
  }

  private static func section(_ command: CommandTree.Command) -> String {
    var text = "\n## \(command.commandName)\n\n`\(usage(command))`\n\n\(command.abstract ?? "")\n"
    if let discussion = command.discussion {
      text += "\n\(ProgramFacts.sentences(discussion).joined(separator: "\n"))\n"
    }
    let arguments = command.ownArguments
    if arguments.isEmpty { return text }
    text += "\n| option | what it does |\n|---|---|\n"
    for argument in arguments {
      text += "| \(name(argument)) | \(escaped(argument.words)) |\n"
    }
    return text
  }

  /// How the command is called, with its arguments and, if there are any, a word for its options.
  private static func usage(_ command: CommandTree.Command) -> String {
    var words = ["directmap", command.commandName]
    let arguments = command.ownArguments
    for argument in arguments where argument.kind == .positional {
      let name = (argument.valueName ?? "") + (argument.isRepeating ? "..." : "")
      words.append(argument.isOptional ? "[\(name)]" : name)
    }
    for argument in arguments where argument.kind == .option && !argument.isOptional {
      words.append("--\(argument.longName ?? "") \(argument.valueName ?? "")")
    }
    if arguments.contains(where: { $0.kind != .positional }) { words.append("[options]") }
    return words.joined(separator: " ")
  }

  private static func name(_ argument: CommandTree.Argument) -> String {
    let value = argument.valueName ?? ""
    guard let names = argument.names, !names.isEmpty else { return "`\(escaped(value))`" }
    let texts = names.map {
      "`\($0.text)\(argument.kind == .option ? " \(escaped(value))" : "")`"
    }
    return texts.joined(separator: ", ")
  }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
