import ArgumentParser
import FoundationEssentials

/// The program's commands and options as the parser of options knows them: what `--help` says, as
/// values. The manual page and `docs/commands.md` are made from it.
nonisolated struct CommandTree: Decodable {
  /// A command, with those below it.
  struct Command: Decodable {
    /// Its word; of one below another, both words.
    var commandName: String
    /// What it does, in one line.
    let abstract: String?
    /// More about it, in paragraphs.
    let discussion: String?
    /// The commands below it.
    let subcommands: [Command]?
    /// The one of them whose word can be left out.
    let defaultSubcommand: String?
    /// What can follow it.
    var arguments: [Argument]?

    /// What can follow it, without what every command has.
    var ownArguments: [Argument] {
      (arguments ?? []).filter { $0.shouldDisplay && !["help", "version"].contains($0.longName) }
    }

    /// The command, with what can follow the one below it whose word can be left out, and the others
    /// below it.
    fileprivate var flat: [Command] {
      var whole = self
      var others: [Command] = []
      for command in subcommands ?? [] where command.commandName != "help" {
        if command.commandName == defaultSubcommand {
          whole.arguments = command.arguments
        } else {
          others.append(command)
          others[others.count - 1].commandName = "\(commandName) \(command.commandName)"
        }
      }
      return [whole] + others
    }
  }

  /// An argument, an option or a flag.
  struct Argument: Decodable {
    /// What kind of argument it is.
    enum Kind: String, Decodable { case positional, option, flag }

    /// One of its names.
    struct Name: Decodable {
      /// How many dashes stand before it.
      let kind: String
      /// The name without dashes.
      let name: String

      /// The name with its dashes.
      var text: String { (kind == "long" ? "--" : "-") + name }
    }

    /// What kind of argument it is.
    let kind: Kind
    /// Whether help shows it.
    let shouldDisplay: Bool
    /// Whether it may be left out.
    let isOptional: Bool
    /// Whether it may come several times.
    let isRepeating: Bool
    /// Its names, if it has any.
    let names: [Name]?
    /// What stands for its value.
    let valueName: String?
    /// What holds if it is left out.
    let defaultValue: String?
    /// Every value it can have, where there are few.
    let allValues: [String]?
    /// What it is, in a sentence or a few.
    let abstract: String?

    /// Its long name, without dashes.
    var longName: String? { names?.first { $0.kind == "long" }?.name }

    /// What it is, with its values and what holds without it.
    var words: String {
      var words = abstract ?? ""
      if let allValues, kind == .option, !allValues.allSatisfy(words.contains) {
        words += " One of \(allValues.joined(separator: ", "))."
      }
      if let defaultValue, kind == .option { words += " Default: \(defaultValue)." }
      return words
    }
  }

  /// The program itself.
  let command: Command

  /// The commands of the program, in the order of its help, without `help` itself.
  var commands: [Command] {
    (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap(\.flat)
  }

  /// Reads what the parser of options says of itself.
  static func read() throws(UserError) -> CommandTree {
    do {
      return try JSONDecoder().decode(CommandTree.self, from: Data(Directmap._dumpHelp().utf8))
    } catch {
      throw UserError("the list of commands cannot be read: \(error)")
    }
  }
}
