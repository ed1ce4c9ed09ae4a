import Engine
import KernelText

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

extension Guest {
  /// Counts the entries of functions during some work, those by the process in which calls are made: not
  /// what an interrupt does meanwhile, nor another process. Functions that the kernel lacks, or whose every
  /// call the compiler has inlined, are left out.
  func counting<Result>(
    _ functions: [CountedFunction], _ work: () throws(LabError) -> Result,
  ) throws(LabError) -> (result: Result, counts: EntryCounts) {
    for function in functions {
      if let address = symbols.address(of: function.name) { counted[address] = function }
    }
    defer { counted = [:] }
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
      if let function = counted[place], isOnOwnStack(registers) {
        counts.add(function.name, try values(function.kept, registers))
      }
      try stepOver(place, isPoint: counted[place] != nil || place == restingPlace)
    }
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
