/// What a rule does, as operations on a stack of 64-bit numbers, which wrap as the kernel's do.
///
/// Expressions push one number; actions leave the stack empty. Code is built by the reader of rules
/// and runs in ``RuleRun``.
public struct RuleCode: Equatable, Sendable {
  /// The operations.
  public var operations: [RuleOperation]

  /// The most numbers on the stack.
  public static let stackLimit = 24
  /// The most operations of a handler: a jump keeps its goal in 16 bits.
  public static let lengthLimit = 4096

  /// Code of these operations.
  public init(_ operations: [RuleOperation] = []) { self.operations = operations }

  /// Whether the stack stays within its limit and the code within its own.
  public var fits: Bool {
    guard operations.count <= Self.lengthLimit else { return false }
    var depth = 0
    for operation in operations {
      depth += operation.effect
      if depth > Self.stackLimit { return false }
    }
    return true
  }
}

/// One operation of a rule.
public enum RuleOperation: Equatable, Sendable {
  /// Pushes a number.
  case push(Int64)
  /// Pushes what is known by a name where the rule runs.
  case load(RuleName)
  /// Pushes a counter of the machine.
  case loadCounter(Counter)
  /// Pushes, or sets, a number of the handler.
  case loadLocal(UInt8)
  case storeLocal(UInt8)
  /// Pushes, or sets, a number that the rule keeps.
  case loadValue(UInt8)
  case storeValue(UInt8)
  /// Takes two numbers and pushes one.
  case binary(RuleOperator)
  /// 1 for 0, 0 for all else.
  case not
  /// The number with the other sign.
  case negative
  /// How many bits are set.
  case bitCount
  /// Pushes how many entries of the slot's table have the property that the next operations compute.
  case countEntries(length: UInt16)
  /// The same where the property is that the entry, without some bits, equals a number that the next
  /// operations compute once; or that it does not.
  case countAlike(without: Int64, isEqual: Bool, length: UInt16)
  /// Goes on elsewhere.
  case jump(UInt16)
  /// Goes on elsewhere if the number is 0.
  case jumpIfZero(UInt16)
  /// Runs what follows, up to `end`, once for each slot.
  case each(RuleLoop, end: UInt16)
  /// Tells that a line of the rule runs; with the number on the stack if there is one.
  case line(UInt16, tellsNumber: Bool)

  /// Begins to track the slot's table: the numbers kept with it get their first values.
  case track
  /// Works out a number kept with the table anew: from all its entries, or from the 8 around the one
  /// that was written.
  case recount(UInt8, isNear: Bool)
  /// Works out a count anew and stops the kernel if it is another.
  case check(UInt8)
  /// Puts a leaf with the flags on the stack in the place of the slot's table.
  case merge(leaks: Bool)
  /// Tries the kernel's own collapse on the slot.
  case collapse
  /// Says how many entries block a merge.
  case wait
  /// Flushes all TLBs; of a request that is about to be flushed, turns its flush into that.
  case flushAll
  /// Flushes the addresses of the slot.
  case flushRange
  /// Counts a cost.
  case cost(Counter)
  /// Gives the slot's pageblock a type, by the number on the stack.
  case retype
  /// Puts the freed block on the list of a type.
  case relist
  /// Refuses the page that is asked for.
  case refuse
  /// Serves the page that is asked for from blocks of the type on the stack.
  case serve
  /// Makes a call.
  case call(UInt8)

  /// Whether it puts a leaf in the place of a table, or tries to.
  var merges: Bool {
    switch self {
    case .merge, .collapse: true
    default: false
    }
  }

  /// By how much the stack grows.
  public var effect: Int {
    switch self {
    case .push, .load, .loadCounter, .loadLocal, .loadValue: 1
    case .storeLocal, .storeValue, .binary, .jumpIfZero,
      .merge, .wait, .cost, .retype, .relist, .serve:
      -1
    // What a property pushes for each entry is taken again; the last stands for the count.
    case .not, .negative, .bitCount, .countEntries, .countAlike, .jump, .each, .line, .track,
      .recount, .check, .collapse, .flushAll, .flushRange, .refuse, .call:
      0
    }
  }
}

/// What stands between two numbers.
public enum RuleOperator: UInt8, Sendable {
  case or, and, equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, has, with, without
  case plus, minus, times

  /// The result.
  func of(_ a: Int64, _ b: Int64) -> Int64 {
    switch self {
    case .or: a | b == 0 ? 0 : 1
    case .and: a == 0 || b == 0 ? 0 : 1
    case .equal: a == b ? 1 : 0
    case .notEqual: a == b ? 0 : 1
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    case .greater: a > b ? 1 : 0
    case .greaterOrEqual: a >= b ? 1 : 0
    case .has: a & b == b ? 1 : 0
    case .with: a | b
    case .without: a & ~b
    case .plus: a &+ b
    case .minus: a &- b
    case .times: a &* b
    }
  }
}

/// The slots that a loop goes through.
public struct RuleLoop: Equatable, Sendable {
  /// Where they are; raw values are the words.
  public enum Place: String, CaseIterable, Sendable {
    /// The pages of the request that is about to be flushed.
    case request
    /// The slot around.
    case slot
    /// The block that was freed.
    case block
    /// All memory that the direct map covers.
    case memory
  }

  /// The size of each slot.
  public var size: LeafSize
  /// Where they are.
  public var place: Place

  /// Creates a loop.
  public init(_ size: LeafSize, in place: Place) {
    self.size = size
    self.place = place
  }
}
