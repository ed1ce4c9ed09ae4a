import Foundation
import TestSupport
import Testing

/// Every command that the documents show is run, as written there.
@Suite(.waitsForPrograms) struct DocumentedCommandsTests {
  static let lines = DocumentedCommand.all.filter { !$0.opensScreen }
  static let screens = DocumentedCommand.all.filter(\.opensScreen)

  @Test func `finds the commands of the pages`() {
    #expect(Self.lines.count >= 25)
    #expect(Self.screens.count >= 6)
    let pages = Set(DocumentedCommand.all.map { $0.place.prefix { $0 != ":" } })
    for page in ["README.md", "docs/guide.md", "docs/scenarios.md", "docs/findings.md"] {
      #expect(pages.contains(page[...]), "no command is found in \(page)")
    }
  }

  @Test(arguments: DocumentedCommand.all)
  func `no word stands for something that is not known`(command: DocumentedCommand) {
    for word in command.line.split(separator: " ") {
      let isPlaceholder = word.allSatisfy { $0.isUppercase || $0 == "." } && word != "."
      #expect(!isPlaceholder, "say in DocumentedCommand.names what \(word) stands for")
      #expect(!word.hasSuffix("..."), "say in DocumentedCommand.names what \(word) stands for")
    }
  }

  @Test(arguments: lines)
  func `a command ends well and prints something`(command: DocumentedCommand) throws {
    let folder = try Folder()
    let result = try run(command.line, in: folder)
    #expect(result.status == command.status, "\(result.errors)")
    // With another format, a stop is reported on standard error; notes on files always are.
    let notes = result.errors.split(separator: "\n").allSatisfy { $0.contains(": note: ") }
    #expect(notes || command.status == 3 && result.errors.hasPrefix("=> stopped"))
    var text = result.output
    if let file = command.writtenFile {
      let path = file.hasPrefix("~/") ? folder.home + file.dropFirst(1) : "\(folder.path)/\(file)"
      text = try String(contentsOfFile: path, encoding: .utf8)
    }
    #expect(text.contains { !$0.isWhitespace })
  }

  @Test(.serialized, arguments: screens)
  func `a screen opens and is left`(command: DocumentedCommand) throws {
    let folder = try Folder()
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path)\n")
    try terminal.waitForShell()
    try terminal.start(String(command.line.dropFirst("directmap".count)) + " --no-config")
    try terminal.wait(for: "legend")
    if command.line.contains("--demo") {
      // The key that takes a demo over does nothing else.
      try terminal.press("l")
      try terminal.wait(for: "the screen is yours.")
    }
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  /// Names of commands and options in running text, `directmap run --to 3`.
  @Test func `commands and options in running text exist`() throws {
    var options: [String: Set<Substring>] = [:]
    var command = ""
    for line in try ProjectFiles.text("docs/commands.md").split(separator: "\n") {
      if line.hasPrefix("## ") { command = String(line.dropFirst(3)) }
      guard line.hasPrefix("| `") else { continue }
      for word in line.split(whereSeparator: { "` ".contains($0) }) where word.hasPrefix("-") {
        options[command, default: []].insert(word)
      }
      options[command, default: []].insert("")
    }
    var count = 0
    for code in DocumentPage.all.flatMap(\.codes) where code.text.hasPrefix("directmap ") {
      let words = code.text.split(separator: " ").dropFirst()
      guard let name = words.first, name != "COMMAND", !name.hasPrefix("--") else { continue }
      // A command below another has options of its own.
      let below = words.dropFirst().first.flatMap { options["\(name) \($0)"] }
      let known = try #require(below ?? options[String(name)], "\(code)")
      for word in words where word.hasPrefix("--") && word != "--help" {
        #expect(known.contains(word.prefix { $0 != "=" }), "\(code)")
      }
      count += 1
    }
    #expect(count > 15)
  }

  /// A folder that looks like the project's, for commands that write files, with its own home.
  private final class Folder {
    let path: String
    var home: String { path + "/home" }

    init() throws {
      let files = FileManager.default
      path = files.temporaryDirectory.appending(path: "directmap-\(UUID().uuidString)").path
      try files.createDirectory(
        atPath: home + "/.config/directmap", withIntermediateDirectories: true)
      for name in ["Assets", "Tests", "docs"] {
        try files.createSymbolicLink(
          atPath: "\(path)/\(name)",
          withDestinationPath: ProjectFiles.root.appending(path: name).path)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private func run(
    _ line: String, in folder: Folder,
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["--norc", "-c", line]
    process.currentDirectoryURL = URL(filePath: folder.path)
    let programs = try Program.url().deletingLastPathComponent().path
    process.environment = [
      "PATH": "\(programs):/usr/bin:/bin", "HOME": folder.home, "LC_ALL": "C.UTF-8",
    ]
    process.standardInput = FileHandle.nullDevice
    let errors = URL(filePath: folder.path + "/errors")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: bytes, as: UTF8.self),
      try String(contentsOf: errors, encoding: .utf8)
    )
  }
}
