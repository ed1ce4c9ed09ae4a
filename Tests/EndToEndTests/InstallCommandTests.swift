import Foundation
import TestSupport
import Testing

/// `directmap install`, its manual page, its completions, and the page that is made with them.
@Suite struct InstallCommandTests {
  private static let paths = [
    "bin/directmap", "share/man/man1/directmap.1", "share/bash-completion/completions/directmap",
    "share/zsh/site-functions/_directmap", "share/fish/vendor_completions.d/directmap.fish",
  ]

  private func shell(_ line: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["--norc", "-c", line]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `installs, tells what it wrote, and takes it away again`() throws {
    let folder = try Folder()
    let prefix = folder.path + "/new/place"
    let plan = try Program.run(["install", "--prefix", prefix, "--dry-run"])
    #expect(plan.status == 0)
    #expect(!FileManager.default.fileExists(atPath: prefix))
    let result = try Program.run(["install", "--prefix", prefix + "/"])
    #expect(result.status == 0 && result.errors == "")
    for path in Self.paths {
      #expect(plan.output.contains("would write \(prefix)/\(path)\n"))
      #expect(result.output.contains("wrote \(prefix)/\(path)\n"))
      #expect(FileManager.default.fileExists(atPath: "\(prefix)/\(path)"))
    }
    #expect(result.output.contains("PATH=\"\(prefix)/bin:$PATH\""))
    #expect(try shell("\(prefix)/bin/directmap --version").hasPrefix("directmap "))
    // Once more, by the installed program, which stays as it is.
    let again = try shell("\(prefix)/bin/directmap install --prefix \(prefix); echo status=$?")
    #expect(again.contains("\(prefix)/bin/directmap is this program already"))
    #expect(again.hasSuffix("status=0\n"))
    let removed = try Program.run(["install", "--prefix", prefix, "--uninstall"])
    #expect(removed.output.split(separator: "\n").count == Self.paths.count)
    for path in Self.paths {
      #expect(!FileManager.default.fileExists(atPath: "\(prefix)/\(path)"))
    }
    let nothing = try Program.run(["install", "--prefix", prefix, "--uninstall"])
    #expect(nothing.output == "nothing is installed in \(prefix)\n")
  }

  @Test(arguments: [
    (["--prefix", "/proc/nowhere"], "cannot be made; --prefix names another folder"),
    (["--prefix", "/dev/null"], "/dev/null is no folder; --prefix names another folder"),
    (["--prefix", ""], "--prefix is empty; give a folder"),
    (["--print", "html"], "html"),
  ])
  func `says what stands against it`(arguments: [String], words: String) throws {
    let result = try Program.run(["install"] + arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func `the page of commands is what the program says of itself`() throws {
    let page = try Program.run(["install", "--print", "commands"]).output
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try Data(page.utf8).write(to: ProjectFiles.root.appending(path: "docs/commands.md"))
    }
    #expect(try ProjectFiles.text("docs/commands.md") == page, "stale: run it with RECORD=all")
  }

  @Test func `the manual page has every command, option, key and variable`() throws {
    let manual = try Program.run(["install", "--print", "manual"]).output
    let page = try Program.run(["install", "--print", "commands"]).output
    for line in page.split(separator: "\n") {
      if line.hasPrefix("## "), let name = line.split(separator: " ").last,
        !["Status", "Environment"].contains(name)
      {
        #expect(manual.contains("\n.Ss \(name)\n"))
      }
      for word in line.split(separator: "`") where word.hasPrefix("--") {
        let option = word.dropFirst(2).prefix { $0 != " " }.replacing("-", with: "\\-")
        #expect(manual.contains("\\-\(option)\""), "\(option)")
      }
    }
    for part in ["ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "KEYS"] {
      #expect(manual.contains("\n.Sh \(part)\n"))
    }
    // Whatever the sources ask the environment for.
    for file in ProjectFiles.list("Sources", ending: "swift") {
      for piece in try ProjectFiles.text(file).components(separatedBy: "environment[\"").dropFirst()
      {
        let name = piece.prefix { $0 != "\"" }
        if name != "PATH" { #expect(manual.contains(".It Ev \(name)"), "\(name) of \(file)") }
      }
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/mandoc")))
  func `the manual page is sound mdoc and can be read`() throws {
    let folder = try Folder()
    let file = folder.path + "/directmap.1"
    let manual = try Program.run(["install", "--print", "manual"]).output
    try Data(manual.utf8).write(to: URL(filePath: file))
    #expect(try shell("mandoc -T lint -W warning \(file)") == "")
    let text = try shell("mandoc -T ascii \(file) | col -b")
    #expect(text.contains("--variant NAME=..."))
    #expect(text.contains("directmap compare tour.dmap --variant plain="))
    #expect(!text.contains("\\"))
  }

  @Test(arguments: [
    ("directmap r", 1, ["record", "replay", "run"]), ("directmap run --ker", 2, ["--kernel"]),
    ("directmap run --kernel linux-7", 3, ["linux-7.0-arm64", "linux-7.2"]),
    ("directmap boot --machine laptop", 3, ["laptop-16g"]),
    ("directmap play --policy aaron", 3, ["aaronlu-2022"]),
    ("directmap install --print man", 3, ["manual"]),
  ])
  func `bash completes commands, options and names`(
    line: String, word: Int, wanted: [String],
  ) throws {
    let folder = try Folder()
    let file = folder.path + "/completion"
    let script = try Program.run(["install", "--print", "bash"]).output
    try Data(script.utf8).write(to: URL(filePath: file))
    let output = try shell(
      """
      source \(file); COMP_WORDS=(\(line)); COMP_CWORD=\(word); COMP_LINE="\(line)"
      COMP_POINT=${#COMP_LINE}
      $(complete -p directmap | sed 's/.*-F \\([^ ]*\\) .*/\\1/') \
        directmap "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """)
    let words = Set(
      output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    #expect(words == Set(wanted), "\(output)")
  }

  @Test(arguments: [("zsh", "#compdef directmap"), ("fish", "complete -c 'directmap'")])
  func `completions of other shells are theirs`(name: String, words: String) throws {
    let script = try Program.run(["install", "--print", name]).output
    #expect(script.contains(words))
    for command in ["play", "boot", "run", "verify", "compare", "linear-map", "replay", "install"] {
      #expect(script.contains(command))
    }
  }
}
