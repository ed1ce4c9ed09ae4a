import ArgumentParser
import Engine
import Language
import Lessons
import Quiz
import Scenarios
import Screen

/// What the first word of a command line means where it is neither a command nor a file.
nonisolated enum FirstWord {
  /// Answers a word that asks for a list.
  ///
  /// - Returns: the lines to print; nil where the word is a command, an option or a file, or is left to
  ///   `play`.
  /// - Throws: `UserError` with what was probably meant.
  static func answer(_ arguments: [String], commands: [String]) throws(UserError) -> [String]? {
    guard let word = arguments.first, !word.hasPrefix("-"), !word.isEmpty,
      !(commands + ["help"]).contains(word), !CommandLine.exists(word)
    else { return nil }
    if arguments.count == 1, let lines = list(word.lowercased()) { return lines }
    if LoadedLesson.isCarried(word) {
      throw UserError("\(word) is a lesson: directmap lesson \(word)")
    }
    // A word that looks like a file is left to play, which says that there is none.
    guard !word.contains("."), !word.contains("/") else { return nil }
    if let near = NearestWord.find(word, among: commands) {
      throw UserError("there is no command or file '\(word)'; did you mean directmap \(near)?")
    }
    throw UserError("there is no command or file '\(word)'; directmap --help lists the commands")
  }

  /// What an option that does not exist stands for: help or the version.
  static func option(in arguments: [String]) -> UserError? {
    let known = ["--help", "--version"]
    for word in arguments where word.hasPrefix("--") && !known.contains(word) {
      if let near = NearestWord.find(word, among: known) {
        return UserError("there is no option \(word); did you mean \(near)?")
      }
    }
    return nil
  }

  /// The lists, by the words that ask for them.
  private static func list(_ word: String) -> [String]? {
    switch word {
    case "machine", "machines":
      MachineDescription.builtIn.map(\.name)
        + [
          "", "directmap play --machine NAME shows one; --iomem and --dmesg read your own.",
        ]
    case "kernel", "kernels":
      KernelProfile.all.map(\.name) + ["", "directmap play --kernel NAME boots one."]
    case "policy", "policies":
      named(PolicyName.allCases.map { ($0.rawValue, $0.summary) })
        + ["", "directmap play --policy NAME builds the kernel with one; several may be given."]
    case "topic", "topics":
      named(Topic.allCases.map { ($0.rawValue, $0.summary) })
        + ["", "directmap quiz --seed 1 --topic NAME prints a worksheet."]
    case "theme", "themes":
      Theme.all.map(\.name) + [
        "", "directmap play --theme NAME uses one; the key Y goes through them.",
      ]
    case "version": [Program.title]
    default: nil
    }
  }

  private static func named(_ rows: [(name: String, words: String)]) -> [String] {
    let width = (rows.map(\.name.count).max() ?? 0) + 2
    return rows.map { $0.name + String(repeating: " ", count: width - $0.name.count) + $0.words }
  }
}
