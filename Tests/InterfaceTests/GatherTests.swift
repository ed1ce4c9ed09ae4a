import Engine
import Interface
import Screen
import TestSupport
import Testing
import Views

/// Two ranges under one gather: small pages, then folios of 64K.
private let mixed = """
  kernel linux-6.12
  mmap heap 16M order 4
  mmap small 1500
  exit_mmap
  """

@Suite struct GatherTests {
  /// The screen with the batches beside the map.
  private func gathering(_ keys: String) throws -> Model {
    var model = try scenarioModel(mixed)
    model.press(":")
    model.type("gather")
    model.press("Enter \(keys)")
    _ = model.update(.tick)
    return model
  }

  private func text(_ model: Model, _ size: Size = goldenSizes[0]) -> [String] {
    screen(model, size: size, glyphs: .unicode).text(planes: [.characters])
      .split(separator: "\n").map(String.init)
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `batches fill beside the map`(glyphs: Glyphs) throws {
    let model = try gathering("> > 2 5 .")
    for size in goldenSizes {
      expectScreen(
        screen(model, size: size, glyphs: glyphs), named: "gather \(glyphs) \(size)")
    }
  }

  @Test func `after the zap the question of the thread is answered`() throws {
    let model = try gathering("> > >")
    for size in goldenSizes.prefix(2) {
      expectScreen(
        screen(model, size: size, glyphs: .unicode), named: "gathered \(size)")
    }
  }

  @Test func `stepping shows batches fill and empty, and back as it was`() throws {
    var model = try gathering("> > .")
    var seen: [[String]] = []
    for _ in 0..<40 {
      seen.append(text(model))
      model.press(".")
      _ = model.update(.tick)
    }
    #expect(seen.contains { $0.joined().contains("1 of 19 page batches") })
    #expect(seen.contains { $0.joined().contains("3 of 19 page batches") })
    for step in seen.reversed() {
      model.press(",")
      _ = model.update(.tick)
      // The first line tells the same; what is marked as changed differs with the direction.
      let state = { (lines: [String]) in lines.first { $0.contains("pages, ") } }
      #expect(state(text(model)) == state(step))
    }
  }

  @Test func `one key comes to the batches where there is something to show, and leaves them`()
    throws
  {
    var model = try gathering("> v v v v v v")
    #expect(model.options.sidePanel == .gather)
    model.press("v")
    #expect(model.options.sidePanel == .trace)
    var other = try bootedModel()
    other.press("r v v v v v")
    #expect(other.options.sidePanel == .trace)
  }
}
