import Engine
import History
import Interface
import Keys
import Language
import Parsing
import Scenarios
import Screen
import TestSupport
import Testing
import Views

/// All shots of a performance, each with its picture.
struct Film {
  var shots: [(shot: Director.Shot, canvas: Canvas)] = []
  var end = 0

  init(_ director: Director, size: Size = Size(width: 100, height: 30)) throws {
    var director = director
    while let shot = try director.next() {
      shots.append((shot, screen(director.model, size: size, glyphs: .unicode)))
    }
    end = director.end
  }

  var markers: [String] { shots.flatMap(\.shot.markers) }

  /// When a text is first seen.
  func time(of text: String) -> Int? {
    shots.first { $0.canvas.text(planes: [.characters]).contains(text) }?.shot.milliseconds
  }
}

/// Expects that a script fails when it is performed, with a message that begins so.
func expectPerformance(
  of text: String, toFailWith message: String,
  sourceLocation: Testing.SourceLocation = #_sourceLocation,
) throws {
  var director = try performance(text)
  let error = #expect(throws: RunError.self, sourceLocation: sourceLocation) {
    while try director.next() != nil {}
  }
  let description = error?.description ?? ""
  #expect(description.hasPrefix(message), "\(description)", sourceLocation: sourceLocation)
}

/// A performance of a script.
func performance(_ text: String) throws -> Director {
  let scenario = try Scenario(parsing: text, file: "demo.dmap")
  var model = try bootedModel(scenario.machine ?? "teaching-4g", scenario.kernel ?? .linux7_2)
  _ = model.update(.input(.resize(Size(width: 100, height: 30))))
  return Director(performing: scenario.statements, on: model)
}

@Suite struct DirectorTests {
  @Test func `plays a history from its start to its end, call by call`() throws {
    let model = try scenarioModel(
      "set_memory_ro pfn:0x140000\nset_memory_rw pfn:0x140000\nnote \"That was it.\"")
    let film = try Film(Director(playing: model))
    #expect(film.time(of: "call 1 of 2  set_memory_ro") == 3000)
    #expect(film.time(of: "call 2 of 2  set_memory_rw") == 4000)
    #expect(film.end > 5000)
    #expect(film.markers.count == 3)
    #expect(film.markers[0].hasPrefix("The 1G leaf at pfn 0x140000 is replaced by a table"))
    #expect(film.markers[1].hasPrefix("The 2M leaf at pfn 0x140000 is replaced by a table"))
    #expect(film.markers[2] == "That was it.")
  }

  @Test(arguments: [
    (
      "kernel linux-5.11\npolicy edgecombe-2021\nvmalloc a 4 group reset\nset_memory_ro a 4\n"
        + "vfree a\nshrink edgecombe-2021 16 node 0",
      ["A fresh 2M block for the cache", "Reclaim asked the cache"]
    ),
    (
      "kernel linux-7.2\nmodule load m text=8K",
      ["Area execmem-0 takes 512 pages", "by one 2M leaf"]
    ),
    ("kernel linux-6.12\nbpf load b 300", ["pack"]),
    (
      "kernel linux-7.2\nset_memory_ro pfn:0x150000\nset_memory_rox pfn:0x150000 512",
      ["by one 2M leaf"]
    ),
    ("note \"Words.\"\nset_memory_x pfn:0x150000", ["Words."]),
  ]) func `marks refills, shrinks, merges and notes`(text: String, words: [String]) throws {
    let markers = try Film(Director(playing: scenarioModel(text))).markers
    for word in words {
      #expect(markers.contains { $0.contains(word) }, "\(word): \(markers)")
    }
  }

  @Test func `waits at a pause and goes on`() throws {
    let model = try scenarioModel(
      "set_memory_ro pfn:0x140000\npause\nset_memory_rw pfn:0x140000")
    let film = try Film(Director(playing: model))
    let first = try #require(film.time(of: "call 1 of 2"))
    #expect(try #require(film.time(of: "call 2 of 2")) - first >= 2000)
  }

  @Test func `performs calls, keys, typing and waits in their order`() throws {
    let film = try Film(
      performance(
        """
        caption "One page turns read-only."
        caption "Watch the left panel."
        wait 3s
        highlight pfn:0x140000 8
        set_memory_ro pfn:0x140000
        key "<"
        caption "Another one."
        type ":why pfn:0x140000 2M"
        key "Enter"
        """))
    #expect(film.markers[0] == "One page turns read-only.")
    #expect(film.markers[1] == "One page turns read-only. Watch the left panel.")
    #expect(try #require(film.time(of: "call 1 of 1  set_memory_ro")) == 3000)
    #expect(film.markers.last == "Another one.")
    #expect(film.time(of: "before call 1 of 1") == 4000)
    #expect(film.time(of: ":why pfn:0x140000") ?? 0 > 5000)
  }

  @Test func `what is hidden is done at once and not seen`() throws {
    let film = try Film(
      performance(
        """
        hide
        key "+ + +"
        set_memory_ro pfn:0x140000
        wait 60s
        show
        set_memory_rw pfn:0x140000
        """))
    #expect(film.shots.first?.canvas.rowText(0).contains("call 1 of 1") ?? false)
    #expect(film.time(of: "call 2 of 2") == 0)
  }

  @Test func `goes through a call by events where the pace does`() throws {
    var director = try performance("key \"- -\"\nset_memory_ro pfn:0x140000\nwait 1s")
    var moments: Set<Int> = []
    while let shot = try director.next() {
      moments.insert(director.model.timeline.moment.event)
      #expect(shot.milliseconds < 60_000)
    }
    #expect(moments.count > 8)
  }

  @Test(arguments: [
    ("vunmap nothing", "demo.dmap:1:1: no area is called nothing"),
    ("expect 1 == 2", "demo.dmap:1:1: expect failed: 1 == 2"),
    ("highlight nothing", "demo.dmap:1:1: no area is called nothing"),
  ]) func `a line that cannot be carried out ends it, with its place`(
    text: String, message: String,
  ) throws {
    try expectPerformance(of: text, toFailWith: message)
  }

  @Test(arguments: 0..<10) func `any script ends, and time never goes back`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let keys = Keymap.standard.bindings.flatMap(\.inputs)
    var lines: [String] = []
    for _ in 0..<40 {
      let direction: Direction =
        switch generator.next(below: 8) {
        case 0: .type(generator.pick([":machine giant-64t", "\u{1b}[2J", "12", "/rwx", ":"]))
        case 1: .wait(milliseconds: Int(generator.next(below: 3000)))
        case 2: .caption(generator.pick(["", "]]>", "e\u{301} \u{4e2d}", "two words"]))
        case 3: .highlight(.frame(PFN(generator.next(below: 0x180000))), 600)
        case 4: generator.oneIn(2) ? .hide : .show
        default: .key((0..<3).map { _ in generator.pick(keys) })
        }
      lines.append(direction.scenarioText)
      if generator.oneIn(3) { lines.append("set_memory_ro pfn:0x140000 3") }
    }
    let text = lines.filter { !$0.contains("\u{1b}") }.joined(separator: "\n")
    var director = try performance(text)
    var last = 0
    do throws(RunError) {
      while let shot = try director.next() {
        #expect(shot.milliseconds >= last)
        last = shot.milliseconds
      }
    } catch {
      #expect(error.location.line > 0)
    }
    #expect(director.end >= last)
  }

  @Test func `the same script gives the same shots`() throws {
    let text =
      "set_memory_ro pfn:0x140000 8\nwait 1s\nkey \"> < , .\"\nset_memory_rw pfn:0x140000 8"
    let (first, second) = (try Film(performance(text)), try Film(performance(text)))
    #expect(first.shots.map(\.shot) == second.shots.map(\.shot))
    #expect(first.shots.map(\.canvas) == second.shots.map(\.canvas))
  }
}

@Suite struct ScriptTests {
  /// The script that a screen saves.
  private func script(of model: inout Model) throws -> String {
    model.type(":script demo.dmap")
    let effects = model.press("Enter")
    guard case .save(_, let text, .nothing, "script")? = effects.first else { throw NoScript() }
    return text
  }
  private struct NoScript: Error {}

  @Test func `a history saved as a script is performed to the same machine`() throws {
    var model = try scenarioModel(
      "kernel linux-6.12\nnote \"One page.\"\nset_memory_ro pfn:0x140000\npause\n"
        + "set_memory_rw pfn:0x140000\nexpect size(pfn:0x140000) == 4K\nnote \"The end.\"")
    model.press("$ x K")
    let text = try script(of: &model)
    #expect(text.contains("caption \"One page.\"\nwait 2s\nset_memory_ro pfn:0x140000\npause\n"))
    #expect(text.contains("expect size(pfn:0x140000) == 4K\nset_memory_x pfn:0x140000\n"))
    #expect(text.contains("caption \"The end.\"\nwait 2s\nhighlight pfn:0x1"))
    #expect(try Scenario(parsing: text, file: "demo.dmap").isScript)
    var director = try performance(text)
    while try director.next() != nil {}
    #expect(director.model.machine.checksum == model.machine.checksum)
    _ = model.update(.saved(.saved(path: "demo.dmap")))
    #expect(model.notice?.text == "The script is in demo.dmap.")
  }

  @Test func `a script needs a name, and a machine that can be booted`() throws {
    var model = try bootedModel()
    model.type(":script")
    #expect(model.press("Enter") == [.bell])
  }
}
