import Engine

/// A sequence of addresses: the same for the same pattern, ranges and seed.
struct AccessStream {
  private let kind: Kind
  private let ranges: AccessRanges
  private let nodes: AccessRanges
  private var numbers: SeededNumbers
  private var position: UInt64 = 0
  private var cycle = RandomCycle(count: 1, seed: 0)

  private enum Kind {
    case sequential(step: UInt64)
    case random(words: UInt64)
    case chase(step: UInt64)
    case starts(count: UInt64)
    case hash(buckets: UInt64, nodes: UInt64, every: UInt64)
    case list([UInt64])
  }

  init(
    _ pattern: AccessPattern, over target: AccessTarget, seed: UInt64, on machine: Machine,
  ) throws(TLBError) {
    numbers = SeededNumbers(seed: seed)
    var nodeRanges = AccessRanges()
    switch pattern {
    case .sequential(let step):
      ranges = try machine.ranges(of: target)
      try Self.check(step, ranges)
      kind = .sequential(step: step)
    case .random:
      ranges = try machine.ranges(of: target)
      kind = .random(words: ranges.bytes / 8)
    case .chase(let step):
      ranges = try machine.ranges(of: target)
      try Self.check(step, ranges)
      kind = .chase(step: step)
      cycle = RandomCycle(count: ranges.bytes / step, seed: numbers.next())
    case .modules:
      ranges = try machine.firstPagesOfAreas()
      kind = .starts(count: UInt64(ranges.count))
    case .hash(let table):
      ranges = try machine.ranges(of: target)
      if table.every > 0 { nodeRanges = try machine.ranges(of: table.nodes) }
      kind = .hash(
        buckets: ranges.bytes / AccessPattern.HashTable.bucketBytes,
        nodes: nodeRanges.bytes / AccessPattern.HashTable.nodeBytes, every: table.every)
    case .list(let addresses):
      guard !addresses.isEmpty else { throw .emptyList }
      if let other = addresses.first(where: { !machine.layout.isCanonical($0) }) {
        throw .target(.virtual(other), .notCanonical(other))
      }
      ranges = AccessRanges()
      kind = .list(addresses.map(\.rawValue))
    }
    nodes = nodeRanges
  }

  private static func check(_ step: UInt64, _ ranges: AccessRanges) throws(TLBError) {
    guard step > 0, step <= ranges.bytes else { throw .step(step, limit: ranges.bytes) }
  }

  /// Puts the next addresses into the first places of a buffer.
  mutating func fill(_ buffer: inout [UInt64], _ count: Int) {
    switch kind {
    case .sequential(let step):
      for index in 0..<count {
        buffer[index] = ranges.address(at: position)
        position &+= step
        if position >= ranges.bytes { position = 0 }
      }
    case .random(let words):
      for index in 0..<count {
        buffer[index] = ranges.address(at: numbers.next(below: words) &* 8)
      }
    case .chase(let step):
      for index in 0..<count { buffer[index] = ranges.address(at: cycle.next() &* step) }
    case .starts(let starts):
      for index in 0..<count {
        buffer[index] = ranges.start(Int(position))
        position = position &+ 1 == starts ? 0 : position &+ 1
      }
    case .hash(let buckets, let nodeCount, let every):
      for index in 0..<count {
        buffer[index] = lookup(buckets, nodeCount, every)
      }
    case .list(let addresses):
      for index in 0..<count {
        buffer[index] = addresses[Int(position)]
        position = Int(position) &+ 1 == addresses.count ? 0 : position &+ 1
      }
    }
  }

  /// The next bucket, or after `every` of them a node.
  @inline(__always)
  private mutating func lookup(_ buckets: UInt64, _ nodeCount: UInt64, _ every: UInt64) -> UInt64 {
    if every > 0, position == every {
      position = 0
      return nodes.address(
        at: numbers.next(below: nodeCount) &* AccessPattern.HashTable.nodeBytes)
    }
    position &+= 1
    return ranges.address(at: numbers.next(below: buckets) &* AccessPattern.HashTable.bucketBytes)
  }
}

/// The numbers below a count in a random order, each once, then in the same order again.
///
/// A linear congruence modulo a power of two has one cycle through all its numbers; a one-to-one
/// mixing of the bits hides its pattern, and numbers that are too large are skipped.
struct RandomCycle {
  private let count: UInt64
  private let mask: UInt64
  private let halfBits: UInt64
  private let step: UInt64
  private var state: UInt64

  init(count: UInt64, seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    self.count = max(1, count)
    let bits = UInt64(max(1, 64 - (self.count - 1).leadingZeroBitCount))
    mask = bits >= 64 ? .max : (1 << bits) - 1
    halfBits = max(1, bits / 2)
    step = numbers.next() | 1
    state = numbers.next() & mask
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    while true {
      state = (state &* 0x5851_f42d_4c95_7f2d &+ step) & mask
      var mixed = state
      mixed ^= mixed &>> halfBits
      mixed = mixed &* 0x9e37_79b9_7f4a_7c15 & mask
      mixed ^= mixed &>> halfBits
      mixed = mixed &* 0xbf58_476d_1ce4_e5b9 & mask
      mixed ^= mixed &>> halfBits
      if mixed < count { return mixed }
    }
  }
}
