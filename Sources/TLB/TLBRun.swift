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
    var buffer = [UInt64](repeating: 0, count: 4096)
    var left = accesses
    while left > 0 {
      let count = Int(min(left, UInt64(buffer.count)))
      stream.fill(&buffer, count)
      for index in 0..<count { tlb.access(buffer[index]) }
      left -= UInt64(count)
    }
    return tlb.finished()
  }
}

/// A TLB in use over tables that do not change.
struct TLBSimulation: ~Copyable {
  private let entries: TLBEntries
  private let reader: TranslationReader
  private var result = TLBResult()

  init(_ model: TLBModel, _ tables: PageTables) {
    entries = TLBEntries(model)
    reader = TranslationReader(
      tables, basePage: model.basePage, joinsContiguous: model.joinsContiguous)
  }

  /// What the accesses so far came to.
  consuming func finished() -> TLBResult {
    var result = result
    result.reachBytes = entries.reachBytes
    return result
  }

  /// Which stretch an address lies in is looked up first, so that one array of each level is asked;
  /// the hardware asks all, and finds the same.
  @inline(__always)
  mutating func access(_ address: UInt64) {
    result.accesses &+= 1
    guard let found = reader.translation(at: VirtualAddress(address)) else { return fault(address) }
    let code = UInt64(found.rawValue) &+ 1
    let first = entries.first(found)
    if first.isHeld, entries.use(address, first, code: code) { return }
    result.firstMisses &+= 1
    let second = entries.second(found)
    if !second.isHeld || !entries.use(address, second, code: code) {
      result.walks &+= 1
      result.walkSteps &+= UInt64(tableReads(address, found))
      result.countWalk(found.leaf)
      entries.insert(address, second, code: code)
    }
    entries.insert(address, first, code: code)
  }

  /// An access to nothing present: no entry stands for it, so it walks, and it leaves none.
  private mutating func fault(_ address: UInt64) {
    result.firstMisses &+= 1
    result.walks &+= 1
    result.faults &+= 1
    result.walkSteps &+= UInt64(reader.tableReads(at: VirtualAddress(address)))
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
