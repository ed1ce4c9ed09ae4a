import Engine
import History

/// What is looked at inside a call.
struct InsideCall: Sendable {
  /// Functions of the kernel, by their addresses.
  var functions: [UInt64: String] = [:]
  /// Lines of the source, by the addresses where they begin.
  var lines: [UInt64: SourceLines.Line] = [:]
  /// Pages whose entries are watched, by their addresses here: who writes them.
  var watched: [VirtualAddress] = []
  /// What is read at each stop: the direct map from frame 0 on, and these areas.
  var pages: PageCount = 0
  var areas: [(start: VirtualAddress, pages: PageCount)] = []

  /// Whether nothing is looked at, and a call runs at full speed.
  var isEmpty: Bool { functions.isEmpty && watched.isEmpty && lines.isEmpty }

  /// A call that enters more functions than this is told up to here.
  static let entriesMax = 4000
  /// A call tells so often of a line.
  static let timesMax = 8
}

/// A stop inside a call: what was seen, and what the tables held then.
struct SeenMoment {
  var step: SeenStep
  var tables: TablePicture
}

/// The leaves of the direct map and of areas, each area's counted from 0.
struct TablePicture: Equatable {
  var direct: [LeafRun] = []
  var areas: [(start: VirtualAddress, leaves: [LeafRun])] = []

  static func == (a: TablePicture, b: TablePicture) -> Bool {
    a.direct == b.direct
      && a.areas.elementsEqual(b.areas) { $0.start == $1.start && $0.leaves == $1.leaves }
  }
}

/// An entry that is watched.
private struct WatchedEntry {
  var page: VirtualAddress
  var size: LeafSize
  var physical: UInt64
  var value: UInt64
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
  /// entries that are looked at.
  func runInside(_ inside: InsideCall, _ seconds: Int) throws(LabError) {
    let debugger = qemu.debugger
    let length = architecture.breakpointLength
    var places = Set(inside.functions.keys).union(inside.lines.keys)
    let points = places.sorted().map(Debugger.Point.instruction)
    for point in points { try debugger.set(point, length: length) }
    var reached: [UInt64: Int] = [:]
    var entries: [UInt64: WatchedEntry] = [:]
    try watch(inside, &entries)
    var open: [Open] = []
    defer {
      let returns = Set(open.map(\.address)).subtracting(places).map(Debugger.Point.instruction)
      let words = entries.keys.map(Debugger.Point.write)
      for point in places.sorted().map(Debugger.Point.instruction) + words + returns {
        try? debugger.clear(point, length: length)
      }
    }
    while true {
      let stop = try runOn(seconds, "a call")
      let registers = try debugger.registers()
      let place = registers.word(at: architecture.instruction)
      if case .watched(let address) = stop {
        try tellWrite(
          to: address, by: place, registers, inside, &entries, depth: handDepth + open.count)
        continue
      }
      if isAtRest(registers) { return }
      if let panicPlace, place == panicPlace { throw stopped() }
      let stack = registers.word(at: architecture.stack)
      if leave(&open, at: place, registers, inside) {
        let isWanted = open.contains { $0.address == place } || places.contains(place)
        if !isWanted { try debugger.clear(.instruction(place), length: length) }
      } else if let name = inside.functions[place], functions.count < InsideCall.entriesMax {
        let address = try returnAddress(registers)
        if !open.contains(where: { $0.address == address }), !places.contains(address) {
          try debugger.set(.instruction(address), length: length)
        }
        let behind = architecture.link == nil ? stack + 8 : stack
        open.append(Open(entry: functions.count, address: address, stack: behind))
        let names = sources?.argumentNames(of: place)
        let arguments = architecture.arguments.prefix(names?.count ?? 4).map {
          registers.word(at: $0)
        }
        var function = SeenFunction(
          name: name, depth: handDepth + open.count - 1, arguments: arguments)
        function.argumentNames = names ?? []
        try explain(&function, at: place)
        functions.append(function)
        note(.entered(Int32(functions.count - 1)), inside)
      }
      if let line = inside.lines[place], places.contains(place) {
        tellLine(line, inside, depth: handDepth + open.count)
        reached[place, default: 0] += 1
        // A loop goes on without stops.
        let isWanted = inside.functions[place] != nil || open.contains { $0.address == place }
        if reached[place] == InsideCall.timesMax, !isWanted {
          places.remove(place)
          try debugger.clear(.instruction(place), length: length)
        }
      }
      let isPoint =
        place == restingPlace || places.contains(place) || open.contains { $0.address == place }
      try stepOver(place, isPoint: isPoint)
    }
  }

  /// The functions return whose return leads here: several where one has ended with a jump into another.
  ///
  /// - Returns: whether one does.
  private func leave(
    _ open: inout [Open], at place: UInt64, _ registers: [UInt8], _ inside: InsideCall,
  ) -> Bool {
    let stack = registers.word(at: architecture.stack)
    let count = open.count
    while let last = open.last, last.address == place, last.stack == stack {
      functions[last.entry].result = registers.word(at: architecture.result)
      open.removeLast()
      note(.left(Int32(last.entry)), inside)
    }
    return open.count < count
  }

  /// Reports a line that was reached. A line may have several instructions: repeated hits in a row are one.
  private func tellLine(_ line: SourceLines.Line, _ inside: InsideCall, depth: Int) {
    let isTold = functions.last.map {
      $0.isLine && $0.source == line.place && $0.name == line.function && $0.depth == depth
    }
    guard isTold != true, functions.count < InsideCall.entriesMax else { return }
    var function = SeenFunction(lineAt: line.place, in: line.function, depth: depth)
    function.excerpt = sources?.excerpt(at: line.place)
    functions.append(function)
    note(.reached(Int32(functions.count - 1)), inside)
  }

  /// Adds where it stands in the source.
  private func explain(_ function: inout SeenFunction, at place: UInt64) throws(LabError) {
    function.source = try sources?.place(of: place)
    function.excerpt = try sources?.excerpt(of: place)
  }

  /// Keeps what was seen, with what the tables hold at this moment.
  private func note(_ step: SeenStep, _ inside: InsideCall) {
    var tables = TablePicture(direct: directMap(pages: inside.pages))
    tables.areas = inside.areas.map { ($0.start, area($0.start, pages: $0.pages)) }
    moments.append(SeenMoment(step: step, tables: tables))
  }

  /// Tells that a function is called by hand; its place among those that are seen.
  func noteCall(of name: String, _ arguments: [UInt64]) -> Int {
    functions.append(SeenFunction(name: name, depth: 0, arguments: arguments))
    note(.entered(Int32(functions.count - 1)), inside)
    handDepth = 1
    return functions.count - 1
  }

  /// Tells what it returned.
  func noteReturn(of place: Int, _ word: UInt64) {
    functions[place].result = word
    handDepth = 0
    note(.left(Int32(place)), inside)
  }

  /// Watches the entries that map the pages now, on each level, as far as they are not watched yet.
  private func watch(
    _ inside: InsideCall, _ entries: inout [UInt64: WatchedEntry],
  ) throws(LabError) {
    for page in inside.watched {
      for (size, physical) in self.entries(of: page) {
        let address = layout.pageOffset &+ physical
        guard entries[address] == nil else { continue }
        try qemu.debugger.set(.write(address), length: architecture.breakpointLength)
        entries[address] = WatchedEntry(
          page: page, size: size, physical: physical,
          value: qemu.memory.word(at: physical) ?? 0)
      }
    }
  }

  /// A watched entry was written: by which function, and what it holds now.
  private func tellWrite(
    to address: UInt64, by place: UInt64, _ registers: [UInt8], _ inside: InsideCall,
    _ entries: inout [UInt64: WatchedEntry], depth: Int,
  ) throws(LabError) {
    guard let entry = entries[address] else { return }
    let value = qemu.memory.word(at: entry.physical) ?? 0
    let stack = registers.word(at: architecture.stack)
    let bytes = (try? qemu.debugger.read(stack, count: 1024)) ?? []
    let callers = stride(from: 0, to: bytes.count, by: 8).compactMap { offset in
      symbols.name(of: bytes.word(at: offset))
    }
    let name = symbols.name(of: place) ?? "0x" + String(place, radix: 16)
    let word = SeenFunction.WrittenWord(
      entry.page, entry.size, old: entry.value, new: value)
    var function = SeenFunction(
      name: name, depth: depth, writing: word,
      stack: Array(callers.filter { $0.contains("+") }.prefix(8)))
    try explain(&function, at: place)
    functions.append(function)
    note(.wrote(Int32(functions.count - 1)), inside)
    entries[address]?.value = value
    // Where a table was put in place of a leaf, there are new entries to watch.
    try watch(inside, &entries)
  }

  /// Where the function returns that has just been entered.
  private func returnAddress(_ registers: [UInt8]) throws(LabError) -> UInt64 {
    if let link = architecture.link { return registers.word(at: link) }
    return try qemu.debugger.word(at: registers.word(at: architecture.stack))
  }

  /// How often a step is asked for: an instruction may also lead to itself.
  private static let stepsMax = 4

  /// Executes the instruction that a breakpoint stands on, or the guest would stop there again.
  func stepOver(_ place: UInt64, isPoint: Bool) throws(LabError) {
    let point = Debugger.Point.instruction(place)
    let length = architecture.breakpointLength
    if isPoint { try qemu.debugger.clear(point, length: length) }
    // QEMU sometimes answers before it has executed anything; then the guest would stop here once more.
    for _ in 0..<Self.stepsMax {
      try qemu.debugger.step()
      let now = try qemu.debugger.registers().word(at: architecture.instruction)
      if now != place { break }
    }
    if isPoint { try qemu.debugger.set(point, length: length) }
  }
}
