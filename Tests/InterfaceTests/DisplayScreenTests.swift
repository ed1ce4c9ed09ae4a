import Language
import Parsing
import Screen
import Testing

@testable import Interface
@testable import Views

/// Expressions that are displayed, on the screen and without one.
@Suite struct DisplayScreenTests {
  private static let scenario = "display DirectMap4k\nset_memory_ro pfn:0x140000"

  private func text(_ model: Model, _ size: Size) -> String {
    screen(model, size: size, glyphs: .ascii).text(planes: [.characters])
  }

  @Test(arguments: [Size(width: 100, height: 30), Size(width: 200, height: 60)])
  func `values stand below the functions, and follow time`(size: Size) throws {
    var model = try scenarioModel(Self.scenario)
    model.press("> <")
    #expect(text(model, size).contains("1: DirectMap4k is 16240"))
    model.press(">")
    #expect(text(model, size).contains("1: DirectMap4k is 18288"))
    _ = model.runCommand("undisplay 1")
    #expect(!text(model, size).contains("1: DirectMap4k"))
  }

  @Test func `what has no room is counted`() throws {
    var model = try scenarioModel("set_memory_ro pfn:0x140000")
    model.press(">")
    for _ in 0..<20 { _ = model.runCommand("display ret") }
    let shown = text(model, Size(width: 100, height: 30))
    #expect(shown.contains("more displays; undisplay N ends one"))
    let error = model.runCommand("display ret").error
    #expect(error?.hasPrefix("there are 20 displays already") == true)
  }

  @Test func `without a screen values follow each move through time`() throws {
    var session = PlainSession(try scenarioModel(Self.scenario))
    let lines = session.answers(to: ">")
    #expect(lines.last == "1: DirectMap4k is 18288.")
    #expect(session.answers(to: "where").contains { $0.hasPrefix("1: ") } == false)
    #expect(session.answers(to: "display ret") == ["2: ret is 0."])
    #expect(session.answers(to: "<").suffix(2) == ["1: DirectMap4k is 16240.", "2: ret is 0."])
    #expect(session.answers(to: "undisplay 1") == ["Display 1 is ended."])
    #expect(session.answers(to: "undisplay all") == ["Nothing is displayed."])
  }

  @Test func `a session keeps them`() throws {
    var model = try scenarioModel(Self.scenario)
    let effects = model.runCommand("save try.dmap").effects
    guard case .save(_, let text, _, _) = effects.first else {
      Issue.record("nothing is saved")
      return
    }
    #expect(text.contains("\ndisplay DirectMap4k\n"))
    #expect(try Scenario(parsing: text, file: "t").scenarioText.contains("display DirectMap4k"))
  }
}
