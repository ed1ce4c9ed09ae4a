import Engine
import Screen
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// The legend where it is a row of text: what the map shows is explained, whatever must go.
struct LegendRowTests {
  private static let size = Size(width: 80, height: 24)

  /// The cells of the row, without its words.
  private func row(_ model: Model, _ glyphs: Glyphs = .unicode) throws -> [Cell] {
    let area = try #require(model.layout(Self.size, nil)?.legendRows)
    let canvas = screen(model, size: Self.size, glyphs: glyphs)
    return (area.x..<area.right).map { canvas[$0, area.y] }
  }

  private func text(_ cells: [Cell]) -> String {
    String(String.UnicodeScalarView(cells.map(\.scalar)))
  }

  @Test func `what is pointed out is explained at 80x24`() throws {
    var model = try bootedModel()
    model.press("r")
    #expect(!text(try row(model)).contains("blocks"))
    model.press("v")
    let shown = text(try row(model))
    #expect(shown.contains("✗ blocks") && shown.contains("█ uc"), "\(shown)")
    model.press("v")
    model.presentation.spotlight = Spotlight(space: .direct, pages: 0x140000..<0x140008)
    #expect(text(try row(model)).contains("■ pointed"))
  }

  @Test func `one sign has one meaning where entries block a merge and a page is pointed out`()
    throws
  {
    var model = try bootedModel()
    model.press("r v")
    model.presentation.spotlight = Spotlight(space: .direct, pages: 0x140001..<0x140002)
    let shown = text(try row(model))
    #expect(shown.contains("✗ blocks") && shown.contains("■ pointed"), "\(shown)")
    let map = screen(model, size: Self.size, glyphs: .unicode)
    #expect(map[1, 3].scalar == "✗" && map[2, 3].scalar == "■")
  }

  @Test func `the signs of a comparison are explained where one panel shows`() throws {
    var model = try comparedModel("set_memory_ro pfn:0x140000", [], [.aaronLu2022])
    model.press(">")
    let shown = text(try row(model))
    #expect(shown.contains("# smaller here") && shown.contains("! other rights"), "\(shown)")
  }

  @Test(arguments: MapOverlay.allCases)
  func `each class of the panel is explained at 80x24`(overlay: MapOverlay) throws {
    var model = try bootedModel()
    model.press("r w K b")
    _ = model.runCommand("overlay \(overlay.rawValue)")
    for keys in ["", "Backspace", "Backspace"] {
      model.press(keys)
      let cells = try row(model)
      let legend = Legend(lane: model.lane, letters: false)
      let wanted = legend.classes(.unicode).filter(legend.isOnMap)
      for item in wanted {
        #expect(
          cells.contains { $0.ink == item.cell.ink } || wanted.count > 4,
          "\(overlay), \(model.focus): \(item.words) in \(text(cells))")
      }
    }
  }
}
