import Foundation
import TestSupport
import Testing

/// The results of `directmap record`, as other programs see them.
@Suite(.serialized, .waitsForPrograms) struct RecordCommandTests {
  /// A demo with everything in its text that could break a file.
  static let demo = #"""
    machine teaching-4g
    kernel linux-7.2
    wait 1s
    caption "One \"page\": ]]> & <b>, 漢字, é, \\u001b[31m"
    presenter "Ask <b> first."
    wait 2s
    set_memory_ro pfn:0x140000
    note "Two splits, ]]>, 漢字, é."
    key "< . . . ."
    type ":why pfn:0x140000 2M"
    key "Enter"
    wait 1s
    set_memory_rw pfn:0x140000
    caption "The bit is back. The leaf is not."
    key "Tab Tab ? Esc L L"
    module load nf text=24K data=8K rodata=8K
    wait 2s
    """#

  /// Records the demo into a folder.
  private func record(_ folder: Folder, _ output: String, _ options: [String] = []) throws {
    try folder.write(Self.demo, "demo.dmap")
    let result = try Program.run(
      ["record", "\(folder.path)/demo.dmap", "-o", "\(folder.path)/\(output)", "--no-config"]
        + options)
    try #require(result.status == 0 && result.errors == "", "\(result.errors)")
  }

  @Test func `casts of both versions hold to their specification`() throws {
    let folder = try Folder()
    try record(folder, "a.cast", ["--title", "A \"title\" \u{1b}[2J ]]>"])
    try record(folder, "b.cast", ["--cast-version", "3", "--idle-limit", "0.5", "--speed", "3"])
    try OtherProgram.tool("check_cast", ["2", "\(folder.path)/a.cast"])
    try OtherProgram.tool("check_cast", ["3", "\(folder.path)/b.cast"])
    let text = folder.text("a.cast")
    #expect(text.contains("\"title\": \"A \\\"title\\\" ?[2J ]]>\""))
    #expect(text.contains("\"m\", \"One \\\"page\\\": ]]> & <b>, 漢字, é, \\\\u001b[31m\"]"))
    #expect(text.utf8.count < 300 << 10)
    #expect(!text.contains("\u{1b}"))
  }

  @Test func `asciinema plays a cast to its last picture`() throws {
    let folder = try Folder()
    try record(folder, "a.cast", ["--size", "100x30"])
    let terminal = try TerminalSession(columns: 100, rows: 34)
    try terminal.type("cd \(folder.path); clear\n")
    try terminal.type("asciinema play -s 1000 a.cast; echo status=$?\n")
    let shown = try terminal.wait(for: "status=0")
    let last = try record(folder, still: "last")
    // The shell writes over the last row.
    for row in last.split(separator: "\n").dropFirst(2).dropLast(2) where row.count > 20 {
      #expect(shown.contains(row), "\(row)")
    }
  }

  /// One picture as text.
  private func record(_ folder: Folder, still: String) throws -> String {
    try record(folder, "still.txt", ["--still", still])
    return folder.text("still.txt")
  }

  @Test func `Chromium shows in the moving picture what it shows in the stills`() throws {
    let folder = try Folder()
    try record(folder, "a.svg")
    try record(folder, "a.cast")
    try record(folder, "a.txt")
    try OtherProgram.run("xmllint", ["--noout", "\(folder.path)/a.svg"])
    let words = try OtherProgram.tool("check_svg", ["\(folder.path)/a.svg"])
    #expect(words.hasPrefix("demo.dmap\n"))
    #expect(words.contains("One \"page\": ]]> & <b>, 漢字, é, \\u001b[31m"))
    #expect(folder.text("a.svg").utf8.count < 500 << 10)
    let heads = folder.text("a.txt").split(separator: "\n").filter { $0.hasPrefix("--- ") }
    let count = heads.count - 1
    try #require(count > 20)
    var pairs: [String] = []
    for number in [1, 2, count / 3, count / 2, count * 2 / 3, count - 4, count] {
      try record(folder, "still-\(number).svg", ["--still", "\(number)"])
      // Ten milliseconds later: no picture is visible for less than twenty.
      let words = heads[number - 1].split(separator: " ")
      let time = try #require(Double(words[2])) + 0.01
      pairs.append("\(time)=\(folder.path)/still-\(number).svg")
    }
    try OtherProgram.tool(
      "compare_pictures",
      [folder.path, "\(folder.path)/a.svg", "\(folder.path)/a.cast"] + pairs
        + ["\(folder.path)/still-\(count).svg"])
  }

  @Test func `Chromium plays and steps a page by the keyboard, and asks nothing of the network`()
    throws
  {
    let folder = try Folder()
    let title = "A </title> <script>alert(1)</script> ]]>"
    try record(folder, "a.html", ["--notes", "--title", title])
    try record(folder, "a.svg", ["--steps"])
    try OtherProgram.run("xmllint", ["--noout", "\(folder.path)/a.svg"])
    try OtherProgram.tool("check_svg", ["\(folder.path)/a.svg", "stepped"])
    var pairs: [String] = []
    for number in [1, 3, 12] {
      try record(folder, "still-\(number).svg", ["--still", "\(number)", "--title", title])
      pairs.append("\(number)=\(folder.path)/still-\(number).svg")
    }
    let counts = try OtherProgram.tool(
      "check_page", [folder.path, "\(folder.path)/a.html", "\(folder.path)/a.svg"] + pairs)
    #expect(counts.split(separator: " ").last == "1\n", "\(counts)")
    let page = folder.text("a.html")
    #expect(page.utf8.count < 500 << 10)
    #expect(
      page.contains("<title>A &lt;/title&gt; &lt;script&gt;alert(1)&lt;/script&gt; ]]&gt;</title>"))
    // A page without notes has none of their words.
    try record(folder, "b.html")
    #expect(page.contains("Ask &lt;b&gt; first."))
    #expect(!folder.text("b.html").contains("Ask"))
  }

  @Test func `a still at a marker is the picture in which it is told`() throws {
    let folder = try Folder()
    let text = try record(folder, still: "m2")
    #expect(text.contains("* "))
    try record(folder, "a.txt")
    let second = folder.text("a.txt").split(separator: "\n").filter { $0.hasPrefix("* ") }[1]
    #expect(text.contains(second))
  }

  @Test func `the notes of a demo are printed with their times`() throws {
    let folder = try Folder()
    try folder.write(Self.demo, "demo.dmap")
    let result = try Program.run(
      ["play", "\(folder.path)/demo.dmap", "--demo", "--notes", "--no-config"])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.output.contains("\n0:01  > Ask <b> first.\n"), "\(result.output)")
    try folder.write("wait 1s", "bare.dmap")
    let bare = try Program.run(["play", "\(folder.path)/bare.dmap", "--demo", "--notes"])
    #expect(bare.status == 2)
    #expect(bare.errors.contains("bare.dmap has no presenter notes; add lines such as presenter"))
  }

  @Test func `the same keys lead the live program and a recording to the same screen`() throws {
    let folder = try Folder()
    try folder.write(
      "machine teaching-4g\nkernel linux-7.2\nkey \"3 r < . . . l w Tab L v v\"\nwait 1s",
      "keys.dmap")
    let result = try Program.run([
      "record", "\(folder.path)/keys.dmap", "-o", "\(folder.path)/keys.cast", "--no-config",
      "--size", "120x40",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let terminal = try TerminalSession(columns: 120, rows: 40)
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    for key in ["3", "r", "<", ".", ".", ".", "l", "w", "Tab", "L", "v", "v"] {
      try terminal.press(key)
    }
    try terminal.wait(for: "╭ policies")
    try folder.write(try terminal.styledScreen(), "live")
    let live = try OtherProgram.rows(["\(folder.path)/live", "120x40"])
    let recorded = try OtherProgram.rows(["\(folder.path)/keys.cast"])
    // The first row names the file.
    #expect(live.count == 40)
    for (y, row) in live.enumerated().dropFirst() where row != recorded[y] {
      Issue.record("row \(y) is\n\(row) live, and recorded\n\(recorded[y])")
    }
  }

  @Test(arguments: ["cast", "svg", "html", "txt"])
  func `the same file gives the same bytes, also on standard output`(format: String) throws {
    let folder = try Folder()
    try record(folder, "a.\(format)")
    try record(folder, "b.\(format)")
    let printed = try Program.run([
      "record", "\(folder.path)/demo.dmap", "-o", "-", "--format", format, "--no-config",
    ])
    #expect(folder.text("a.\(format)") == folder.text("b.\(format)"))
    #expect(folder.text("a.\(format)") == printed.output)
    #expect(try folder.names == ["a.\(format)", "b.\(format)", "demo.dmap"])
  }

  @Test(arguments: [
    (
      ["-o", "x.bin"],
      "x.bin does not end in .html, .svg, .cast or .txt; rename it, or give --format"
    ),
    (["-o", "-"], "--output - needs --format html, svg, cast or txt"),
    (["-o", "x.cast", "--size", "20x5"], "--size 20x5 is no size from 36x21 to 400x150"),
    (["-o", "x.cast", "--size", "9999x30"], "--size 9999x30 is no size"),
    (["-o", "x.cast", "--size", "abc"], "--size abc is no size"),
    (["-o", "x.cast", "--speed", "0"], "--speed 0.0 is beyond what is possible"),
    (["-o", "x.cast", "--speed", "nan"], "--speed nan is beyond what is possible"),
    (["-o", "x.cast", "--idle-limit", "0"], "--idle-limit 0.0 is beyond what is possible"),
    (["-o", "x.cast", "--cast-version", "1"], "--cast-version 1 is unknown; there are 2 and 3"),
    (["-o", "x.cast", "--still", "1"], "--still makes a picture or a text"),
    (["-o", "x.html", "--still", "1"], "--still makes a picture or a text"),
    (["-o", "x.html", "--steps"], "--steps is for a picture"),
    (["-o", "x.svg", "--steps", "--still", "1"], "leave --still out"),
    (["-o", "x.svg", "--notes"], "--notes puts presenter notes into a page"),
    (["-o", "x.svg", "--still", "m9"], "there is no picture m9"),
    (["-o", "x.gif"], "ffmpeg -framerate 5 -pattern_type glob -i 'still-*.svg' x.gif"),
    (["-o", "a b.MP4"], "-i 'still-*.svg' -pix_fmt yuv420p 'a b.MP4'"),
    (["-o", "x.webm"], "-i 'still-*.svg' x.webm"),
    (["-o", "x.svg", "--still", "zero"], "--still zero is no picture"),
    (["-o", "x.svg", "--still", "9999"], "there is no picture 9999"),
    (["-o", "/nosuch/x.svg"], "/nosuch/x.svg lies in no directory"),
    (["-o", "/dev/full", "--format", "txt"], "/dev/full is no ordinary file"),
    (["-o", "x.svg", "--theme", "drak"], "did you mean 'dark'?"),
  ]) func `what cannot be made is said with the way out`(
    options: [String], message: String,
  ) throws {
    let folder = try Folder()
    try folder.write("set_memory_ro pfn:0x140000", "demo.dmap")
    let result = try Program.run(["record", "\(folder.path)/demo.dmap"] + options)
    #expect(result.status == 2 && result.output == "")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try folder.names == ["demo.dmap"])
  }

  @Test func `a claim that does not hold, and a line that is wrong, leave no file`() throws {
    let folder = try Folder()
    for (text, status) in [("expect 1 == 2\nwait 1s", 1), ("vunmap a\nwait 1s", 2), ("foo", 2)] {
      try folder.write(text, "demo.dmap")
      let result = try Program.run([
        "record", "\(folder.path)/demo.dmap", "-o", "\(folder.path)/x.cast",
      ])
      #expect(result.status == Int32(status), "\(text)")
      #expect(result.errors.hasPrefix("\(folder.path)/demo.dmap:1:1: "), "\(result.errors)")
    }
    #expect(try folder.names == ["demo.dmap"])
  }
}
