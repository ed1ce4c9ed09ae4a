import Engine
import Language
import Parsing
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Views

/// What a presenter shows an audience: bands, spotlights, the map alone, notes that are not shown.
@Suite struct AudienceTests {
  private static let words =
    "One page turns read-only. Watch the left panel, where one leaf maps 1 GiB."
  private static let sizes = [
    Size(width: 80, height: 24), Size(width: 88, height: 24), Size(width: 100, height: 30),
    Size(width: 120, height: 40), Size(width: 36, height: 21), Size(width: 200, height: 60),
  ]

  /// The screen at the end of a demo.
  private func model(_ lines: String, _ size: Size) throws -> Model {
    let scenario = try Scenario(parsing: lines, file: "demo")
    var director = Director(performing: scenario.statements, on: try bootedModel())
    director.prepare { _ = $0.update(.input(.resize(size))) }
    while try director.next() != nil {}
    return director.model
  }

  private func canvas(_ model: Model, _ size: Size) -> Canvas {
    screen(model, size: size, glyphs: .unicode)
  }

  @Test(arguments: sizes) private func `a band shows the whole caption at any size`(
    size: Size,
  ) throws {
    for keys in ["\"", "|"] {
      let key = keys == "\"" ? #"key "\"""# : #"key "|""#
      let canvas = canvas(try model("\(key)\ncaption \"\(Self.words)\"", size), size)
      let lit = (0..<size.height).filter { y in
        (0..<size.width).allSatisfy { canvas[$0, y].ink == .highlight }
      }
      #expect(lit.count >= 3, "\(size), \(keys)")
      let text = lit.map { canvas.rowText($0) }.joined(separator: " ")
      #expect(
        text.split(separator: " ").joined(separator: " ") == Self.words, "\(size), \(keys): \(text)"
      )
    }
  }

  @Test(arguments: sizes) private func `the map alone has panels and no more than a line of words`(
    size: Size,
  ) throws {
    let plain = try model("set_memory_ro pfn:0x140000", size)
    let alone = try model("set_memory_ro pfn:0x140000\nkey \"|\"", size)
    let text = canvas(alone, size).text(planes: [.characters])
    #expect(!text.contains("kernel trace") && !text.contains("why not"))
    #expect(
      text.contains("2M  in 1G slot") || text.contains("1G  slots") || text.contains("4K  in"))
    #expect(canvas(plain, size) != canvas(alone, size))
    let layout = try #require(alone.layout(size, nil))
    let overlaps = (layout.panels + [layout.bars, layout.sentence, layout.hints]).filter {
      layout.legendRows?.intersection($0).isEmpty == false
    }
    #expect(overlaps.isEmpty, "the legend covers \(overlaps)")
    for panel in layout.panels {
      #expect(
        panel.size == PanelPlace.extent(layout.scale) && panel.right <= size.width, "\(panel)")
    }
    var back = alone
    back.press("|")
    #expect(!back.options.isMapOnly)
  }

  @Test func `a spotlight dims all but pages, a panel, or nothing`() throws {
    let size = Size(width: 120, height: 40)
    func dimmed(_ line: String) throws -> Int {
      canvas(try model("set_memory_ro pfn:0x140000\n\(line)", size), size).cells.count {
        $0.ink == .dim
      }
    }
    let cells = size.width * size.height
    let off = try dimmed("spotlight off")
    let page = try dimmed("spotlight pfn:0x140000")
    let map = try dimmed("spotlight map")
    let trace = try dimmed("spotlight trace")
    #expect(off < cells / 2)
    // The page is one cell in each panel; the last line stays as it is.
    #expect(page >= cells - size.width - 3 && page < cells)
    #expect(map > off && map < page && trace > map && trace < page)
    #expect(try dimmed("spotlight map\nspotlight off") == off)
  }

  @Test func `the key goes from the slot to the map to none`() throws {
    var model = try bootedModel()
    let plain = canvas(model, Size(width: 100, height: 30))
    model.press("\\")
    #expect(model.notice?.text == "spotlight on the selected slot")
    model.press("\\ \\")
    #expect(model.notice?.text == "spotlight off")
    model.press("Tab S-Tab")
    #expect(canvas(model, Size(width: 100, height: 30)) == plain)
  }

  @Test func `presenter notes come with their shot, and never on the screen`() throws {
    let lines = """
      caption "One."
      presenter "Say hello."
      caption "Two."
      hide
      presenter "Hidden too."
      show
      wait 1s
      """
    let scenario = try Scenario(parsing: lines, file: "demo")
    var director = Director(performing: scenario.statements, on: try bootedModel())
    var notes: [String] = []
    while let shot = try director.next() {
      notes += shot.notes
      let text = canvas(director.model, Size(width: 100, height: 30)).text(planes: [.characters])
      #expect(!text.contains("Say hello") && !text.contains("Hidden too"))
    }
    #expect(notes == ["Say hello.", "Hidden too."])
    // Captions on both sides of a note are one.
    let text = canvas(director.model, Size(width: 100, height: 30)).text(planes: [.characters])
    #expect(text.contains("One.") && text.contains("Two."))
  }

  @Test func `the glossary opens at any time`() throws {
    var model = try bootedModel()
    model.press("`")
    let text = canvas(model, Size(width: 80, height: 24)).text(planes: [.characters])
    for words in ["P: present", "D: dirty", "G: global", "PSE: page size", "NX: no execute"] {
      #expect(text.contains(words), "\(words)")
    }
    model.press("Esc")
    #expect(model.layers.isEmpty)
  }

  @Test func `a line that is almost the task's gets a hint, and the end begins the next lesson`()
    throws
  {
    var model = try lessonModel()
    model.press("z z z")
    model.type(":set_memory_rw pfn:0x140001")
    model.press("Enter")
    #expect(
      model.notice?.text
        == "Almost: the task is done by set_memory_rw pfn:0x140000; this was set_memory_rw pfn:0x140001."
    )
    model.type(":set_memory_nx pfn:0x140000")
    model.press("Enter")
    #expect(
      model.notice?.text == "Almost: the same pages, but the task is done by set_memory_rw.")
    // Another way to the same goal counts.
    model.type(":set_memory_rw pfn:0x140000 2")
    model.press("Enter")
    #expect(model.lesson?.isGoalReached ?? false)
    model.press("z z z")
    #expect(model.lesson?.isOver ?? false)
    #expect(model.lessonFarewell(isKept: false) == "The next lesson: directmap lesson next-one")
  }
}
