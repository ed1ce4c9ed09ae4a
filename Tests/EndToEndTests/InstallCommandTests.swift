import Foundation
import TestSupport
import Testing

/// `directmap install`, its manual page, its completions, and the page that is made with them.
@Suite(.waitsForPrograms) struct InstallCommandTests {
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
    // Once more, by the installed program, which stays unchanged.
    let again = try shell("\(prefix)/bin/directmap install --prefix \(prefix); echo status=$?")
    #expect(again.contains("\(prefix)/bin/directmap is this program already"))
    #expect(again.hasSuffix("status=0\n"))
    let removed = try Program.run(["install", "--prefix", prefix, "--uninstall"])
    for path in Self.paths { #expect(removed.output.contains("removed \(prefix)/\(path)\n")) }
    // The folders that were made for it too.
    #expect(try folder.names == [], "\(removed.output)")
    let nothing = try Program.run(["install", "--prefix", prefix, "--uninstall"])
    #expect(nothing.output == "nothing is installed in \(prefix)\n")
  }

  @Test func `uninstall removes what was installed, and nothing else`() throws {
    let folder = try Folder()
    let script = """
      mkdir -p p/bin p/share/man; echo mine > p/bin/other
      directmap install --prefix p > /dev/null; echo '# mine' >> p/share/zsh/site-functions/_directmap
      """
    _ = try Shell.run(script, in: folder.path)
    let removed = try Shell.run("directmap install --prefix p --uninstall; find p", in: folder.path)
    #expect(
      removed.output.contains(
        "p/share/zsh/site-functions/_directmap was changed since it was installed, and is left"))
    let left = removed.output.split(separator: "\n").filter { $0.hasPrefix("p") }
    #expect(
      left.sorted() == [
        "p", "p/bin", "p/bin/other", "p/share", "p/share/man", "p/share/zsh",
        "p/share/zsh/site-functions", "p/share/zsh/site-functions/_directmap",
      ], "\(removed)")
    // Without a list nothing is known to be this program's.
    try folder.write("mine", "p/bin/directmap")
    let unknown = try Shell.run("directmap install --prefix p --uninstall", in: folder.path)
    #expect(unknown.output.contains("that this program wrote down; install there once more"))
    #expect(folder.text("p/bin/directmap") == "mine")
  }

  @Test func `links below the prefix are followed only where nobody else could make them`() throws {
    let folder = try Folder()
    let isRoot = try Shell.run("id -u", in: folder.path).output == "0\n"
    let made = try Shell.run(
      """
      mkdir -p p/share elsewhere open/share; ln -s ../../elsewhere p/share/man
      ln -s ../../elsewhere open/share/man; chmod 777 open/share
      """, in: folder.path)
    try #require(made.status == 0)
    // An own link in an own folder, as distributions have /usr/local/man.
    let own = try Shell.run(
      "directmap install --prefix p && test -f elsewhere/man1/directmap.1", in: folder.path)
    #expect(own.status == 0, "\(own)")
    _ = try Shell.run("directmap install --prefix p --uninstall", in: folder.path)
    let open = try Shell.run("directmap install --prefix open", in: folder.path)
    #expect(open.status == 2)
    #expect(open.errors.contains("open/share/man is a link that another user made, or can change"))
    if isRoot {
      _ = try Shell.run("chown -h 12345 p/share/man", in: folder.path)
      let planted = try Shell.run("directmap install --prefix p", in: folder.path)
      #expect(planted.status == 2)
      #expect(planted.errors.contains("share/man is a link that another user made"))
    }
    // A link that replaces a file is never written through, no matter who made it.
    try folder.write("precious", "notes")
    let file = try Shell.run(
      "mkdir -p q/bin; ln -s ../../notes q/bin/directmap; directmap install --prefix q",
      in: folder.path)
    #expect(file.status == 2 && file.errors.contains("is a symbolic link"), "\(file)")
    #expect(folder.text("notes") == "precious")
    // A refused command has left nothing.
    let left = try Shell.run("find q open elsewhere ! -type d", in: folder.path)
    #expect(left.output == "q/bin/directmap\nopen/share/man\n", "\(left.output)")
    #expect(try Shell.run("ls -A elsewhere q", in: folder.path).output == "elsewhere:\n\nq:\nbin\n")
  }

  @Test func `an installation that is killed or finds no room leaves nothing half`() throws {
    let folder = try Folder()
    let full = try Shell.run("ulimit -f 100; directmap install --prefix p", in: folder.path)
    #expect(full.status == 2 && full.errors.contains("larger than files may be here"), "\(full)")
    #expect(try folder.names == [])
    var random = SeededGenerator(seed: 3)
    _ = try Shell.run("directmap install --prefix whole", in: folder.path)
    for _ in 0..<12 {
      let seconds = Double(random.next(below: 600)) / 1000
      let files = try Shell.run(
        """
        timeout -s KILL \(seconds) directmap install --prefix p > /dev/null
        mkdir -p p; cd p; for file in $(find * -type f ! -name installed ! -name '.directmap-*.tmp')
        do cmp $file ../whole/$file || exit 1; done
        """, in: folder.path)
      #expect(files.status == 0, "\(files)")
    }
    _ = try Shell.run("directmap install --prefix whole --uninstall", in: folder.path)
    let whole = try Shell.run(
      """
      directmap install --prefix p > /dev/null && cmp p/bin/directmap $(command -v directmap)
      directmap install --prefix p --uninstall > /dev/null; find . -path './p/*' ! -type d
      """, in: folder.path)
    #expect(whole.output == "" && whole.errors == "", "\(whole)")
  }

  @Test(arguments: [
    (["--prefix", "/proc/nowhere"], "cannot be made; --prefix names another folder"),
    (["--prefix", "/dev/null"], "/dev/null is no folder; --prefix names another folder"),
    (["--prefix", ""], "--prefix is empty; give a folder"),
    (["--print", "html"], "html"),
  ])
  func `says what prevents it`(arguments: [String], words: String) throws {
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
      let name = line.dropFirst(3)
      if line.hasPrefix("## "), !["Status", "Environment"].contains(name) {
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
    // All variables that the sources read from the environment.
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
    // The key of that name stands first in its row.
    for line in text.split(separator: "\n") where line.contains("\\") {
      let row = line.drop { $0 == " " }
      #expect(row.hasPrefix("\\") && !row.dropFirst().contains("\\"), "\(line)")
    }
  }

  @Test(arguments: [
    ("directmap r", 1, ["record", "remedies", "replay", "run"]),
    ("directmap run --ker", 2, ["--kernel"]),
    (
      "directmap run --kernel linux-7", 3,
      [
        "linux-7.0", "linux-7.0-arm64", "linux-7.1", "linux-7.1-arm64", "linux-7.2", "linux-7.2.6",
        "linux-7.2-arm64", "linux-7.3", "linux-7.3-arm64",
      ]
    ),
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
