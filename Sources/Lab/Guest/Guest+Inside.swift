import History

/// What is looked at inside a call.
public struct InsideCall: Sendable {
  /// Functions of the kernel, by their addresses.
  var functions: [UInt64: String] = [:]
  /// Words of memory at addresses of the guest: who writes them.
  var words: [UInt64] = []

  /// Whether nothing is looked at, and a call runs at full speed.
  var isEmpty: Bool { functions.isEmpty && words.isEmpty }

  /// A call that enters more functions than this is told up to here.
  static let entriesMax = 4000
}

extension Guest {
  /// A call of a function that has not returned.
  private struct Open {
    var entry: Int
    var address: UInt64
    /// The stack pointer behind the return.
    var stack: UInt64
  }

  /// Lets the guest go on to where the first program yields, and keeps what it does at the functions and
  /// words that are looked at.
  func runInside(_ inside: InsideCall, _ seconds: Int) throws(LabError) -> [SeenFunction] {
    let debugger = qemu.debugger
    let length = architecture.breakpointLength
    let points = inside.functions.keys.sorted().map(Debugger.Point.instruction)
    let words = inside.words.map(Debugger.Point.write)
    for point in points + words { try debugger.set(point, length: length) }
    var seen: [SeenFunction] = []
    var open: [Open] = []
    defer {
      let returns = Set(open.map(\.address)).map(Debugger.Point.instruction)
      for point in points + words + returns { try? debugger.clear(point, length: length) }
    }
    while true {
      let stop = try runOn(seconds, "a call")
      let registers = try debugger.registers()
      let place = registers.word(at: architecture.instruction)
      if case .watched = stop {
        seen.append(writer(at: place, registers, depth: open.count))
        continue
      }
      if place == restingPlace { return seen }
      if let panicPlace, place == panicPlace { throw stopped() }
      let stack = registers.word(at: architecture.stack)
      if let last = open.last, last.address == place, last.stack == stack {
        seen[last.entry].result = registers.word(at: architecture.result)
        open.removeLast()
        let isWanted = open.contains { $0.address == place } || inside.functions[place] != nil
        if !isWanted { try debugger.clear(.instruction(place), length: length) }
      } else if let name = inside.functions[place], seen.count < InsideCall.entriesMax {
        let address = try returnAddress(registers)
        if !open.contains(where: { $0.address == address }), inside.functions[address] == nil {
          try debugger.set(.instruction(address), length: length)
        }
        open.append(
          Open(
            entry: seen.count, address: address, stack: architecture.link == nil ? stack + 8 : stack
          ))
        let arguments = architecture.arguments.prefix(4).map { registers.word(at: $0) }
        seen.append(SeenFunction(name: name, depth: open.count - 1, arguments: arguments))
      }
      try stepOver(
        place,
        isPoint: inside.functions[place] != nil
          || open.contains { $0.address == place })
    }
  }

  /// Where the function returns that has just been entered.
  private func returnAddress(_ registers: [UInt8]) throws(LabError) -> UInt64 {
    if let link = architecture.link { return registers.word(at: link) }
    return try qemu.debugger.word(at: registers.word(at: architecture.stack))
  }

  /// Executes the instruction that a breakpoint stands on, or the guest would stop there again.
  private func stepOver(_ place: UInt64, isPoint: Bool) throws(LabError) {
    let point = Debugger.Point.instruction(place)
    let length = architecture.breakpointLength
    if isPoint { try qemu.debugger.clear(point, length: length) }
    try qemu.debugger.step()
    if isPoint { try qemu.debugger.set(point, length: length) }
  }

  /// Who has just written a word: the function, and those that called it as the stack shows them.
  private func writer(at place: UInt64, _ registers: [UInt8], depth: Int) -> SeenFunction {
    let stack = registers.word(at: architecture.stack)
    let bytes = (try? qemu.debugger.read(stack, count: 1024)) ?? []
    let callers = stride(from: 0, to: bytes.count, by: 8).compactMap { offset in
      symbols.name(of: bytes.word(at: offset))
    }
    let name = symbols.name(of: place) ?? "0x" + String(place, radix: 16)
    return SeenFunction(
      name: name, depth: depth, arguments: [],
      stack: Array(callers.filter { $0.contains("+") }.prefix(8)))
  }
}
