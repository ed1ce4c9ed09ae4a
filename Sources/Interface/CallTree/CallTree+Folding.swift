import Engine
import Scenarios

// What goes the same way again and again takes one row.

extension CallTree {
  /// The fewest turns that are folded to one row.
  static let foldMin = 3

  /// Gathers the items of a function that has ended, whose own calls have ended before.
  mutating func gather(_ index: Int, _ events: CallEvents) {
    var node = nodes[index]
    let shapes = node.items.map { shape(of: items[$0], events) }
    node.shape = shapes.reduce(node.function.shape.followed(by: node.result.shape)) {
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

  /// How many rows an item takes, folded.
  func rowCount(ofItemAt place: Int) -> Int {
    switch items[place] {
    case .node(let node): nodes[node].rows
    case .line: 1
    }
  }
}

extension CallTree.Function {
  fileprivate var shape: EventShape {
    switch self {
    case .call: EventShape(tag: 1)
    case .kernel(let function): EventShape(tag: 16, UInt64(function.rawValue))
    case .policy: EventShape(tag: 2)
    }
  }
}

extension CallTree.Result {
  fileprivate var shape: EventShape {
    switch self {
    case .nothing: EventShape(tag: 3)
    case .code(let code): EventShape(tag: 4, code.shape)
    case .splits(let splits): EventShape(tag: 5, splits ? 1 : 0)
    case .collapses(let collapses): EventShape(tag: 6, collapses ? 1 : 0)
    }
  }
}
