public import Engine

/// A question about a machine: what a row of accesses costs in its TLB. It changes nothing.
public struct TLBRun: Equatable, Sendable {
  /// The TLB.
  public var model: TLBModel
  /// The order of the accesses.
  public var pattern: AccessPattern
  /// What they touch; a list and the modules say so themselves.
  public var target: AccessTarget
  /// How many there are.
  public var accesses: UInt64
  /// What the random ones begin with.
  public var seed: UInt64

  /// How many accesses are made where no number is given.
  public static let usualAccesses: UInt64 = 100_000
  /// The most that are made: some seconds.
  public static let accessLimit: UInt64 = 100_000_000

  /// Creates a question.
  public init(
    _ model: TLBModel, _ pattern: AccessPattern, over target: AccessTarget = .everything,
    accesses: UInt64 = Self.usualAccesses, seed: UInt64 = 1,
  ) {
    self.model = model
    self.pattern = pattern
    self.target = target
    self.accesses = accesses
    self.seed = seed
  }

  /// Makes the accesses on empty entries.
  public func result(on machine: Machine) throws(TLBError) -> TLBResult {
    guard accesses > 0, accesses <= Self.accessLimit else {
      throw .accesses(accesses, limit: Self.accessLimit)
    }
    var stream = try AccessStream(pattern, over: target, seed: seed, on: machine)
    var tlb = TLBSimulation(model, machine.tables)
    for _ in 0..<accesses { tlb.access(stream.next()) }
    return tlb.finished()
  }
}

/// A TLB in use over tables that do not change.
struct TLBSimulation: ~Copyable {
  private let entries: TLBEntries
  private let reader: TranslationReader
  private var result = TLBResult()
  /// The stretches that entries were made of so far: only they are looked for.
  private var seen: UInt8 = 0
  /// The stretch that was found last, which is looked for first.
  private var last = Translation.size4K

  init(_ model: TLBModel, _ tables: PageTables) {
    entries = TLBEntries(model)
    reader = TranslationReader(
      tables: tables, basePage: model.basePage, joinsContiguous: model.joinsContiguous)
  }

  /// What the accesses so far came to.
  consuming func finished() -> TLBResult {
    var result = result
    result.reachBytes = entries.reachBytes
    return result
  }

  @inline(__always)
  mutating func access(_ address: UInt64) {
    result.accesses &+= 1
    if find(address, entries.first) { return }
    result.firstMisses &+= 1
    if find(address, entries.second) {
      entries.insert(address, entries.first[last], code: Self.code(last))
      return
    }
    walk(address)
  }

  @inline(__always)
  private static func code(_ translation: Translation) -> UInt64 {
    UInt64(translation.rawValue) &+ 1
  }

  /// Whether a level has an entry for an address, of whatever stretch; `last` tells which.
  @inline(__always)
  private mutating func find(_ address: UInt64, _ level: TLBEntries.Level) -> Bool {
    if has(address, last, level) { return true }
    let rest = seen & ~(1 &<< last.rawValue)
    return rest != 0 && findOther(address, rest, level)
  }

  @inline(__always)
  private func has(
    _ address: UInt64, _ translation: Translation, _ level: TLBEntries.Level,
  ) -> Bool {
    let place = level[translation]
    return place.isHeld && entries.use(address, place, code: Self.code(translation))
  }

  @inline(never)
  private mutating func findOther(
    _ address: UInt64, _ rest: UInt8, _ level: TLBEntries.Level,
  ) -> Bool {
    for translation in Translation.allCases where rest & (1 &<< translation.rawValue) != 0 {
      if has(address, translation, level) {
        last = translation
        return true
      }
    }
    return false
  }

  @inline(never)
  private mutating func walk(_ address: UInt64) {
    result.walks &+= 1
    guard let found = reader.translation(at: VirtualAddress(address)) else {
      result.faults &+= 1
      result.walkSteps &+= UInt64(reader.tableReads(at: VirtualAddress(address)))
      return
    }
    result.walkSteps &+= UInt64(tableReads(address, found))
    result.countWalk(found.leaf)
    seen |= 1 &<< found.rawValue
    last = found
    entries.insert(address, entries.second[found], code: Self.code(found))
    entries.insert(address, entries.first[found], code: Self.code(found))
  }

  /// The tables that a walk to a present leaf reads: those below the lowest that the walker knows.
  /// It remembers what it read on its way.
  private func tableReads(_ address: UInt64, _ found: Translation) -> Int {
    let leaf = found.leaf
    if leaf < .size2M, knows(address, entries.pmd) { return 1 }
    if leaf < .size1G, knows(address, entries.pud) { return found.tableReads - 2 }
    return knows(address, entries.pgd) ? found.tableReads - 1 : found.tableReads
  }

  /// Whether a cache of the walker has an entry for an address; now it has.
  private func knows(_ address: UInt64, _ place: TLBEntries.Place) -> Bool {
    guard place.isHeld else { return false }
    if entries.use(address, place, code: 1) { return true }
    entries.insert(address, place, code: 1)
    return false
  }
}
