import Engine
import Recordings

/// A function of the kernel whose entries are counted.
struct CountedFunction: Sendable {
  /// Its name, as a recording has it.
  var name: String
  /// What is kept of the arguments.
  var kept: Kept

  /// What is kept of an entry's arguments, which count from 0.
  enum Kept: Sendable {
    /// Nothing: entries are counted.
    case nothing
    /// An argument of 32 bits.
    case number(Int)
    /// An argument of 32 bits, and a second one of 8 or 32.
    case numbers(Int, Int)
    /// The pages between two addresses, and whether another argument is true.
    case pages(from: Int, to: Int, Int)
    /// 32 bits in memory, at an offset in bytes from the address in an argument.
    case word(Int, offset: UInt64)
  }

  init(_ name: String, _ kept: Kept = .nothing) {
    self.name = name
    self.kept = kept
  }
}

/// How often functions of the kernel were entered, and with what.
struct EntryCounts: Sendable {
  private(set) var calls: [String: UInt64] = [:]
  private(set) var logs: [String: RecordedLog] = [:]

  /// Counts no entries yet of these functions.
  init(_ functions: some Sequence<CountedFunction>) {
    for function in functions {
      calls[function.name] = 0
      switch function.kept {
      case .nothing: break
      case .number, .numbers, .pages, .word: logs[function.name] = RecordedLog()
      }
    }
  }

  mutating func add(_ name: String, _ values: (UInt64, UInt64?)?) {
    calls[name, default: 0] += 1
    if let values { logs[name, default: RecordedLog()].add(values.0, values.1) }
  }

  /// `count NAME N log VALUES`, a line for each function, by name.
  var text: String {
    calls.sorted { $0.key < $1.key }.map { name, count in
      let log = logs[name].map { $0.count > 0 ? " log \($0.text)" : " log" } ?? ""
      return "count \(name) \(count)\(log)\n"
    }.joined()
  }
}

/// A process that exits: which one it is, and what it has mapped then.
struct ExitingProcess {
  /// The address of `exit_mmap()`.
  let place: UInt64
  /// The number of its kernel stack; `nil` until it comes there.
  private(set) var stack: UInt64?
  /// The pages that it has mapped, those in a row together: the address of the first, and how many; none for a
  /// page table without pages. Empty where its tables cannot be found.
  private(set) var pages: [(address: UInt64, count: UInt64)] = []

  init(place: UInt64) { self.place = place }

  /// The first process that comes there is the one.
  fileprivate mutating func see(_ registers: [UInt8], at here: UInt64, _ guest: Guest) {
    guard here == place, stack == nil, !guest.isOnOwnStack(registers) else { return }
    stack = guest.stackNumber(registers)
    pages = guest.userPages(registers)
  }
}

extension Guest {
  /// The pages that the process has mapped whose tables the processor uses, and its page tables without pages, as
  /// rows of none. On x86-64, with 4 levels.
  fileprivate func userPages(_ registers: [UInt8]) -> [(address: UInt64, count: UInt64)] {
    guard architecture.name == .x86_64, layout.levels == 4,
      let root = Self.tableRoot(registers, architecture)
    else { return [] }
    var pages: [(address: UInt64, count: UInt64)] = []
    addUserPages(of: root, level: 4, at: 0, to: &pages)
    return pages
  }

  private func addUserPages(
    of table: UInt64, level: Int, at start: UInt64,
    to pages: inout [(address: UInt64, count: UInt64)],
  ) {
    let shift = UInt64(12 + 9 * (level - 1))
    var isEmpty = true
    // The upper half is the kernel's.
    for slot in 0..<UInt64(level == 4 ? 256 : 512) {
      let address = start + slot << shift
      guard let word = qemu.memory.word(at: table + slot * 8) else { return }
      switch architecture.format.meaning(of: word, LeafSize(rawValue: UInt8(level))) {
      case .none: continue
      case .table(let lower): addUserPages(of: lower, level: level - 1, at: address, to: &pages)
      case .leaf(let flags):
        guard flags.contains(.present) else { continue }
        isEmpty = false
        let count = UInt64(1) << (shift - 12)
        if let last = pages.last, last.count > 0, last.address + last.count << 12 == address {
          pages[pages.count - 1].count += count
        } else {
          pages.append((address, count))
        }
      }
    }
    if level == 1, isEmpty { pages.append((start, 0)) }
  }

  /// Counts the entries of functions during some work, those by the process in which calls are made: not
  /// what an interrupt does meanwhile, nor another process. Functions that the kernel lacks, or whose every
  /// call the compiler has inlined, are left out.
  ///
  /// - Parameters:
  ///   - places: instructions that are counted too, by their addresses.
  ///   - exit: whether another process is meant: the one that exits meanwhile, from where its memory
  ///     is unmapped.
  func counting<Result>(
    _ functions: [CountedFunction], at places: [UInt64: CountedFunction] = [:],
    ofExit exit: Bool = false,
    _ work: () throws(LabError) -> Result,
  ) throws(LabError) -> (result: Result, counts: EntryCounts) {
    exiting = exit ? ExitingProcess(place: try address(of: ["exit_mmap"])) : nil
    counted = places
    for function in functions {
      if let address = symbols.address(of: function.name) { counted[address] = function }
    }
    defer { counted = [:] }
    if let exiting, counted[exiting.place] == nil {
      counted[exiting.place] = CountedFunction("exit_mmap")
    }
    counts = EntryCounts(counted.values)
    let result = try work()
    return (result, counts)
  }

  /// Lets the guest go on to where the first program yields, and counts.
  func runCounting(_ seconds: Int) throws(LabError) {
    let length = architecture.breakpointLength
    let points = counted.keys.sorted().map(Debugger.Point.instruction)
    for point in points { try qemu.debugger.set(point, length: length) }
    defer { for point in points { try? qemu.debugger.clear(point, length: length) } }
    while true {
      _ = try runOn(seconds, "a call")
      let registers = try qemu.debugger.registers()
      let place = registers.word(at: architecture.instruction)
      if isAtRest(registers) { return }
      if let panicPlace, place == panicPlace { throw stopped() }
      exiting?.see(registers, at: place, self)
      if let function = counted[place], isCounted(registers) {
        counts.add(function.name, try values(function.kept, registers))
      }
      try stepOver(place, isPoint: counted[place] != nil || place == restingPlace)
    }
  }

  /// Whether it is the process whose entries are counted that stands here.
  private func isCounted(_ registers: [UInt8]) -> Bool {
    guard let exiting else { return isOnOwnStack(registers) }
    return exiting.stack == stackNumber(registers)
  }

  private func values(
    _ kept: CountedFunction.Kept, _ registers: [UInt8],
  ) throws(LabError) -> (UInt64, UInt64?)? {
    func argument(_ index: Int) -> UInt64 {
      registers.word(at: architecture.arguments[index])
    }
    switch kept {
    case .nothing: return nil
    case .number(let index): return (argument(index) & 0xffff_ffff, nil)
    case .numbers(let first, let second):
      return (argument(first) & 0xffff_ffff, argument(second) & 0xff)
    case .pages(let from, let to, let flag):
      return ((argument(to) &- argument(from)) >> 12, argument(flag) & 0xff)
    case .word(let index, let offset):
      return (try qemu.debugger.word(at: argument(index) &+ offset) & 0xffff_ffff, nil)
    }
  }
}
