import Foundation
import TestSupport
import Testing

/// What may be written where: the same rule for every command and every line that writes a file.
@Suite(.serialized, .waitsForPrograms) struct OutputFileTests {
  /// A command, or a line of a session, that writes FILE.
  struct Writer: CustomTestStringConvertible {
    /// The script of bash, in which FILE stands for the file and FORCE for what replaces any file.
    var script: String
    /// What replaces any file.
    var force: String
    /// The end of a complete file.
    var ending: String
    var testDescription: String { script }

    func line(_ file: String, isForced: Bool = false) -> String {
      script.replacing("FILE", with: file).replacing("FORCE", with: isForced ? force : "")
    }
  }

  private static func typed(_ lines: String) -> String {
    "printf 'set_memory_ro pfn:0x140000\\n\(lines)\\nquit\\n' | directmap play --plain --no-config"
  }

  static let writers = [
    Writer(script: typed("saveFORCE FILE"), force: "!", ending: "cursor main 1\nend 1\n"),
    Writer(
      script: typed("scriptFORCE FILE"), force: "!", ending: "wait 2s\n"),
  ]
  static let recorders = ["cast", "svg", "txt"].map {
    Writer(
      script: "directmap record x.dmap --no-config --format \($0) -o FILE FORCE", force: "--force",
      ending: "\n")
  }

  /// A folder with a scenario and with everything that a name can lead to.
  private func folder() throws -> Folder {
    let folder = try Folder()
    let made = try Shell.run(
      """
      echo 'set_memory_ro pfn:0x140000' > x.dmap; echo precious > notes; ln -s notes link
      ln -s gone nowhere; ln -s /dev/full full; mkfifo pipe; mkdir sub; ln -s sub folder
      """, in: folder.path)
    try #require(made.status == 0)
    return folder
  }

  @Test(arguments: writers + recorders)
  func `nothing goes through a link, or into what is no file, by force or without`(
    writer: Writer,
  ) throws {
    let folder = try folder()
    let before = try folder.names
    for (name, reason) in [
      ("link", "link is a symbolic link, and nothing is written through one"),
      ("link", "give the name of the file itself: notes"), ("nowhere", "is a symbolic link"),
      ("full", "is a symbolic link"), ("folder", "is a symbolic link"),
      ("pipe", "pipe is no ordinary file"), ("sub", "sub is a directory"),
      ("/dev/null", "/dev/null is no ordinary file"), ("no/such", "no/such lies in no directory"),
      ("sub/..", "sub/.. is a directory"), ("notes/x", "notes/x lies in no directory"),
    ] {
      for isForced in [false, true] {
        let result = try Shell.run(
          "timeout 20 bash -c \"\(writer.line(name, isForced: isForced))\"", in: folder.path)
        #expect(
          (result.output + result.errors).contains(reason), "\(name): \(result)")
      }
    }
    #expect(folder.text("notes") == "precious\n")
    #expect(try folder.names == before)
    // A folder may be named through a link: the file is in the folder.
    let result = try Shell.run(writer.line("folder/new"), in: folder.path)
    #expect(folder.text("sub/new").hasSuffix(writer.ending), "\(result)")
  }

  @Test(arguments: writers + recorders)
  func `a file that is there goes by force only, and its permissions stay`(
    writer: Writer,
  ) throws {
    let folder = try folder()
    _ = try Shell.run("chmod 640 notes", in: folder.path)
    let refused = try Shell.run(writer.line("notes"), in: folder.path)
    let said = refused.output + refused.errors
    #expect(said.contains("notes exists") && said.contains("replaces it, another name"), "\(said)")
    #expect(folder.text("notes") == "precious\n")
    let forced = try Shell.run(writer.line("notes", isForced: true), in: folder.path)
    #expect(folder.text("notes").hasSuffix(writer.ending), "\(forced)")
    let mode = try Shell.run("stat -c %a notes", in: folder.path).output
    #expect(mode == "640\n")
  }

  @Test(arguments: recorders)
  func `what record made is made again without asking`(writer: Writer) throws {
    let folder = try folder()
    for _ in 0..<2 {
      let result = try Shell.run(writer.line("new"), in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
    }
    let first = folder.text("new")
    // Another format and another title too; a note that somebody wrote before it is another file.
    let other = try Shell.run(
      "directmap record x.dmap --no-config --format txt --title T -o new", in: folder.path)
    #expect(other.status == 0, "\(other.errors)")
    try folder.write("My notes.\n" + first, "new")
    let refused = try Shell.run(writer.line("new"), in: folder.path)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("new exists, and directmap record did not make it; --force"))
  }

  // MARK: - Sessions

  /// Types lines in an opened session; one of them may be a command of the shell.
  private func answers(_ lines: [String], _ folder: Folder, _ file: String) throws -> String {
    let script = lines.map {
      $0.hasPrefix("$") ? "sleep 0.3; \($0.dropFirst())" : "printf '%s\\n' '\($0)'; sleep 0.3"
    }
    let result = try Shell.run(
      "(\(script.joined(separator: "; "))) | directmap play --plain --no-config \(file)",
      in: folder.path)
    return result.output + result.errors
  }

  private static let session = """
    session 1
    machine teaching-4g
    kernel linux-7.2
    set_memory_ro pfn:0x140000
    end 1

    """

  @Test(arguments: [
    "echo '# mine' >> s.dmap", "cp s.dmap t; mv t s.dmap", "touch -d '2001-01-01' s.dmap",
    "rm s.dmap; echo other > s.dmap",
  ]) func `a session that another program changed is not replaced`(change: String) throws {
    let folder = try Folder()
    try folder.write(Self.session, "s.dmap")
    let said = try answers(
      ["set_memory_rw pfn:0x140000", "save", "$\(change)", "save", "save s.dmap"], folder, "s.dmap")
    #expect(said.contains("Saved 2 calls, 2 branches, 0 marks to s.dmap."), "\(said)")
    let words =
      "s.dmap changed since it was read or saved here; save! s.dmap replaces it, another name"
    #expect(said.components(separatedBy: words).count == 3, "\(said)")
    let forced = try answers(
      ["set_memory_rw pfn:0x140000", "$echo >> s.dmap", "save! s.dmap", "save"], folder, "")
    #expect(forced.components(separatedBy: "Saved 1 call").count == 3, "\(forced)")
  }

  @Test func `the own session is saved again under every name of it`() throws {
    let folder = try Folder()
    try folder.write(Self.session, "s.dmap")
    let said = try answers(
      ["save", "save s.dmap", "save ./s.dmap", "save \(folder.path)/s.dmap", "save"], folder,
      "s.dmap")
    #expect(said.components(separatedBy: "Saved 1 call").count == 6, "\(said)")
  }

  @Test func `what a session could not read stays in its file, or goes by force`() throws {
    let folder = try Folder()
    let damaged = """
      session 1
      machine teaching-4g
      kernel linux-7.2
      set_memory_ro pfn:0x140000
      set_memory_rX pfn:0x140001
      branch two from main 1
      set_memory_rw pfn:0x1400ffffff00
      end 3

      """
    let commented = Self.session.replacing("set_", with: "# why\nset_")
    for (text, loss) in [
      (damaged, "s.dmap:5:1: unknown command 'set_memory_rX'; did you mean 'set_memory_ro'? (and"),
      (commented, "the comment of line 4; save! "),
    ] {
      try folder.write(text, "s.dmap")
      let said = try answers(["save", "save ./s.dmap", "save other.dmap"], folder, "s.dmap")
      let count = said.components(separatedBy: "has what this session lacks: \(loss)").count
      #expect(count == 3, "\(said)")
      #expect(said.contains("to other.dmap."))
      #expect(folder.text("s.dmap") == text)
      let forced = try answers(["save! s.dmap", "save"], folder, "s.dmap")
      #expect(forced.components(separatedBy: "Saved 1 call").count == 3, "\(forced)")
      _ = try Shell.run("rm other.dmap", in: folder.path)
    }
  }

  // MARK: - Files that were left

  @Test func `what killed runs left goes with the next file, and nothing else does`() throws {
    let folder = try folder()
    let kept = [
      ".directmap-1-0.tmp.txt", ".directmap-x-0.tmp", ".directmap-1.tmp", "directmap-1-0.tmp",
      ".directmap--0.tmp", ".directmap-1-2-3.tmp",
    ]
    let result = try Shell.run(
      """
      touch .directmap-1-0.tmp .directmap-4000000-17.tmp .directmap-2-0.tmp \
        \(kept.joined(separator: " "))
      ln -s notes .directmap-3-0.tmp; mkdir .directmap-4-0.tmp; mkfifo .directmap-5-0.tmp
      exec 9> .directmap-2-0.tmp; flock 9
      timeout 20 directmap record x.dmap --no-config -o x.txt
      """, in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let left = try folder.names.filter { $0.contains("directmap") }
    #expect(
      left.sorted()
        == (kept + [".directmap-2-0.tmp", ".directmap-3-0.tmp", ".directmap-4-0.tmp"]
        + [".directmap-5-0.tmp"]).sorted())
    #expect(folder.text("notes") == "precious\n")
  }

  @Test func `runs that are killed while they write leave whole files`() throws {
    try OtherProgram.tool("kill_writes", [try Program.url().path, "30", "1"])
  }
}
