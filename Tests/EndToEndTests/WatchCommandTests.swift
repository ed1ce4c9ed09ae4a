import Foundation
import TestSupport
import Testing

/// `directmap watch` and `snapshot`, without a kernel that may be read: what is missing is told, and the rest
/// works. LabTests run them inside a real kernel.
@Suite(.waitsForPrograms) struct WatchCommandTests {
  /// A folder in place of procfs.
  private func proc() throws -> Folder {
    let folder = try Folder()
    try folder.write("MemTotal: 4 kB\nDirectMap4k:  28544 kB\nDirectMap2M:  100352 kB\n", "meminfo")
    try folder.write("nr_free_pages 1\ndirect_map_level2_splits 3\n", "vmstat")
    try folder.write(
      "00001000-0009fbff : System RAM\n00100000-3fffffff : System RAM\n", "iomem")
    try folder.write("Linux version 6.12.117 (me@secret.example) #1\n", "version")
    try folder.write("root=/dev/secret mem=1G\n", "cmdline")
    return folder
  }

  @Test func `without a map it tells how the counters move, and what is missing`() throws {
    let folder = try proc()
    let script = """
      "$0" watch --proc \(folder.path) --tracing /nosuch --interval 0.05 --for 6 > \(folder.path)/out 2> \(folder.path)/err &
      for splits in 5 7 9 11 13 15 17 19; do
        sleep 0.6
        printf "nr_free_pages 1\\ndirect_map_level2_splits $splits\\n" > \(folder.path)/new
        mv \(folder.path)/new \(folder.path)/vmstat
      done
      wait
      """
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script, try Program.url().path]
    try process.run()
    process.waitUntilExit()
    #expect(folder.text("out").contains("s  direct_map_level2_splits +2"), "\(folder.text("out"))")
    #expect(folder.text("out").contains("looks at 0 tables"))
    let errors = folder.text("err")
    #expect(errors.contains("no map: ") && errors.contains("tracefs is not mounted"), "\(errors)")
  }

  @Test func `a recording replaces nothing but an older one`() throws {
    let folder = try proc()
    func watch() throws -> Program.Result {
      try Program.run([
        "watch", "--proc", folder.path, "--tracing", "/nosuch", "--headless", "--record",
        "\(folder.path)/out.watch", "--interval", "0.05", "--for", "0.2",
      ])
    }
    #expect(try watch().status == 0)
    #expect(folder.text("out.watch").hasPrefix("# directmap watch 1\n"))
    #expect(try watch().status == 0)
    #expect(try folder.names.contains("out.watch.1"))
    try folder.write("mine\n", "out.watch")
    let refused = try watch()
    #expect(refused.status == 2 && refused.errors.contains("exists"), "\(refused.errors)")
    #expect(folder.text("out.watch") == "mine\n")
  }

  @Test func `options that say nothing are refused`() throws {
    for (options, words) in [
      (["--headless"], "give --record"), (["--interval", "0"], "--interval must be"),
      (["--cost", "0"], "--cost must be"),
      (["--limit", "1M"], "--limit is for --record"), (["--buffer", "0"], "--buffer must be"),
      (["--mark", "a b"], "--mark takes a word"), (["--limit", "x", "--record", "y"], "no size"),
      (["--mark", "a", "--tracing", "/nosuch"], "no directmap watch is tracing"),
    ] {
      let result = try Program.run(["watch", "--proc", "/nosuch"] + options)
      #expect(result.status != 0 && result.errors.contains(words), "\(options): \(result.errors)")
    }
  }

  @Test func `a snapshot is read back, and tells no names`() throws {
    let folder = try proc()
    let isPacked = ["zstd"].allSatisfy { FileManager.default.fileExists(atPath: "/usr/bin/\($0)") }
    for name in ["a.tar"] + (isPacked ? ["b.tar.zst"] : []) {
      let file = "\(folder.path)/\(name)"
      let result = try Program.run(["snapshot", "--proc", folder.path, "-o", file])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("leaves is left out"))
      let opened = try Program.run(["open", file, "--format", "summary"])
      #expect(opened.status == 0, "\(opened.errors)")
      #expect(opened.output.contains("Linux 6.12.117") || opened.output.contains("6.12"))
      let again = try Program.run(["snapshot", "--proc", folder.path, "-o", file])
      #expect(again.status == 2 && again.errors.contains("--force"))
    }
    let bytes = try Data(contentsOf: URL(filePath: "\(folder.path)/a.tar"))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("secret") && text.contains("mem=1G"))
    #expect(try Program.run(["snapshot", "-o", "x.zip"]).errors.contains(".tar.zst"))
  }

  @Test func `a packed file is unpacked, or says what unpacks it`() throws {
    let folder = try proc()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "cd \"$0\" && gzip -k iomem", folder.path]
    try shell.run()
    shell.waitUntilExit()
    let result = try Program.run(["open", "\(folder.path)/iomem.gz", "--format", "summary"])
    #expect(result.status == 0, "\(result.errors)")
    var bytes = try Data(contentsOf: URL(filePath: "\(folder.path)/iomem.gz"))
    bytes = bytes.prefix(bytes.count / 2)
    try bytes.write(to: URL(filePath: "\(folder.path)/cut.gz"))
    let cut = try Program.run(["open", "\(folder.path)/cut.gz"])
    #expect(cut.status == 2 && cut.errors.contains("is damaged"), "\(cut.errors)")
  }

  @Test func `the version is that of the change log`() throws {
    let text = try ProjectFiles.text("CHANGELOG.md")
    let version = text.split(separator: "\n").first { $0.hasPrefix("## ") }?.dropFirst(3)
    #expect(try Program.run(["--version"]).output == "directmap \(version ?? "")\n")
  }

  @Test func `shellcheck finds nothing`() throws {
    let scripts = [".ci/run", ".ci/install", ".ci/static", ".ci/package", ".ci/guest"]
    try OtherProgram.run(
      "shellcheck", scripts.map { ProjectFiles.root.appending(path: $0).path })
  }
}
