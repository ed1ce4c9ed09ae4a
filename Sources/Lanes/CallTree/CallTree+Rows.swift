import Engine

// The tree as rows of text, of which only those that are seen are made.

extension CallTree {
  /// A row of the tree.
  public struct Row: Equatable, Sendable {
    /// What a row stands for.
    public enum Kind: Equatable, Sendable {
      /// A function, with what it was called with and what it returned.
      case function(Int)
      /// A line, by the place of its event.
      case line(event: Int)
      /// This many turns that go the same way: these functions one after the other, or this line.
      case turns(Int, functions: [Int], line: Int?)
    }

    /// What it stands for.
    public var kind: Kind
    /// How many functions enclose it.
    public var depth: Int
    /// The events it tells of.
    public var events: Range<Int>

    /// A row.
    package init(kind: Kind, depth: Int, events: Range<Int>) {
      self.kind = kind
      self.depth = depth
      self.events = events
    }
  }

  /// The rows of a window, and which of them tells of the line that is current.
  public struct Window: Equatable, Sendable {
    /// The rows.
    public var rows: [Row] = []
    /// How many rows there are in all.
    public var total = 0
    /// The number of the first.
    public var first = 0
    /// The number of the current one, counted from the first of all.
    public var current: Int?
  }

  /// This many rows around a line, its folded turns opened; from the first on where there is no line.
  ///
  /// - Parameter event: the place of the current line's event.
  public func window(around event: Int?, height: Int) -> Window {
    guard !nodes.isEmpty, height > 0 else { return Window() }
    let path = event.map { self.path(to: $0) } ?? []
    let finder = RowWalk(tree: self, event: event, path: path, window: 0..<0)
    let total = finder.count(of: 0, level: 0)
    var window = Window(total: total)
    if event != nil {
      let current = finder.rowOfEvent(total)
      window.current = current
      window.first = max(0, min(current - height / 2, total - height))
    }
    var walk = RowWalk(
      tree: self, event: event, path: path, window: window.first..<(window.first + height))
    walk.walk(0, level: 0)
    window.rows = walk.rows
    return window
  }
}

/// Goes through the rows, past those that are not seen without looking at them.
private struct RowWalk {
  let tree: CallTree
  let event: Int?
  /// The functions around the current line.
  let path: [Int]
  let window: Range<Int>
  /// The number of the next row.
  var row = 0
  var rows: [CallTree.Row] = []

  /// The part of a function that the current line is in.
  private struct Place {
    /// The run, and which turn of it.
    var run: Int
    var turn: Int
    /// Which item.
    var item: Int
  }

  /// Where the current line is in a function; `nil` if it is in none of its items.
  private func place(in node: Int, level: Int) -> Place? {
    guard let event, level < path.count, path[level] == node else { return nil }
    let function = tree.nodes[node]
    guard !function.isInline, let item = tree.item(of: function, at: event) else { return nil }
    var (low, high) = (function.runs.lowerBound, function.runs.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if tree.runs[middle].first <= item { low = middle + 1 } else { high = middle }
    }
    let run = tree.runs[low - 1]
    return Place(run: low - 1, turn: (item - run.first) / run.period, item: item)
  }

  // MARK: - Counting

  /// The rows of a function, its own included.
  func count(of node: Int, level: Int) -> Int {
    let function = tree.nodes[node]
    guard let place = place(in: node, level: level) else { return function.rows }
    return function.rows - closedRows(place.run) + openRows(place, level)
  }

  /// The rows of a run where the current line is elsewhere.
  private func closedRows(_ index: Int) -> Int {
    rows(tree.runs[index], turns: tree.runs[index].count)
  }

  private func rows(_ run: CallTree.Run, turns: Int) -> Int {
    if turns >= CallTree.foldMin { return 1 }
    var rows = 0
    for item in run.first..<(run.first + run.period) { rows += tree.rowCount(ofItemAt: item) }
    return rows * turns
  }

  /// The rows of the run that holds the current line.
  private func openRows(_ place: Place, _ level: Int) -> Int {
    let run = tree.runs[place.run]
    let around = rows(run, turns: place.turn) + rows(run, turns: run.count - place.turn - 1)
    let first = run.first + place.turn * run.period
    return (first..<(first + run.period)).reduce(around) { sum, item in
      sum + count(ofItem: item, place, level)
    }
  }

  private func count(ofItem item: Int, _ place: Place, _ level: Int) -> Int {
    if item == place.item, case .node(let inner) = tree.items[item] {
      return count(of: inner, level: level + 1)
    }
    return tree.rowCount(ofItemAt: item)
  }

  /// The number of the row that tells of the current line.
  func rowOfEvent(_ total: Int) -> Int {
    var row = 0
    var (node, level) = (0, 0)
    while let place = place(in: node, level: level) {
      let run = tree.runs[place.run]
      row += (node > 0 ? 1 : 0) + run.rowsBefore + rows(run, turns: place.turn)
      for item in (run.first + place.turn * run.period)..<place.item {
        row += tree.rowCount(ofItemAt: item)
      }
      guard case .node(let inner) = tree.items[place.item] else { break }
      (node, level) = (inner, level + 1)
    }
    return min(row, max(0, total - 1))
  }

  // MARK: - Making rows

  /// Makes the rows of a function that are in the window.
  mutating func walk(_ node: Int, level: Int) {
    let function = tree.nodes[node]
    if node > 0 { put(.function(node), function.depth, function.events) }
    if function.isInline { return }
    let base = row
    let place = place(in: node, level: level)
    var index = function.runs.lowerBound
    var shift = 0
    while index < function.runs.upperBound, row < window.upperBound {
      let limit = place.map { index <= $0.run ? $0.run : function.runs.upperBound - 1 }
      index = skip(from: index, to: limit ?? function.runs.upperBound - 1, base + shift)
      if let place, place.run == index {
        walkOpen(place, node, level)
        shift = openRows(place, level) - closedRows(place.run)
      } else {
        walkTurns(index, 0..<tree.runs[index].count, node, level)
      }
      index += 1
    }
    // What is left lies behind the window.
    row = base + count(of: node, level: level) - (node > 0 ? 1 : 0)
  }

  /// The first run that is not wholly before the window; `row` goes there.
  private mutating func skip(from first: Int, to last: Int, _ base: Int) -> Int {
    guard row < window.lowerBound, first < last else { return first }
    var (low, high) = (first, last)
    while low < high {
      let middle = (low + high + 1) / 2
      if base + tree.runs[middle].rowsBefore <= window.lowerBound {
        low = middle
      } else {
        high = middle - 1
      }
    }
    row = base + tree.runs[low].rowsBefore
    return low
  }

  /// The run with the current line: the turns before it, its own, those behind.
  private mutating func walkOpen(_ place: Place, _ node: Int, _ level: Int) {
    let run = tree.runs[place.run]
    walkTurns(place.run, 0..<place.turn, node, level)
    let first = run.first + place.turn * run.period
    for item in first..<(first + run.period) {
      walk(item: item, node, item == place.item ? level + 1 : Int.max)
    }
    walkTurns(place.run, (place.turn + 1)..<run.count, node, level)
  }

  /// Some turns of a run, none of them with the current line.
  private mutating func walkTurns(_ index: Int, _ turns: Range<Int>, _ node: Int, _ level: Int) {
    guard !turns.isEmpty else { return }
    let run = tree.runs[index]
    let first = run.first + turns.lowerBound * run.period
    let end = run.first + turns.upperBound * run.period
    guard turns.count >= CallTree.foldMin else {
      for item in first..<end { walk(item: item, node, Int.max) }
      return
    }
    var functions: [Int] = []
    var line: Int?
    for item in first..<(first + run.period) {
      switch tree.items[item] {
      case .node(let inner): functions.append(inner)
      case .line(let event): line = event
      }
    }
    let events =
      tree.events(of: tree.items[first])
      .lowerBound..<tree.events(of: tree.items[end - 1])
      .upperBound
    put(
      .turns(turns.count, functions: functions, line: line), depthOfItems(node), events)
  }

  private mutating func walk(item: Int, _ node: Int, _ level: Int) {
    switch tree.items[item] {
    case .node(let inner):
      if row >= window.upperBound || row + tree.nodes[inner].rows <= window.lowerBound,
        level == Int.max
      {
        row += tree.nodes[inner].rows
      } else {
        walk(inner, level: level)
      }
    case .line(let event): put(.line(event: event), depthOfItems(node), event..<(event + 1))
    }
  }

  private func depthOfItems(_ node: Int) -> Int { node > 0 ? tree.nodes[node].depth + 1 : 0 }

  private mutating func put(_ kind: CallTree.Row.Kind, _ depth: Int, _ events: Range<Int>) {
    if window.contains(row) {
      rows.append(CallTree.Row(kind: kind, depth: depth, events: events))
    }
    row += 1
  }
}
