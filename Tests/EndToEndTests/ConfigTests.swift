import Foundation
import TestSupport
import Testing

/// The configuration of the real program.
@Suite(.serialized, .waitsForPrograms) struct ConfigTests {
  /// Does something with its own folder that holds a configuration.
  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    try withFile(Data(text.utf8), body)
  }

  private func withFile(_ data: Data, _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "directmap-\(UUID())")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "directmap"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "directmap/config.toml")
    try data.write(to: file)
    try body(file.path)
  }

  @Test func `prints what holds, reads it back as the same, and tells origins`() throws {
    try withFile("[screen]\ntheme = \"light\"\n[keys]\nundo = \"Z\"\n") { file in
      let result = try Program.run(["config", "--config", file, "--colors", "8"])
      #expect(result.status == 0 && result.errors.isEmpty)
      #expect(result.output.contains("# \(file):2\n"))
      #expect(result.output.contains("colors = \"8\"                    # --colors\n"))
      #expect(result.output.contains("speed = 6                       # default\n"))
      try withFile(result.output) { again in
        func settings(_ text: String) -> [String] {
          text.split(separator: "\n").compactMap { $0.components(separatedBy: "  #").first }
        }
        let second = try Program.run(["config", "--config", again])
        #expect(second.status == 0)
        #expect(settings(second.output) == settings(result.output))
      }
    }
  }

  @Test func `problems are told on standard error with status 2, and the rest is printed`() throws {
    try withFile("[screen]\nspeed = 99\nfollow = false\nnonsense\n") { file in
      let result = try Program.run(["config", "--config", file])
      #expect(result.status == 2)
      #expect(
        result.errors.split(separator: "\n").map { $0.hasPrefix("\(file):") } == [true, true])
      #expect(result.output.contains("follow = false "))
      #expect(result.output.contains("speed = 6 "))
    }
  }

  @Test func `files that cannot be used are told in one line`() throws {
    let folder = FileManager.default.temporaryDirectory.path
    for (arguments, words) in [
      (["--config", folder], "is a directory"), (["--config", "/no/such/file"], "does not exist"),
      (["--config", "/dev/null"], "is a device"), (["--theme", "ligth"], "did you mean 'light'?"),
      (["--config", "x", "--no-config"], "exclude each other"),
    ] {
      let result = try Program.run(["config"] + arguments)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.errors.contains(words), "\(result.errors)")
    }
    try withFile(Data(count: 64 << 20)) { file in
      let result = try Program.run(["config", "--config", file])
      #expect(result.status == 2)
      #expect(result.errors.contains("\(file): is longer than 1 MiB"))
      #expect(result.output.contains("theme = \"dark\""))
    }
    try withFile(Data([0xff, 0xfe, 0x0a]) + Data("[screen]\nspeed = 2\n".utf8)) { file in
      let result = try Program.run(["config", "--config", file])
      #expect(result.status == 2)
      #expect(result.errors.contains("\(file):1: the line is no UTF-8 text; save"))
      #expect(result.output.contains("speed = 2 "))
    }
  }

  @Test func `the usual file is found, and nothing is read where nothing should be`() throws {
    try withFile("[screen]\nspeed = 2\n") { file in
      let base = file.replacingOccurrences(of: "/directmap/config.toml", with: "")
      let terminal = try TerminalSession()
      try terminal.type("export XDG_CONFIG_HOME=\(base)\n")
      try terminal.start("config --path")
      try terminal.wait(for: "status=0")
      #expect(try terminal.screen().filter { $0 != "\n" }.contains(file))
      try terminal.type("clear\n")
      try terminal.start("config | grep speed")
      try terminal.wait(for: "speed = 2")
      try terminal.type("clear\n")
      try terminal.start("config --no-config | grep speed")
      try terminal.wait(for: "speed = 6")
    }
  }

  @Test func `keys and themes of the file are in force, and hints name them`() throws {
    try withFile(
      """
      [screen]
      theme = "monochrome"
      [keys]
      set_memory_ro = "Z"
      help = "F1"
      """
    ) { file in
      let terminal = try TerminalSession()
      try terminal.start("--config \(file)")
      try terminal.wait(for: "Z        splits: this page turns read-only")
      try terminal.wait(for: "F1 help  try next: Z splits")
      try terminal.press("r")
      try terminal.wait(for: "r does nothing here; F1 lists the keys")
      try terminal.press("Z")
      try terminal.wait(for: "call 1 of 1")
      try terminal.press("Y")
      try terminal.wait(for: "theme dark")
    }
  }

  @Test func `a screen opens in spite of problems, and counts them`() throws {
    try withFile("[screen]\nspeed = 99\nnonsense\n") { file in
      let terminal = try TerminalSession()
      try terminal.start("--config \(file)")
      try terminal.wait(for: "2 problems in config.toml; directmap config lists them")
      try terminal.press("Q")
      try terminal.wait(for: "status=0")
      try terminal.wait(for: "config.toml:2: ")
    }
  }

  @Test func `an option counts more than the file, and the file more than NO_COLOR`() throws {
    try withFile("[screen]\ncolors = 16\n") { file in
      let terminal = try TerminalSession(columns: 200)
      try terminal.type("export NO_COLOR=1\n")
      for (options, words) in [
        ("--no-config", "colors = \"none\"                 # NO_COLOR"),
        ("--config \(file)", "colors = \"16\""),
        ("--config \(file) --colors 256", "colors = \"256\"                  # --colors"),
      ] {
        try terminal.start("config \(options) | grep ^colors")
        try terminal.wait(for: words)
      }
    }
  }
}
