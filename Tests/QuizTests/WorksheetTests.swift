import Engine
import Quiz
import Testing

@Suite struct WorksheetTests {
  @Test func `a seed gives the same sheet`() {
    let order = Worksheet.Order(seed: 7)
    #expect(Worksheet(order) == Worksheet(order))
  }
}
