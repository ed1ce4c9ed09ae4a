import Engine
import Scenarios

// What goes the same way again and again takes one row.

extension CallTree {
  /// The fewest turns that are folded to one row.
  static let foldMin = 3

  /// Gathers the items of a function that has ended, whose own calls have ended before.
  mutating func gather(_ index: Int, _ events: [Event]) {
    var node = nodes[index]
    let shapes = node.items.map { shape(of: items[$0], events) }
    node.shape = Shape.mix(UInt64(node.function.tag), node.result.tag)
    for shape in shapes { node.shape = Shape.mix(node.shape, shape) }
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
    _ shapes: [UInt64], from place: Int, _ firstItem: Int,
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

  private func shape(of item: Item, _ events: [Event]) -> UInt64 {
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

/// Numbers that are equal for what goes the same way.
private enum Shape {
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var value = (a ^ (b &+ 0x9e37_79b9_7f4a_7c15 &+ (a << 6) &+ (a >> 2)))
    value = (value ^ (value >> 31)) &* 0xbf58_476d_1ce4_e5b9
    return value ^ (value >> 29)
  }
}

extension CallTree.Function {
  fileprivate var tag: UInt64 {
    switch self {
    case .call: 1
    case .kernel(let function): 16 + UInt64(function.rawValue)
    case .policy: 2
    }
  }
}

extension CallTree.Result {
  fileprivate var tag: UInt64 {
    switch self {
    case .nothing: 0
    case .code(let code): 16 + UInt64(UInt32(bitPattern: code.rawValue))
    case .splits(let splits): splits ? 1 : 2
    case .collapses(let collapses): collapses ? 3 : 4
    }
  }
}

extension Event {
  /// What a line has in common with those that say the same of another page.
  fileprivate var shape: UInt64 {
    switch self {
    case .entryWritten(_, let size, let old, let new):
      let (before, after) = (old.flags(size), new.flags(size))
      let gained = after.subtracting(before).rawValue
      let lost = before.subtracting(after).rawValue
      return Shape.mix(Shape.mix(10 + UInt64(size.rawValue), gained), lost)
    case .decided(let decision): return Shape.mix(20, decision.shape)
    case .tableInstalled(_, let size, _, _): return 30 + UInt64(size.rawValue)
    case .tableFreed(_, let size, _): return 40 + UInt64(size.rawValue)
    case .mapped(let fill): return Shape.mix(50 + UInt64(fill.size.rawValue), fill.flags.rawValue)
    case .unmapped: return 60
    case .memoryTypeSet(_, _, _, let type): return Shape.mix(61, UInt64(type.shape))
    case .flushed(let flush): return Shape.mix(62, flush.shape)
    case .memory(let change): return Shape.mix(63, change.shape)
    case .policy: return 64
    case .kept: return 65
    case .supply: return 66
    case .process(let change): return Shape.mix(90, change.shape)
    case .linearMap(let change): return Shape.mix(91, change.shape)
    case .left(let function, let code):
      return Shape.mix(70 + UInt64(function.rawValue), UInt64(UInt32(bitPattern: code.rawValue)))
    case .entered, .asked, .tableBacked, .tableTracked, .counted: return 67
    // What happens once in a call.
    case .vmalloc, .systemRunning, .stopped, .kernelSetReadOnly: return 68
    }
  }
}

extension MemoryType {
  fileprivate var shape: Int {
    switch self {
    case .wb: 0
    case .wc: 1
    case .ucMinus: 2
    case .wt: 3
    }
  }
}

extension Flush {
  fileprivate var shape: UInt64 {
    switch self {
    case .all: 1
    case .pages: 2
    case .allAfterFailure: 3
    case .kernelRange: 4
    case .ownPage: 5
    case .cacheLines: 6
    case .allCaches: 7
    }
  }
}

extension MemoryChange {
  fileprivate var shape: UInt64 {
    switch self {
    case .unlisted: 1
    case .listed: 2
    case .relisted: 3
    case .retyped: 4
    case .allocated: 5
    case .released: 6
    case .divided: 7
    case .handedOver: 8
    case .listedRun: 9
    case .ownerNamed: 10
    case .movedToNode: 11
    case .aged: 12
    case .scattered: 13
    }
  }
}

extension Decision {
  fileprivate var shape: UInt64 {
    switch self {
    case .entryKept: 1
    case .entryChanged: 2
    case .holeSkipped: 3
    case .holeRefused: 4
    case .sameProtection(_, let size, _): 10 + UInt64(size.rawValue)
    case .preserved(_, let size, _, let new): Shape.mix(20 + UInt64(size.rawValue), new.rawValue)
    case .splitForced(_, let size): 30 + UInt64(size.rawValue)
    case .splitPartial(_, let size, _, _): 40 + UInt64(size.rawValue)
    case .splitProtected(_, let size, _): 50 + UInt64(size.rawValue)
    case .bitsRefused(_, let flags): Shape.mix(60, flags.rawValue)
    case .writableAndExecutable: 61
    case .aliasInDirectMap: 62
    case .aliasInHighMap: 63
    case .typeConflict: 64
    case .nothingChanged: 65
    case .collapseFailed(_, let size, _): 70 + UInt64(size.rawValue)
    case .mergeWaits(_, let size, _): 80 + UInt64(size.rawValue)
    case .mergeDone(_, let size): 90 + UInt64(size.rawValue)
    case .collapseDone(_, let size): 100 + UInt64(size.rawValue)
    case .policy: 110
    case .memory: 111
    case .process(let decision): Shape.mix(112, decision.shape)
    case .linearMap(let decision): Shape.mix(113, decision.shape)
    case .vmalloc: 114
    }
  }
}
