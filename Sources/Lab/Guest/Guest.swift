import Engine
import History

/// A machine under test: a kernel in QEMU that stands still in its first program's `sched_yield()`, in
/// process context, with no lock held and interrupts on, so that functions of the kernel can be called.
///
/// Not for two threads at a time.
public final class Guest {
  let qemu: QEMU
  /// What it is.
  public let architecture: GuestArchitecture
  /// What it shows of itself.
  public private(set) var facts: GuestFacts
  /// Its names and addresses.
  public private(set) var symbols: Symbols
  /// Where its tables lie, and the bases of its address space.
  public private(set) var layout: GuestLayout
  let options: GuestOptions
  /// The registers where it stands still.
  private var rest: [UInt8] = []
  private let yield: UInt64
  private let mail: UInt64
  private let panic: UInt64?
  /// Whether its kernel has stopped, or hangs.
  var isBroken = false
  /// What is looked at inside calls.
  var inside = InsideCall()
  /// The functions that were seen inside calls.
  var functions: [SeenFunction] = []
  /// Where its functions stand in the source; `nil` where nobody gave a vmlinux.
  var sources: SourceLines?
  /// How many functions called by hand enclose those that are seen.
  var handDepth = 0
  /// When they were seen, and what the tables held then.
  var moments: [SeenMoment] = []
  /// The functions whose entries are counted, by their addresses; none is counted where there are none.
  var counted: [UInt64: CountedFunction] = [:]
  /// The process whose entries are counted, if it is not the one in which calls are made.
  var exiting: ExitingProcess?
  /// What was counted.
  var counts = EntryCounts([])
  /// How many snapshots were taken so far.
  var snapshotCount = 0
  private var addresses: [String: UInt64] = [:]

  /// Boots a kernel and waits until its first program runs, or attaches to a guest that runs, if there is one
  /// in the options.
  ///
  /// - Parameter progress: is told what is being waited for.
  public convenience init(
    booting options: GuestOptions, progress: @Sendable (String) -> Void = { _ in },
  ) throws(LabError) {
    if let attachment = options.attachment {
      try self.init(attachingTo: attachment, options, progress: progress)
    } else {
      try self.init(starting: options, progress: progress)
    }
  }

  private init(
    starting options: GuestOptions, progress: @Sendable (String) -> Void,
  ) throws(LabError) {
    guard let architecture = GuestArchitecture(ofKernel: options.kernel) else {
      throw .notAKernel(
        "\(options.kernelName) is no bootable kernel: a bzImage of x86-64, or an Image of arm64, raw "
          + "or packed by gzip, is needed")
    }
    self.options = options
    self.architecture = architecture
    progress("Booting \(options.kernelName)")
    let (qemu, mail, yield) = try Self.boot(options, architecture)
    self.qemu = qemu
    self.mail = mail
    self.yield = yield
    try qemu.debugger.interrupt()
    rest = try Self.stand(qemu, at: yield, architecture, seconds: 20)
    progress("Reading its symbols")
    let length = try qemu.debugger.word(at: mail + 8)
    guard length > 0, length < 64 << 20 else { throw .notUnderstood("first text") }
    let text = try Self.read(
      qemu, try qemu.debugger.word(at: mail), count: Int(length), rest, architecture)
    let files = GuestFacts.files(in: text)
    symbols = Symbols(files["/proc/kallsyms"] ?? [])
    facts = try GuestFacts(files)
    panic = symbols.first(of: ["vpanic", "panic"])
    layout = try GuestLayout(symbols, facts, architecture, qemu)
    if architecture.name == .arm64 { try askForLayout() }
    try checkNodes()
  }

  /// Goes on with a guest that somebody else started: it stands still where one of its processes makes a
  /// system call.
  private init(
    attachingTo attachment: GuestAttachment, _ options: GuestOptions,
    progress: @Sendable (String) -> Void,
  ) throws(LabError) {
    progress("Reading its symbols")
    let symbols = Symbols(attachment.files["/proc/kallsyms"] ?? [])
    self.symbols = symbols
    facts = try GuestFacts(attachment.files)
    let all: [GuestArchitecture] = [.x86, .arm64]
    guard let architecture = all.first(where: { symbols.address(of: $0.yield) != nil }) else {
      throw .notUnderstood(
        "kallsyms (copied with kptr_restrict set to 0?), or is for another architecture, and")
    }
    self.architecture = architecture
    qemu = try QEMU(
      attachingTo: attachment, architecture, ramEnd: try Self.ramEnd(facts.iomem))
    var options = options
    options.ram = qemu.memory.size
    self.options = options
    mail = 0
    panic = symbols.first(of: ["vpanic", "panic"])
    progress("Waiting for a system call")
    (yield, rest) = try Self.stand(anywhereIn: qemu, symbols, architecture)
    layout = try GuestLayout(symbols, facts, architecture, qemu)
    if architecture.name == .arm64 { try askForLayout() }
  }

  /// Whether it has the first program that was made for it.
  var hasOwnProgram: Bool { mail != 0 }

  /// Whether it can be kept and brought back.
  var canBeKept: Bool { qemu.isOwn }

  /// Whether there are as many nodes as were asked for: not every kernel can fake them.
  private func checkNodes() throws(LabError) {
    guard options.nodes > 1, let word = words(["nr_node_ids"], count: 1)?.first else { return }
    let nodes = Int(UInt32(truncatingIfNeeded: word))
    guard nodes == options.nodes else {
      throw .notPossible(
        "this kernel has \(nodes) of \(options.nodes) nodes: it needs CONFIG_NUMA_EMU, and memory for each"
      )
    }
  }

  /// Asks the kernel of arm64 for a page, and for the page and the frame of an address: so it tells where
  /// its linear map and its array of `struct page` begin.
  private func askForLayout() throws(LabError) {
    let page = try call(GuestCalls.getFreePages, [0xcc0, 0])
    let reader = TableReader(
      qemu.memory, root: layout.root, levels: layout.levels, format: architecture.format)
    guard page != 0, let physical = reader.physical(page) else { throw .noMemory("a page") }
    layout.pageOffset = page &- physical
    _ = try call(["free_pages"], [page, 0])
    let address = try call(["vmalloc", "vmalloc_noprof"], [4096])
    // Up to 6.4 modules have 128 MiB before it, later 2 GiB.
    if address < layout.vmallocStart { layout.vmallocStart = 0xffff_8000_0800_0000 }
    let first = try call(["vmalloc_to_page"], [address])
    let frame = try call(["vmalloc_to_pfn"], [address])
    _ = try call(["vfree"], [address])
    layout.memoryMap = first &- frame &* 64
  }

  // MARK: - Calling functions

  /// Calls a function of the kernel.
  ///
  /// - Returns: what it left in the register of results, all 64 bits.
  public func call(
    _ address: UInt64, _ arguments: [UInt64], looking: Bool = false, seconds: Int? = nil,
  ) throws(LabError) -> UInt64 {
    let inside = looking ? inside : InsideCall()
    guard arguments.count <= architecture.arguments.count else {
      throw .notUnderstood("call with \(arguments.count) arguments")
    }
    if isBroken { throw stoppedBefore }
    let registers = try registers(calling: address, arguments)
    try qemu.debugger.setRegisters(registers)
    try runToYield(seconds ?? options.callSeconds, inside, counting: looking)
    let after = try qemu.debugger.registers()
    // A thread that slept may go on on another CPU.
    rest = Array(rest.prefix(architecture.ofThread) + after.dropFirst(architecture.ofThread))
    try qemu.debugger.setRegisters(rest)
    qemu.console.take()
    qemu.monitor.drain()
    return after.word(at: architecture.result)
  }

  /// The registers at rest, changed for a call that returns to where the guest rests.
  private func registers(
    calling address: UInt64, _ arguments: [UInt64],
  ) throws(LabError) -> [UInt8] {
    var registers = rest
    for (place, value) in zip(architecture.arguments, arguments) { registers.set(value, at: place) }
    var stack = (rest.word(at: architecture.stack) - 0x200) & ~15
    if let link = architecture.link {
      registers.set(yield, at: link)
    } else {
      stack -= 8
      try qemu.debugger.write(word: yield, at: stack)
    }
    registers.set(stack, at: architecture.stack)
    registers.set(address, at: architecture.instruction)
    return registers
  }

  /// Lets the guest go on until it comes to where the first program yields. Where it panics first, or
  /// takes too long, it is of no use any more.
  ///
  /// - Parameter counting: whether entries of functions are counted, if any are.
  private func runToYield(
    _ seconds: Int, _ inside: InsideCall, counting: Bool,
  ) throws(LabError) {
    let points = ([yield] + [panic].compactMap(\.self)).map(Debugger.Point.instruction)
    let length = architecture.breakpointLength
    for point in points { try qemu.debugger.set(point, length: length) }
    defer { for point in points { try? qemu.debugger.clear(point, length: length) } }
    if counting, !counted.isEmpty {
      try runCounting(seconds)
    } else if inside.isEmpty {
      while true {
        _ = try runOn(seconds, "a call")
        let registers = try qemu.debugger.registers()
        if isAtRest(registers) { return }
        guard registers.word(at: architecture.instruction) == yield else { throw stopped() }
        // Another process came there meanwhile.
        try stepOver(yield, isPoint: true)
      }
    } else {
      try runInside(inside, seconds)
    }
  }

  /// Lets the guest go on to the next place where it is to stop.
  func runOn(_ seconds: Int, _ what: String) throws(LabError) -> Debugger.Stop {
    try qemu.debugger.goOn()
    guard let stop = try qemu.debugger.waitForStop(milliseconds: seconds * 1000) else {
      isBroken = true
      try? qemu.debugger.interrupt()
      throw .tooSlow(what: what, seconds: seconds, console: qemu.console.lastLines())
    }
    if stop == .exited {
      isBroken = true
      throw .ended(qemu.lastWords() ?? "")
    }
    return stop
  }

  /// The kernel has panicked: it goes on for a moment, to print why.
  func stopped() -> LabError {
    isBroken = true
    if let panic {
      try? qemu.debugger.clear(.instruction(panic), length: architecture.breakpointLength)
    }
    try? qemu.debugger.goOn()
    _ = try? qemu.debugger.waitForStop(milliseconds: 300)
    try? qemu.debugger.interrupt()
    return .stopped(console: qemu.console.lastLines())
  }

  /// Lets the first program go on until it yields again, and rests there.
  ///
  /// - Parameter looking: whether the functions that are looked at are seen.
  func leaveYield(looking: Bool = false) throws(LabError) {
    // A breakpoint at the place where it stands would stop it at once.
    try stepOver(yield, isPoint: false)
    try runToYield(options.callSeconds, looking ? inside : InsideCall(), counting: true)
    rest = try qemu.debugger.registers()
    qemu.console.take()
    qemu.monitor.drain()
  }

  /// Why a guest that has stopped earlier does nothing.
  var stoppedBefore: LabError { .stopped(console: qemu.console.lastLines()) }

  /// Whether it stands where it rests: the place, and the process, which its stack tells.
  func isAtRest(_ registers: [UInt8]) -> Bool {
    registers.word(at: architecture.instruction) == yield && isOnOwnStack(registers)
  }

  /// Whether the stack is that of the process in which calls are made. Interrupts have others.
  func isOnOwnStack(_ registers: [UInt8]) -> Bool {
    stackNumber(registers) == stackNumber(rest)
  }

  /// Which stack of a process it is. THREAD_SIZE is what stacks are aligned to.
  func stackNumber(_ registers: [UInt8]) -> UInt64 {
    registers.word(at: architecture.stack) / (16 << 10)
  }

  /// Where the first program and this one leave words for each other.
  var mailPlace: UInt64 { mail }

  /// Where it stands still, and where it goes when it cannot go on.
  var restingPlace: UInt64 { yield }
  var panicPlace: UInt64? { panic }

  /// Calls a function by name: the first of several that the kernel has.
  public func call(
    _ names: [String], _ arguments: [UInt64], looking: Bool = false,
  ) throws(LabError) -> UInt64 {
    try call(try address(of: names), arguments, looking: looking)
  }

  /// The address of the first of several names that the kernel has.
  func address(of names: [String]) throws(LabError) -> UInt64 {
    for name in names {
      if let known = addresses[name] { return known }
      if let address = symbols.address(of: name) {
        addresses[name] = address
        return address
      }
    }
    throw .noSymbol(names.first ?? "")
  }

  /// Whether the kernel has one of several functions.
  func has(_ names: [String]) -> Bool { (try? address(of: names)) != nil }

  // MARK: - Memory

  /// PAGE_KERNEL as a word of the architecture: what is handed to functions that map pages.
  var pageKernel: UInt64 {
    guard architecture.name == .arm64 else { return facts.cpu.pageKernel.rawValue }
    let format = ArmDescriptor.Format(
      isTagged: false, isDirty: true, marksInvalid: false, hasLPA2: false)
    return ArmDescriptor(Entry(0, .arm64PageKernel), .size4K, format).word
  }

  /// The words of a variable of the kernel image.
  func words(_ names: [String], count: Int) -> [UInt64]? {
    guard let address = try? address(of: names), let physical = layout.physical(ofImage: address)
    else { return nil }
    return words(atPhysical: physical, count: count)
  }

  func words(atPhysical address: UInt64, count: Int) -> [UInt64]? {
    let words = (0..<count).compactMap { qemu.memory.word(at: address + UInt64($0) * 8) }
    return words.count == count ? words : nil
  }
}

extension [UInt8] {
  /// A word of 64 bits in the order of the registers.
  func word(at place: Int) -> UInt64 {
    guard place + 8 <= count else { return 0 }
    return (0..<8).reduce(0) { $0 | UInt64(self[place + $1]) << (UInt64($1) * 8) }
  }

  /// Sets a word.
  mutating func set(_ word: UInt64, at place: Int) {
    guard place + 8 <= count else { return }
    for byte in 0..<8 { self[place + byte] = UInt8(truncatingIfNeeded: word >> (UInt64(byte) * 8)) }
  }
}
