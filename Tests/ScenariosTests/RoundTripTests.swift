import Engine
import Language
import Narration
import Parsing
import TestSupport
import Testing

@Suite struct RoundTripTests {
  private func parse(_ line: String) throws -> Statement? {
    try Parser(file: "t").statement(ofLine: line)?.statement
  }

  @Test(arguments: 0..<64)
  func `reads back every call that it prints`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<200 {
      let call = random.call()
      #expect(try parse(call.scenarioText) == .call(call), "seed \(seed): \(call.scenarioText)")
      #expect(Command.named(call.name) != nil)
    }
  }

  @Test(arguments: 0..<64)
  func `reads back every expression that it prints`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<100 {
      let statement = Statement.expect(random.expression(4))
      #expect(
        try parse(statement.scenarioText) == statement,
        "seed \(seed): \(statement.scenarioText)")
    }
  }

  @Test(arguments: ["", "a", "\"", "\\", "a\nb\tc", "#", "\u{1F600} é", "\\n"])
  func `reads back every note that it prints`(text: String) throws {
    let statement = Statement.note(text)
    #expect(try parse(statement.scenarioText) == statement)
  }

  @Test(arguments: Assets.names)
  func `reads back the scenarios that it prints`(name: String) throws {
    let scenario = try Scenario(parsing: Assets.text(name), file: name)
    let again = try Scenario(parsing: scenario.scenarioText, file: name)
    #expect(again.scenarioText == scenario.scenarioText)
    #expect(again.statements.map(\.statement) == scenario.statements.map(\.statement))
    #expect(again.machine == scenario.machine && again.kernel == scenario.kernel)
  }

  @Test func `reads back every setup statement that it prints`() throws {
    var statements: [Statement] = [.machine("laptop-16g"), .cpu(.count(64)), .pause]
    statements += PolicyName.allCases.map { .policy($0) }
    let name = try #require(Name("nf"))
    for file in ["nf.ko", "/a/b c.ko", "a\"#b.ko", "ko:x"] {
      statements.append(.moduleFile(name, file: file))
    }
    statements += KernelProfile.all.map { .kernel($0.name) }
    for name in CPUFeatures.Switch.allCases {
      statements += [.cpu(.feature(name, true)), .cpu(.feature(name, false))]
    }
    for statement in statements { #expect(try parse(statement.scenarioText) == statement) }
  }
}
