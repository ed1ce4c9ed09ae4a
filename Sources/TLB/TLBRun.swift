public import Engine

/// A question about a machine: the cost of a series of accesses in its TLB. It changes nothing.
public struct TLBRun: Equatable, Sendable {
  /// The TLB.
  public var model: TLBModel
  /// The order of the accesses.
  public var pattern: AccessPattern
  /// The memory that they access; a list and the modules define it themselves.
  public var target: AccessTarget
  /// The number of accesses.
  public var accesses: UInt64
  /// The seed of the random ones.
  public var seed: UInt64

  /// The default number of accesses.
  public static let usualAccesses: UInt64 = 100_000
  /// The maximum number of accesses: it takes some seconds.
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

  /// Makes the accesses, starting with empty entries.
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

  /// The result of the accesses so far.
  consuming func finished() -> TLBResult {
    var result = result
    result.reachBytes = entries.reachBytes
    return result
  }

  /// First finds the stretch of an address, so that only one array of each level is searched; the
  /// hardware searches all, with the same result.
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

  /// An access to an address that is not present: no entry covers it, so it walks, and it leaves
  /// none.
  private mutating func fault(_ address: UInt64) {
    result.firstMisses &+= 1
    result.walks &+= 1
    result.faults &+= 1
    result.walkSteps &+= UInt64(reader.tableReads(at: VirtualAddress(address)))
  }

  /// The tables that a walk to a present leaf reads: those below the lowest that the walker has
  /// cached. It caches what it read on its way.
  private func tableReads(_ address: UInt64, _ found: Translation) -> Int {
    let leaf = found.leaf
    if leaf < .size2M, knows(address, entries.pmd) { return 1 }
    if leaf < .size1G, knows(address, entries.pud) { return found.tableReads - 2 }
    return knows(address, entries.pgd)
      ? found.tableReads - 1 : found.tableReads + reader.topTables
  }

  /// Whether a cache of the walker has an entry for an address; afterwards it has one.
  private func knows(_ address: UInt64, _ place: TLBEntries.Place) -> Bool {
    guard place.isHeld else { return false }
    if entries.use(address, place, code: 1) { return true }
    entries.insert(address, place, code: 1)
    return false
  }
}
