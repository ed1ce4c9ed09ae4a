import Engine
import Language
import Parsing
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// Captions in large letters: whole at every size that fits, and in smaller letters where none does.
struct CaptionSizeTests {
  private static let sizes = [
    Size(width: 80, height: 24), Size(width: 100, height: 30), Size(width: 120, height: 40),
  ]

  private static let demos = ["first-split", "grouping-cache", "merge-on-free", "talk"]

  /// Every caption that a demo shows, with the last screen that shows it.
  private func captions(_ name: String) throws -> [(text: CaptionText, model: Model)] {
    let text = try ProjectFiles.text("Assets/demos/\(name).dmap")
    let scenario = try Scenario(
      parsing: text, file: name, machines: MachineDescription.builtIn.map(\.name))
    let description = try #require(
      scenario.ownMachine ?? scenario.machine.flatMap { MachineDescription(builtIn: $0) })
    let kernel = scenario.kernel ?? .linux7_2
    let setup = BootSetup(description, kernel: kernel, policies: scenario.policies)
    let machine = try Machine(
      booting: description, kernel: kernel, options: BootOptions(policies: scenario.policies))
    var director = Director(
      performing: scenario.statements, on: Model(machine, setup: setup))
    var found: [(text: CaptionText, model: Model)] = []
    while try director.next() != nil {
      guard let caption = director.model.captionText else { continue }
      if found.last?.text == caption { found.removeLast() }
      found.append((caption, director.model))
    }
    return found
  }

  @Test(arguments: demos) func `no caption of a demo is cut`(name: String) throws {
    let found = try captions(name)
    #expect(found.count >= 3)
    for (text, shown) in found {
      for (size, wanted) in Self.sizes.flatMap({ size in
        CaptionSize.allCases.map { (size, $0) }
      }) {
        for glyphs in [Glyphs.unicode, .ascii] {
          var model = shown
          model.layers = []
          model.options.bandsCaptions = true
          model.options.captionSize = wanted
          _ = model.update(.input(.resize(size)))
          let band = CaptionBand(text, wanted, on: size, glyphs)
          let place = "\(name) at \(size), size \(wanted), \(glyphs): \(text.paragraphs)"
          #expect(band.size <= wanted, "\(place)")
          #expect(
            band.lines.joined(separator: " ") == text.paragraphs.joined(separator: " "),
            "\(place)")
          let area = bandArea(band, model, try #require(model.layout(size, text)))
          expectWhole(band, at: area, in: screen(model, size: size, glyphs: glyphs), place)
        }
      }
    }
  }

  @Test(arguments: [Size(width: 88, height: 24), Size(width: 80, height: 24)])
  func `large letters leave the panel in the spotlight in sight`(size: Size) throws {
    var model = try bootedModel()
    model.press("r < . . .")
    model.presentation.caption = ["Step by step: the kernel asks whether the large leaf can stay."]
    model.presentation.beam = .panel(.trace)
    model.options.bandsCaptions = true
    model.options.captionSize = .narrow
    _ = model.update(.input(.resize(size)))
    let layout = try #require(model.layout(size, model.captionText))
    let trace = try #require(layout.trace)
    let band = CaptionBand(
      try #require(model.captionText), model.options.captionSize, on: size, .unicode)
    let hidden = bandArea(band, model, layout).intersection(trace)
    #expect(hidden.height * 3 <= trace.height, "\(hidden) of \(trace)")
    model.presentation.beam = .panel(.bars)
    #expect(bandArea(band, model, layout).bottom == layout.hints.y)
  }

  /// The lines of the band stand in the screen, whole, as they are alone on a canvas of their own.
  private func expectWhole(
    _ band: CaptionBand, at area: Rect, in canvas: Canvas, _ place: String,
  ) {
    #expect(area.y >= 0 && area.bottom < canvas.size.height, "\(place)")
    #expect(area.height <= canvas.size.height * 2 / 3 + 1, "\(place)")
    let top = (band.height - band.lines.count * band.rowsOfLine) / 2
    #expect(top >= 0, "\(place)")
    for (index, line) in band.lines.enumerated() {
      var alone = Canvas(Size(width: 1000, height: band.rowsOfLine), glyphs: canvas.glyphs)
      if let scale = band.size.scale {
        alone.put(large: line, x: 0, y: 0, scale)
      } else {
        alone.put(line, x: 0, y: 0)
      }
      for row in 0..<band.rowsOfLine {
        let wanted = alone.rowText(row).trimmed
        let shown = canvas.rowText(area.y + top + index * band.rowsOfLine + row).trimmed
        #expect(shown == wanted, "\(place): \(line)")
      }
    }
  }

  @Test(arguments: demos)
  func `beside or below the map a caption is whole, from 100x30 on with three panels`(
    name: String,
  ) throws {
    for (text, shown) in try captions(name) {
      for size in Self.sizes {
        var model = shown
        model.layers = []
        model.options.isMapOnly = false
        model.options.bandsCaptions = false
        _ = model.update(.input(.resize(size)))
        let layout = try #require(model.layout(size, text))
        let area = try #require(layout.caption).inset(by: 1)
        let canvas = screen(model, size: size, glyphs: .unicode)
        var seen = ""
        for y in area.y..<area.bottom {
          for x in area.x..<area.right { seen.unicodeScalars.append(canvas[x, y].scalar) }
        }
        seen.removeAll { $0.isWhitespace }
        for paragraph in text.paragraphs {
          #expect(
            seen.contains(paragraph.filter { !$0.isWhitespace }), "\(name) at \(size): \(paragraph)"
          )
        }
        if size.width >= 100 {
          #expect(layout.panels.count == 3, "\(name) at \(size): \(text.paragraphs)")
        }
      }
    }
  }

  @Test func `a caption that does not fit takes the next smaller size`() {
    let short = CaptionText(paragraphs: ["One page."])
    let long = CaptionText(paragraphs: [String(repeating: "many words ", count: 30)])
    let foreign = CaptionText(paragraphs: ["Größe."])
    for size in Self.sizes {
      #expect(CaptionBand(short, .huge, on: size, .unicode).size == .huge)
      #expect(CaptionBand(short, .narrow, on: size, .unicode).size == .narrow)
      #expect(CaptionBand(foreign, .huge, on: size, .unicode).size == .text)
      let band = CaptionBand(long, .huge, on: size, .unicode)
      #expect(band.size < .wide && band.lines.joined(separator: " ") == long.paragraphs[0].trimmed)
    }
    let size = Self.sizes[0]
    #expect(CaptionBand(long, .huge, on: size, .unicode).size == .text)
  }

  @Test func `the key, its count and the line set the size`() throws {
    var model = try bootedModel()
    model.presentation.say("One page.")
    model.press("3 \"")
    #expect(model.options.captionSize == .wide && model.options.bandsCaptions)
    #expect(
      model.notice?.text == "captions show in a band, in letters of size 3 where they fit")
    #expect(model.count == nil)
    model.press("\"")
    #expect(!model.options.bandsCaptions)
    model.press("\"")
    #expect(model.options.bandsCaptions && model.options.captionSize == .wide)
    model.press("5 \"")
    #expect(model.notice == Notice(text: "the size of captions is 1 to 4", kind: .failed))
    #expect(model.options.captionSize == .wide)
    #expect(model.runCommand("caption-size 1").error == nil)
    #expect(model.options.captionSize == .text && model.options.bandsCaptions)
    for wrong in ["caption-size", "caption-size 0", "caption-size big"] {
      #expect(model.runCommand(wrong).error == "the size of captions is 1 to 4", "\(wrong)")
    }
  }

  @Test func `without colours the letters are not underlined`() throws {
    var model = try bootedModel()
    model.presentation.say("One page.")
    model.press("2 \"")
    let size = Size(width: 80, height: 24)
    func inks() -> Set<Ink> {
      let canvas = screen(model, size: size, glyphs: .unicode)
      return Set((17...21).map { canvas[1, $0].ink })
    }
    #expect(inks() == [.highlight])
    model.adapt(to: .monochrome)
    #expect(inks() == [.title])
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
