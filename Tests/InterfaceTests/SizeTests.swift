import Engine
import Screen
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// What each size of a terminal has room for.
struct SizeTests {
  private func text(_ model: Model, _ width: Int, _ height: Int) -> String {
    screen(model, size: Size(width: width, height: height), glyphs: .unicode)
      .text(planes: [.characters])
  }

  @Test func `100 x 30 has all three panels and the legend`() throws {
    var model = try bootedModel()
    for _ in 0..<2 {
      let shown = text(model, 100, 30)
      for words in [
        "1G  slots 0-511", "2M  in 1G slot", "4K  in 2M slot", "RW NX ordinary", "no RAM",
      ] {
        #expect(shown.contains(words), "\(words)")
      }
      model.press("r")
    }
  }

  @Test(arguments: [(80, 24), (93, 31), (100, 30), (110, 36), (120, 40), (60, 40)])
  func `the colours are always explained`(width: Int, height: Int) throws {
    var model = try bootedModel()
    for keys in ["", "r", "v"] {
      if !keys.isEmpty { model.press(keys) }
      let shown = text(model, width, height)
      for words in [["RW NX ordinary", " rw "], ["RO X", " rox "], ["not present", " absent "]] {
        #expect(words.contains { shown.contains($0) }, "\(width)x\(height): \(words[0])")
      }
    }
  }

  @Test func `the legend names every class of every overlay at 80 x 24 that is on the map`() throws
  {
    var model = try bootedModel()
    model.press("K")
    for overlay in MapOverlay.allCases where overlay != .permission {
      model.show(overlay)
      let size = Size(width: 80, height: 24)
      let shown = screen(model, size: size, glyphs: .unicode).text(planes: [.characters])
      let legend = Legend(lane: model.lane, letters: false)
      let first = try #require(legend.classes(.unicode).first(where: legend.isOnMap))
      #expect(shown.contains(first.brief), "\(overlay): \(first.brief)")
    }
  }

  @Test func `selected and just changed look different`() throws {
    func cell(_ model: Model, _ modifiers: Modifiers) -> Unicode.Scalar? {
      let canvas = screen(model, size: Size(width: 80, height: 24), glyphs: .unicode)
      return canvas.cells.first { $0.modifiers == modifiers }?.scalar
    }
    var model = try bootedModel()
    model.press("Tab")
    #expect(cell(model, .selected) == Glyphs.unicode[.disc])
    model.press("Tab Tab 8 r Down")
    _ = model.update(.tick)
    #expect(cell(model, .changed) == Glyphs.unicode[.square])
    #expect(cell(model, .selected) == Glyphs.unicode[.disc])
  }

  @Test func `without colours each class has its own sign`() throws {
    var model = try bootedModel()
    model.adapt(to: .monochrome)
    let legend = Legend(lane: model.lane, letters: model.showsLetters)
    let signs = legend.classes(.unicode).map(\.cell.scalar)
    #expect(Set(signs).count == signs.count && signs.count == 7)
    model = try bootedModel()
    model.show(Theme.monochrome)
    #expect(model.showsLetters)
  }

  @Test func `what blocks a merge is in the legend while it is pointed out`() throws {
    var model = try bootedModel()
    model.press("r v")
    for size in [(100, 30), (120, 40)] {
      #expect(text(model, size.0, size.1).contains("blocks merge"), "\(size)")
    }
  }
}
