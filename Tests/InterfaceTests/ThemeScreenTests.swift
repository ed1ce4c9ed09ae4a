import Interface
import Screen
import TestSupport
import Testing
import Views

/// One screen with every class and the selection, in every theme, with many, few and no colours.
struct ThemeScreenTests {
  /// So narrow that only the map shows, and what every view has: others change without it.
  private static let size = Size(width: 44, height: 24)

  private func model(_ depth: ColorDepth) throws -> Model {
    var model = try scenarioModel(
      """
      set_memory_uc pfn:0x7fe20 32
      set_memory_ro pfn:0x7fe40 64
      set_memory_ro pfn:0x7fe80 32
      set_memory_x pfn:0x7fe80 64
      set_memory_np pfn:0x7fee0 32
      note "Every class of permissions, and what the last call changed."
      set_memory_rw pfn:0x7fe60 8
      """)
    model.adapt(to: depth)
    model.press("$ 1 6 Right")
    _ = model.update(.tick)
    return model
  }

  @Test(arguments: Theme.all, [ColorDepth.colors256, .colors8, .monochrome])
  func `a theme looks as it did`(_ theme: Theme, _ depth: ColorDepth) throws {
    let canvas = screen(try model(depth), size: Self.size, glyphs: .unicode)
    let inks = Set(canvas.cells.map(\.ink))
    #expect(inks.isSuperset(of: Ink.permissionClasses))
    let colors = depth == .monochrome ? "none" : "\(depth.rawValue)"
    // The panel and the sentence; hints and numbers are not about looks.
    expectScreen(canvas.looks(theme, depth, rows: 2..<22), named: "theme \(theme) \(colors)")
  }

  @Test func `a key goes through the themes and says which`() throws {
    var model = try bootedModel()
    for theme in Theme.all.dropFirst() + [.dark] {
      model.press("Y")
      #expect(model.options.theme == (theme.paper == .light ? theme.painted : theme))
      #expect(model.notice?.text.hasPrefix("theme \(theme.name)") == true)
    }
  }
}
