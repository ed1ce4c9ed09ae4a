import Engine
import History
import Keys
import Lanes
import Narration
import Screen

/// What the kernel does in the call under way: the tree of its functions, with what they were called
/// with and what they returned, and what they decided.
struct TraceView: View {
  let lane: Lane
  let keymap: Keymap
  /// The values of expressions that are displayed, in lines.
  var displayed: [String] = []

  func draw(on canvas: inout Canvas, in area: Rect) {
    var inside = canvas.box(area, title: lane.titled(titles, width: area.width - 4))
    inside = drawDisplayed(on: &canvas, in: inside)
    let trace = lane.trace
    guard trace.call != nil else {
      let rest = inside.inset(horizontally: 1, vertically: 0)
      canvas.putWrapped("No calls yet.", in: rest, ink: .dim)
      return
    }
    let moment = lane.timeline.moment
    let isInside = moment.event > 0
    let done = isInside ? moment.event : trace.events.total
    let line = isInside ? trace.line(after: done) : -1
    let current = line >= 0 ? trace.lines[line] : nil
    if let current, let excerpt = trace.tree.excerpt(at: current, in: trace.events) {
      inside = draw(excerpt, on: &canvas, in: inside)
    }
    let window = trace.tree.window(around: current, height: inside.height)
    // The current row is shown whole: where one line is too short for it, it takes more.
    if let place = window.current, window.rows.indices.contains(place - window.first) {
      let row = window.rows[place - window.first]
      let lines = wrapped(row, done: done, width: inside.width)
      if lines.count > 1 {
        let height = max(1, inside.height - lines.count + 1)
        draw(
          trace.tree.window(around: current, height: height), lines, done: done, on: &canvas,
          in: inside)
        return
      }
    }
    var rows = window.rows
    if current == nil, window.total > rows.count, !rows.isEmpty {
      rows.removeLast()
      let more = window.total - rows.count
      let last = Rect(x: inside.x + 2, y: inside.bottom - 1, width: inside.width - 2, height: 1)
      let key = keymap.key(.previousEvent)
      canvas.put(
        "\(counted(more, "more row")); \(key) steps through \(more == 1 ? "it" : "them")", in: last,
        ink: .dim)
    }
    if let request = requestRow(above: window, height: inside.height) { rows[0] = request }
    for (index, row) in rows.enumerated() {
      let place = Rect(x: inside.x, y: inside.y + index, width: inside.width, height: 1)
      draw(
        row, done: done, isCurrent: window.first + index == window.current, on: &canvas, in: place)
    }
  }

  /// Draws what is displayed in the last rows, as far as the tree keeps most of them; returns the rest.
  private func drawDisplayed(on canvas: inout Canvas, in area: Rect) -> Rect {
    guard !displayed.isEmpty, area.height >= 2 else { return area }
    let room = max(1, area.height / 3)
    var lines = displayed
    if lines.count > room {
      let more = lines.count - room + 1
      lines = lines.prefix(room - 1) + ["\(counted(more, "more display")); undisplay N ends one"]
    }
    let top = area.bottom - lines.count
    for (index, line) in lines.enumerated() {
      let row = Rect(x: area.x + 1, y: top + index, width: area.width - 1, height: 1)
      canvas.put(line, in: row, ink: .title)
    }
    return Rect(x: area.x, y: area.y, width: area.width, height: area.height - lines.count)
  }

  /// Draws the source in the lower part; the rest of the area, or all of it where it is too low.
  private func draw(_ excerpt: SourceExcerpt, on canvas: inout Canvas, in area: Rect) -> Rect {
    guard area.height >= 14 else { return area }
    let height = min(excerpt.lines.count + 1, area.height / 2)
    let top = area.bottom - height
    let place = Rect(x: area.x + 1, y: top, width: area.width - 1, height: 1)
    canvas.put(excerpt.file, in: place, ink: .dim)
    for (index, line) in excerpt.lines.prefix(height - 1).enumerated() {
      let number = excerpt.first + index
      let row = Rect(x: area.x, y: top + 1 + index, width: area.width, height: 1)
      let isCurrent = number == excerpt.current
      let digits = "\(number)"
      let blanks = String(repeating: " ", count: max(0, 6 - digits.count))
      canvas.put("\(blanks)\(digits) \(line)", in: row, ink: isCurrent ? .highlight : .text)
    }
    return Rect(x: area.x, y: area.y, width: area.width, height: area.height - height)
  }

  /// What the request asks for stays in sight: where its row lies above the window, it takes the place
  /// of the window's first.
  private func requestRow(above window: CallTree.Window, height: Int) -> CallTree.Row? {
    let tree = lane.trace.tree
    guard height >= 5, window.first > 0, let current = window.current, current > window.first,
      window.rows.count > 2, let event = window.rows[current - window.first].events.first
    else { return nil }
    let asked = tree.path(to: event).last { tree.nodes[$0].asked != nil }
    guard let asked, tree.nodes[asked].events.lowerBound < window.rows[0].events.lowerBound else {
      return nil
    }
    let node = tree.nodes[asked]
    return CallTree.Row(kind: .function(asked), depth: node.depth, events: node.events)
  }

  /// What the panel shows; after it the same in fewer words.
  private var titles: [String] {
    guard let call = lane.trace.call else { return ["kernel functions", "functions"] }
    let depth = lane.trace.depth.title.map { ", \($0)" } ?? ""
    let events = lane.trace.events
    if !lane.trace.tree.seen.isEmpty, let kernel = lane.source.kernelName {
      return ["functions of \(kernel), call \(call + 1)\(depth)", "call \(call + 1)\(depth)"]
    }
    if events.isWhole {
      let place = "functions of call \(call + 1)\(depth)"
      return ["kernel \(place)", place, "call \(call + 1)\(depth)"]
    }
    let (first, last) = (Int64(events.startIndex + 1), Int64(events.endIndex))
    let part = "\(NumberText.grouped(first)) to \(NumberText.grouped(last))"
    return [
      "call \(call + 1)\(depth), events \(part) of \(NumberText.grouped(Int64(events.total)))",
      "call \(call + 1), events \(part)",
    ]
  }

  // MARK: - Rows

  /// Draws a window whose current row takes several lines.
  private func draw(
    _ window: CallTree.Window, _ lines: [String], done: Int, on canvas: inout Canvas,
    in inside: Rect,
  ) {
    var y = inside.y
    canvas.clipped(to: inside) { canvas in
      for (index, row) in window.rows.enumerated() {
        let place = Rect(x: inside.x, y: y, width: inside.width, height: 1)
        guard window.first + index == window.current else {
          draw(row, done: done, isCurrent: false, on: &canvas, in: place)
          y += 1
          continue
        }
        let text = textArea(of: row, in: place)
        let isBad = pieces(of: row, done: done, text.width).contains { $0.1 == .error }
        canvas.put(.right, x: place.x, y: y, ink: .highlight)
        for (number, line) in lines.enumerated() {
          let x = text.x + (number > 0 ? Self.hang : 0)
          canvas.put(line, x: x, y: y, ink: isBad ? .error : .highlight)
          y += 1
        }
      }
    }
  }

  /// By how much the further lines of a row stand further right.
  private static let hang = 2

  /// The text of a row in as many lines as it needs.
  private func wrapped(_ row: CallTree.Row, done: Int, width: Int) -> [String] {
    let text = textArea(of: row, in: Rect(x: 0, y: 0, width: width, height: 1))
    let words = pieces(of: row, done: done, text.width).map(\.0).joined()
    if TextWidth.columns(words) <= text.width { return [words] }
    return TextWrap.lines(words, width: max(1, text.width - Self.hang))
  }

  /// Where the text of a row stands.
  private func textArea(of row: CallTree.Row, in area: Rect) -> Rect {
    let indent = min(row.depth * (area.width >= 56 ? 2 : 1), area.width / 3)
    return Rect(x: area.x + 2 + indent, y: area.y, width: area.width - 2 - indent, height: 1)
  }

  private func pieces(
    of row: CallTree.Row, done: Int, _ width: Int,
  ) -> [(String, Ink)] {
    switch row.kind {
    case .function(let node):
      pieces(ofFunction: node, hasEnded: row.events.upperBound <= done, width)
    case .line(let event):
      [(words(of: event), lane.trace.events[event].ink)]
    case .turns(let count, let functions, let line):
      pieces(ofTurns: count, functions, line, width)
    }
  }

  private func draw(
    _ row: CallTree.Row, done: Int, isCurrent: Bool, on canvas: inout Canvas, in area: Rect,
  ) {
    if isCurrent { canvas.put(.right, x: area.x, y: area.y, ink: .highlight) }
    let text = textArea(of: row, in: area)
    var pieces = pieces(of: row, done: done, text.width)
    let hasBegun = row.events.lowerBound < done
    if isCurrent {
      pieces = pieces.map { ($0.0, $0.1 == .error ? .error : .highlight) }
    } else if !hasBegun {
      pieces = pieces.map { ($0.0, .dim) }
    }
    put(pieces, on: &canvas, in: text)
  }

  /// Puts pieces, the last visible column an ellipsis where there is more.
  private func put(_ pieces: [(String, Ink)], on canvas: inout Canvas, in area: Rect) {
    let end = canvas.put(pieces, in: area)
    if end > area.right { canvas.put(.ellipsis, x: area.right - 1, y: area.y, ink: .dim) }
  }

  private func words(of event: Int) -> String {
    let times = lane.trace.repeats[event].map { "\($0 + 1) x: " } ?? ""
    if case .seen(let step) = lane.trace.events[event],
      lane.trace.tree.seen.indices.contains(step.function)
    {
      return lane.trace.tree.seen[step.function].words(step)
    }
    return times + lane.trace.events[event].sentence(.short, by: lane.machine.rules)
  }

  private func pieces(
    ofFunction node: Int, hasEnded: Bool, _ width: Int,
  ) -> [(String, Ink)] {
    let trace = lane.trace
    let name = trace.tree.name(of: node)
    if trace.tree.nodes[node].isInline, let event = trace.tree.lastLine(of: node) {
      let line: [(String, Ink)] = [(words(of: event), trace.events[event].ink)]
      return fitting(
        name, trace.tree.arguments(of: node), [("  ", .dim)] + line, width)
    }
    // The result has its room before it is known, so that nothing moves when it comes.
    let result = trace.tree.result(of: node).map { [$0] } ?? []
    let pieces = fitting(name, trace.tree.arguments(of: node), result, width)
    return hasEnded ? pieces : Array(pieces.prefix(2))
  }

  private func pieces(
    ofTurns count: Int, _ functions: [Int], _ line: Int?, _ width: Int,
  ) -> [(String, Ink)] {
    let trace = lane.trace
    let times = "\(NumberText.grouped(Int64(count))) x "
    guard let first = functions.first else {
      return [(times, .key), (line.map { words(of: $0) } ?? "", .text)]
    }
    let names = functions.map { trace.tree.name(of: $0) }.joined(separator: " + ")
    var outcome: [(String, Ink)] = []
    if let event = trace.tree.lastLine(of: first) {
      outcome = [("  ", .dim), (words(of: event), trace.events[event].ink)]
    }
    let short = trace.tree.name(of: first)
    let whole = TextWidth.columns(times + names + outcome.map(\.0).joined())
    return [(times, .key), (whole <= width ? names : short, .title)] + outcome
  }

  /// The width of a row from which on addresses are shown as such, not as frame numbers.
  private static let widthOfAddresses = 64

  /// A function's name, what it was called with as far as there is room, and what came of it.
  private func fitting(
    _ name: String, _ arguments: [String], _ rest: [(String, Ink)], _ width: Int,
  ) -> [(String, Ink)] {
    let taken = TextWidth.columns(name + rest.map(\.0).joined())
    // Whole addresses only where all rows have room for them.
    let lists = width < Self.widthOfAddresses ? arguments.dropFirst() : arguments[...]
    let list = lists.first { taken + TextWidth.columns($0) <= width } ?? ""
    return [(name, .title), (list, .text)] + rest
  }
}

extension Event {
  /// The ink of its line: what merges is good, what was refused or went wrong is bad.
  fileprivate var ink: Ink {
    switch self {
    case .entered, .remedy(.entered), .seen(.entered): .title
    case .seen(.wrote): .warning
    case .seen(.left), .seen(.reached): .dim
    case .stopped: .error
    case .decided(let decision): decision.ink
    case .tableInstalled: .key
    case .tableFreed, .policy(.mergeOnFree(.merged)): .good
    case .policy(.mergeOnFree(.missed)): .warning
    case .left(_, let code): code == .success ? .dim : .error
    case .asked, .counted, .tableTracked, .remedy(.left): .dim
    case .mapped, .unmapped, .entryWritten, .tableBacked, .kept, .policy, .supply, .flushed,
      .memoryTypeSet, .vmalloc, .systemRunning, .kernelSetReadOnly,
      .memory, .process, .linearMap:
      .text
    }
  }
}

extension Decision {
  fileprivate var ink: Ink {
    switch self {
    case .collapseDone, .mergeDone: .good
    case .collapseFailed, .bitsRefused, .typeConflict, .typeNotFreed, .writableAndExecutable:
      .warning
    case .holeRefused: .error
    case .mergeWaits: .dim
    case .policy(let decision): decision.ink
    case .memory(.exhausted), .vmalloc(.walkerMetLeaf): .error
    case .vmalloc(.fellBack), .vmalloc(.roundedUp): .warning
    case .memory(.stolen), .memory(.claimed), .memory(.claimedWhole): .warning
    case .entryKept, .entryChanged, .holeSkipped, .sameProtection, .preserved, .splitForced,
      .splitPartial, .splitProtected, .aliasInDirectMap, .aliasInHighMap, .nothingChanged, .memory,
      .process, .linearMap, .vmalloc:
      .text
    }
  }
}

extension PolicyDecision {
  fileprivate var ink: Ink {
    switch self {
    case .requestRefused, .nothingLeft, .chunkInUse: .error
    case .fellBack, .handedOutPresent, .freedNotPresent, .pageblockWaits, .mergeMissed,
      .largerLeafStays, .mergeRefused, .rightsRewritten, .flushesUnderLock, .sleepsInAtomic,
      .lockedInSoftirq, .lost:
      .warning
    case .ruleRan: .key
    case .cacheEmpty, .blockTaken, .blockOfOrderTaken, .pageblockMarked, .shrunk: .text
    }
  }
}
