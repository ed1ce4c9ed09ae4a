import Engine
import History

// What goes the same way again and again takes one row.

extension CallTree {
  /// The fewest turns that are folded to one row.
  static let foldMin = 3

  /// Gathers the items of a function that has ended, whose own calls have ended before.
  mutating func gather(_ index: Int, _ events: CallEvents) {
    var node = nodes[index]
    let own = shape(of: node.function)
    let shapes = node.items.map { shape(of: items[$0], events) }
    node.shape = shapes.reduce(own.followed(by: node.result.shape)) {
      $0.followed(by: $1)
    }
    let firstRun = runs.count
    var rows = 0
    var place = 0
    while place < shapes.count {
      let (period, count) = turns(shapes, from: place, node.items.lowerBound)
      let first = node.items.lowerBound + place
      runs.append(Run(first: first, period: period, count: count, rowsBefore: rows))
      rows += count >= Self.foldMin ? 1 : rowCount(ofItemAt: first)
      place += period * count
    }
    node.runs = firstRun..<runs.count
    node.rows = (index > 0 ? 1 : 0) + (node.isInline ? 0 : rows)
    nodes[index] = node
  }

  /// How often the items from a place on go the same way, one or two at a time.
  private func turns(
    _ shapes: [EventShape], from place: Int, _ firstItem: Int,
  ) -> (period: Int, count: Int) {
    var ones = 1
    while place + ones < shapes.count, shapes[place + ones] == shapes[place] { ones += 1 }
    if ones >= Self.foldMin { return (1, ones) }
    // A turn of two begins with a step of the walk, not with the alias that belongs to the last.
    if case .node(let node) = items[firstItem + place],
      nodes[node].function == .kernel(.cpaProcessAlias)
    {
      return (1, 1)
    }
    var end = place + 2
    while end < shapes.count, shapes[end] == shapes[end - 2] { end += 1 }
    let twos = (end - place) / 2
    return twos >= Self.foldMin ? (2, twos) : (1, 1)
  }

  private func shape(of item: Item, _ events: CallEvents) -> EventShape {
    switch item {
    case .node(let node): nodes[node].shape
    case .line(let event): events[event].shape
    }
  }

  /// Takes the lines of all turns but the first out of the way of steps, where a remedy's functions go
  /// the same way again and again.
  mutating func passTurns() {
    var passed: [(events: Range<Int>, turns: Int)] = []
    for run in runs where run.count >= Self.foldMin && isOfRemedy(run) {
      let second = run.first + run.period
      let last = run.first + run.period * run.count - 1
      let range = events(of: items[second]).lowerBound..<events(of: items[last]).upperBound
      passed.append((range, run.count - 1))
    }
    guard !passed.isEmpty else { return }
    passed.sort { $0.events.lowerBound < $1.events.lowerBound }
    var left: [Int] = []
    var next = 0
    var end = 0
    for line in lines {
      // A row of turns inside a turn that is passed says nothing more.
      while next < passed.count, passed[next].events.lowerBound <= line {
        let (range, turns) = passed[next]
        if range.lowerBound >= end {
          end = range.upperBound
          if let last = left.last { self.passed[last] = turns }
        }
        next += 1
      }
      if line >= end { left.append(line) }
    }
    lines = left
  }

  /// Whether each item of a turn is a function of a remedy.
  private func isOfRemedy(_ run: Run) -> Bool {
    items[run.first..<(run.first + run.period)].allSatisfy { item in
      guard case .node(let node) = item, case .remedy = nodes[node].function else { return false }
      return true
    }
  }

  /// How many rows an item takes, folded.
  func rowCount(ofItemAt place: Int) -> Int {
    switch items[place] {
    case .node(let node): nodes[node].rows
    case .line: 1
    }
  }
}

extension CallTree {
  fileprivate func shape(of function: Function) -> EventShape {
    switch function {
    case .call: EventShape(tag: 1)
    case .kernel(let function): EventShape(tag: 16, UInt64(function.rawValue))
    case .policy: EventShape(tag: 2)
    case .remedy(let function): EventShape(tag: 17, UInt64(function.rawValue))
    // By its name: each has a place of its own.
    case .seen(let place):
      EventShape(tag: 18, seen.indices.contains(place) ? Self.number(of: seen[place].name) : 0)
    }
  }

  /// A number for a text, the same in every run (FNV-1a).
  fileprivate static func number(of text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

extension CallTree.Result {
  fileprivate var shape: EventShape {
    switch self {
    case .nothing: EventShape(tag: 3)
    case .code(let code): EventShape(tag: 4, code.shape)
    case .splits(let splits): EventShape(tag: 5, splits ? 1 : 0)
    case .collapses(let collapses): EventShape(tag: 6, collapses ? 1 : 0)
    case .remedy(let result): EventShape(tag: 7, result.shape)
    case .word(let text): EventShape(tag: 8, CallTree.number(of: text))
    }
  }
}
