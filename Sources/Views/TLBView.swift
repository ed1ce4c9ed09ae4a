import Engine
import Lanes
import Language
import Narration
import Scenarios
import Screen
import TLB

/// What accesses to the map cost in a TLB: misses and tables read at the start of the history and at
/// this moment, as bars and numbers.
struct TLBView: View {
  let lane: Lane
  /// What is asked.
  let question: TLBQuestion
  /// What was asked under a name before.
  let answers: TLBAnswers

  func draw(on canvas: inout Canvas, in area: Rect) {
    let title = "TLB: \(question.run.model.name), \(question.run.pattern.name.rawValue)"
    let inside = canvas.box(area, title: lane.titled(title))
      .inset(horizontally: 1, vertically: 0)
    guard let reading = lane.tlb else { return }
    var row = canvas.putWrapped(Self.heading(reading.question), in: inside, ink: .dim)
    guard let now = reading.now else {
      canvas.putWrapped(reading.reason ?? "", in: inside, row: row, ink: .warning)
      return
    }
    let named = named(reading)
    let start = named.isEmpty ? reading.start : nil
    for (name, value) in Self.measures {
      let values =
        named.isEmpty
        ? [("start", start.map(value)), ("now", value(now))]
        : named.map { ($0.name.description, value($0.result)) }
      guard row + values.count < inside.height else { break }
      canvas.put([(name, .title)], in: inside, row: row)
      let most = values.compactMap(\.1).max() ?? 0
      let indent = max(6, min(12, (values.map(\.0.count).max() ?? 0) + 1))
      for (index, (label, value)) in values.enumerated() {
        let isMore = index > 0 && value ?? 0 > values[0].1 ?? .max
        drawBar(
          label, value, of: most, isMore: isMore, behind: indent, on: &canvas,
          in: Rect(x: inside.x, y: inside.y + row + 1 + index, width: inside.width, height: 1))
      }
      row += 1 + values.count
    }
    for line in Self.words(start, now) where row < inside.height {
      row += canvas.putWrapped(line, in: inside, row: row, ink: .text)
    }
  }

  /// The answers to compare, the oldest first: where the question has a name, those with names.
  private func named(_ reading: TLBReading) -> [(name: Name, result: TLBResult)] {
    guard reading.question.label != nil, answers.named.count > 1,
      answers.named.last?.name == reading.question.label
    else { return [] }
    return answers.named.suffix(3)
  }

  private typealias Measure = (name: String, value: (TLBResult) -> UInt64)

  private static var measures: [Measure] {
    [
      ("misses, each a walk", { $0.walks }), ("tables read by walks", { $0.walkSteps }),
    ]
  }

  private static func heading(_ question: TLBQuestion) -> String {
    let count = NumberText.grouped(Int64(question.run.accesses))
    switch question.run.pattern {
    case .modules: return "\(count) accesses, the first page of each area in turn"
    case .list: return "\(count) accesses of a list"
    case .sequential, .random, .chase, .hash:
      return "\(count) accesses, " + question.run.target.words
    }
  }

  private func drawBar(
    _ label: String, _ value: UInt64?, of most: UInt64, isMore: Bool, behind indent: Int,
    on canvas: inout Canvas, in area: Rect,
  ) {
    let text = value.map { NumberText.grouped(Int64(clamping: $0)) } ?? "none"
    let numbers = Rect(
      x: area.x + indent, y: area.y, width: min(11, area.width - indent), height: 1)
    canvas.put(
      label, in: Rect(x: area.x, y: area.y, width: indent - 1, height: 1), ink: .dim)
    canvas.put(text, in: numbers, alignment: .trailing, ink: isMore ? .warning : .text)
    let width = area.right - numbers.right - 1
    guard width >= 4, let value else { return }
    canvas.bar(
      x: numbers.right + 1, y: area.y, width: width, part: value, of: max(1, most),
      ink: isMore ? .warning : .bar1G)
  }

  /// The price in words, the leaves that walks ended at, and what the entries reach.
  private static func words(_ start: TLBResult?, _ now: TLBResult) -> [String] {
    var lines: [String] = []
    if let start { lines.append(price(start, now)) }
    if let misses = misses(now) { lines.append(misses) }
    if now.faults > 0 {
      lines.append(
        "\(NumberText.grouped(Int64(clamping: now.faults))) walks find nothing present.")
    }
    lines += [
      "The first level misses \(NumberText.grouped(Int64(clamping: now.firstMisses))).",
      "The entries reach \(TLBAnswer.amount(now.reachBytes)).",
    ]
    return lines
  }

  /// The misses by the leaf that each found; `nil` where none found one.
  private static func misses(_ now: TLBResult) -> String? {
    let sizes = LeafSize.allCases.filter { now[$0] > 0 }
    guard let first = sizes.first else { return nil }
    let found = sizes.reduce(0) { $0 + now[$1] }
    let all = "\(NumberText.grouped(Int64(clamping: found))) \(found == 1 ? "miss" : "misses")"
    guard sizes.count > 1 else {
      return found == 1
        ? "\(all), in a \(first.name) leaf." : "\(all), all in \(first.name) leaves."
    }
    let parts = sizes.map { "\(NumberText.grouped(Int64(clamping: now[$0]))) in \($0.name)" }
    return "\(all): " + parts.joined(separator: ", ") + "."
  }

  private static func price(_ start: TLBResult, _ now: TLBResult) -> String {
    guard now.walkSteps != start.walkSteps else { return "As at the start." }
    guard start.walkSteps > 0 else { return "At the start nothing missed." }
    let tenths = (now.walkSteps * 20 / start.walkSteps + 1) / 2
    let hundredths = now.walkSteps * 100 / start.walkSteps
    if tenths >= 11 {
      return "Walks read \(tenths / 10).\(tenths % 10) times the tables of the start."
    }
    return "Walks read \(hundredths) % of the tables of the start."
  }
}

extension AccessTarget {
  /// The target in words.
  var words: String {
    switch self {
    case .everything: "all of the direct map"
    case .pages(let target, nil): target.scenarioText
    case .pages(let target, .some(let pages)):
      "\(target.scenarioText), \(NumberText.length(pages.rawValue))"
    }
  }
}
