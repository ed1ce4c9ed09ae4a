import Engine
import Language
import Narration
import Parsing

/// The calls that sequences are made of.
public struct Alphabet: Equatable, Sendable {
  /// The calls, in the order in which they are tried.
  public let calls: [Call]
  /// Their lines in a scenario.
  public let lines: [String]
  /// Their names, without targets.
  let operations: [String]
  /// Where the opposite of each stands among them; `nil` where it does not.
  let inverses: [Int?]

  /// The most calls: a place in the alphabet takes a byte.
  public static let limit = 255

  /// Creates an alphabet.
  public init(_ calls: [Call]) {
    self.calls = calls
    lines = calls.map(\.scenarioText)
    operations = calls.map(\.name)
    inverses = calls.map { call in call.inverse.flatMap { calls.firstIndex(of: $0.call) } }
  }

  /// Every operation on every target.
  ///
  /// - Parameters:
  ///   - operations: names of calls that take a target, such as `set_memory_ro` or `collapse`.
  ///   - targets: what follows the name in a scenario, such as `pfn:0x140000 512`.
  /// - Throws: what is wrong with the first line that cannot be read.
  public init(_ operations: [String], on targets: [String]) throws(ParseError) {
    var lines: [String] = []
    for operation in operations {
      for target in targets { lines.append("\(operation) \(target)") }
    }
    try self.init(reading: lines)
  }

  /// Reads calls as lines of a scenario.
  public init(reading lines: [String]) throws(ParseError) {
    var calls: [Call] = []
    for (index, line) in lines.enumerated() {
      let parser = Parser(file: "alphabet")
      guard let read = try parser.statement(ofLine: line, number: index + 1),
        case .call(let call) = read.statement
      else { continue }
      if !calls.contains(call) { calls.append(call) }
    }
    self.init(calls)
  }

  /// Whether any of the calls asks the page allocator for pages, or gives it some, other than for page
  /// tables.
  var allocates: Bool { calls.contains { !$0.isOnEntries } }

  /// The usual targets on a machine: a page inside a large leaf, its neighbour, the whole 2M slot around
  /// them, and a page of the next slot.
  public static func usualTargets(on machine: Machine) -> [String] {
    guard let first = usualSlot(on: machine) else { return [] }
    return targets(from: first)
  }

  /// The same in a region of whole leaves.
  public static func targets(in region: Range<PFN>) -> [String] {
    let pages = (region.upperBound - region.lowerBound).rawValue
    return targets(from: (region.lowerBound.rawValue + (pages > 2048 ? 1024 : 0)) & ~511)
  }

  private static func targets(from first: UInt64) -> [String] {
    let hex = { (pages: UInt64) in "pfn:0x" + String(first + pages, radix: 16) }
    return ["\(hex(1))", "\(hex(2))", "\(hex(0)) 512", "\(hex(512))"]
  }

  /// The first frame of a 2M slot far inside the largest leaves of ordinary memory.
  private static func usualSlot(on machine: Machine) -> UInt64? {
    let ranges = machine.memory.ranges.map { $0.lowerBound.rawValue..<$0.upperBound.rawValue }
    guard let ram = ranges.max(by: { $0.count < $1.count }) else { return nil }
    let slot = (ram.lowerBound + UInt64(ram.count) / 2) & ~511
    return ram.contains(slot) && slot + 1024 <= ram.upperBound ? slot : nil
  }

  /// The calls that are tried where nobody chooses.
  public static let usualOperations = [
    "set_memory_ro", "set_memory_rw", "set_memory_nx", "set_memory_x", "set_memory_np",
    "set_memory_p",
  ]
}

extension Call {
  /// Whether it changes entries and nothing else that it names.
  var isOnEntries: Bool {
    switch self {
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch,
      .poke, .collapse:
      true
    case .vmap, .vmapPageRange, .vunmap, .user, .policy, .process, .linearMap, .allocPages,
      .freePages, .freePagesAt, .drainPages, .age, .scatter, .function:
      false
    }
  }

  /// Whether it gives memory back that somebody had.
  var givesBack: Bool {
    switch self {
    case .vunmap, .freePages, .freePagesAt, .drainPages: true
    case .user(let call):
      switch call {
      case .vfree, .iounmap, .moduleUnload, .bpfFree, .ftraceFree, .kprobeFree, .secretmemRelease,
        .execmemFree, .gmemRelease, .unpoison, .kexecUnload, .mermapPut:
        true
      case .vmalloc, .ioremap, .walk, .moduleLoad, .bpfLoad, .ftraceLoad, .kprobeLoad,
        .secretmemFault, .execmemAlloc, .execmemRestore, .gmemFault, .gmemWrite, .mermapGet,
        .rmpUpdate,
        .hwpoison,
        .kexecLoad, .kfence, .cpuNode:
        false
      }
    case .process(let call):
      switch call {
      case .zap, .munmap, .exitMmap: true
      case .mmap: false
      }
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch, .poke,
      .vmap, .vmapPageRange, .policy, .linearMap, .function, .collapse, .allocPages, .age, .scatter:
      false
    }
  }

  /// Which operation it is, whatever its target; `nil` for one that has no target in the direct map.
  var operationOnFrames: (name: String, first: PFN, pages: PageCount)? {
    switch self {
    case .setMemory(let operation, .frame(let pfn), let pages):
      (operation.name, pfn, pages)
    case .setPages(let operation, let pfn, let pages):
      ("set_pages_\(operation.rawValue)", pfn, pages)
    case .setDirectMap(let operation, let pfn, let pages):
      ("set_direct_map_\(operation.rawValue)", pfn, pages)
    case .setDirectMapValid(let pfn, let pages, let isValid):
      ("set_direct_map_valid \(isValid)", pfn, pages)
    case .touch(let access, .frame(let pfn), let pages): ("touch \(access.rawValue)", pfn, pages)
    case .collapse(.frame(let pfn), let pages): ("collapse", pfn, pages)
    case .poke(.frame(let pfn), let bits): ("poke \(bits.scenarioText)", pfn, 1)
    case .setMemory, .touch, .poke, .collapse, .setPagesArray, .vmap, .vmapPageRange, .vunmap,
      .user,
      .policy, .process, .linearMap, .allocPages, .freePages, .freePagesAt, .drainPages, .age,
      .scatter, .function:
      nil
    }
  }

  /// The call that asks for the opposite on the same pages, and the flag that both are about.
  var inverse: (call: Call, flag: EntryFlags)? {
    switch self {
    case .setMemory(.ro, let target, let pages): (.setMemory(.rw, target, pages), .writable)
    case .setMemory(.nx, let target, let pages): (.setMemory(.x, target, pages), .nx)
    case .setMemory(.x, let target, let pages): (.setMemory(.nx, target, pages), .nx)
    case .setMemory(.np, let target, let pages): (.setMemory(.p, target, pages), .present)
    case .setMemory(.uc, let target, let pages): (.setMemory(.wb, target, pages), .pcd)
    case .setMemory(.wc, let target, let pages): (.setMemory(.wb, target, pages), .pwt)
    case .setPages(.ro, let pfn, let pages): (.setPages(.rw, pfn, pages), .writable)
    case .setPages(.uc, let pfn, let pages): (.setPages(.wb, pfn, pages), .pcd)
    case .setDirectMap(.invalid, let pfn, let pages):
      (.setDirectMap(.default, pfn, pages), .present)
    case .setDirectMapValid(let pfn, let pages, false):
      (.setDirectMapValid(pfn, pages, true), .present)
    case .setMemory, .setPages, .setDirectMap, .setDirectMapValid, .setPagesArray, .touch, .poke,
      .vmap, .vmapPageRange, .vunmap, .user, .policy, .process, .linearMap, .collapse, .allocPages,
      .freePages, .freePagesAt, .drainPages, .age, .scatter, .function:
      nil
    }
  }
}
