import Engine

/// Makes the calls of a probe on a simulated machine, one after the other, and compares.
struct ProbeRun {
  private var machine: Machine
  private var variables = ProbeVariables()
  private var check = RecordingCheck()
  private var step = ""
  private var differences: [String] = []
  private var doubts: [String] = []
  private var hasCompared = false
  private var serial = 0
  /// How far the recorded machine's counters are above those here: it has a history.
  private var offsets: [String: Int64] = [:]
  /// What the calls since the last comparison counted.
  private var counted = ProbeCounts()
  /// Whether the purges of a whole stretch of time are counted, those of other processes too.
  private var isArmed = false
  private var lastArea: LastArea?

  /// What is known of the area that was asked for last.
  private struct LastArea {
    var name: Name
    var isExecutable: Bool
    var node: Int?
    var isRegular: Bool
  }

  init(_ recording: ProbeRecording) throws(X86RecordingError) {
    machine = try recording.machine()
  }

  /// The result.
  consuming func finished() -> RecordingCheck {
    closeStep()
    return check
  }

  private mutating func closeStep() {
    if hasCompared {
      if !differences.isEmpty {
        check.add(step, .different(differences.joined(separator: "; ")))
      } else if let doubt = doubts.first {
        check.add(step, .indeterminate(doubt))
      } else {
        check.add(step, .equal)
      }
    }
    differences = []
    doubts = []
    hasCompared = false
  }

  private mutating func compare(_ difference: String?) {
    hasCompared = true
    if let difference, differences.count < 3 { differences.append(difference) }
  }

  /// One command.
  mutating func perform(_ command: ProbeRecording.Command) {
    if command.step != step {
      closeStep()
      step = command.step
    }
    switch command.name {
    case "let": define(command)
    case "call", "calli": call(command, command.words.dropFirst())
    case "parr": takeArray(command)
    case "leaves": compareLeaves(command)
    case "tally": compareTally(command)
    case "fail": fail(command)
    case "nofail": set(.failRequests(nil))
    case "frag": set(.failBlocks(true))
    case "unfrag": set(.failBlocks(false))
    case "counts": compareCounts(command)
    case "arm":
      isArmed = true
      counted = ProbeCounts()
    case "apply": apply(command)
    case "<": compareCounters(command.answer)
    case "!grep" where command.answer.contains { $0.hasPrefix("direct_map") }:
      compareCounters(command.answer)
    case "!tail", "!grep": compareAreas(command)
    default: break
    }
  }

  private mutating func set(_ call: PolicyCall) { _ = try? machine.perform(.policy(call)) }

  /// `fail FUNCTION RESULT SKIP TIMES`
  private mutating func fail(_ command: ProbeRecording.Command) {
    guard command.words.count == 5, let skip = Int(command.words[3]),
      let times = Int(command.words[4])
    else { return }
    set(.failRequests(PageSupply.Refusals(after: skip, times: times < 0 ? nil : times)))
  }

  /// `parr FRAME COUNT STRIDE`
  private mutating func takeArray(_ command: ProbeRecording.Command) {
    guard command.words.count == 4, let first = variables.frame(command.words[1]),
      let count = ProbeVariables.number(command.words[2]),
      let stride = ProbeVariables.number(command.words[3])
    else { return }
    variables["z"] = .frames(
      FrameStride(first: first, stride: PageCount(stride), count: PageCount(count)))
  }
}

// MARK: - Variables

extension ProbeRun {
  /// `let NAME grab ...`, `num EXPRESSION`, `pfn EXPRESSION`, `pages ...`, `vmap ...`, `call ...`
  private mutating func define(_ command: ProbeRecording.Command) {
    guard command.words.count > 2 else { return }
    let name = command.words[1]
    switch command.words[2] {
    case "grab", "pages", "pfn":
      guard let word = command.answer("pfn")?.dropFirst().first, let pfn = UInt64(hex: word) else {
        return
      }
      variables[name] = .frame(PFN(pfn))
    case "num":
      guard let word = command.answer.first, let address = UInt64(hex: word) else { return }
      variables[name] = .address(VirtualAddress(address))
    case "vmap": vmap(command, name)
    case "call": call(command, command.words.dropFirst(3), into: name)
    default: break
    }
  }

  /// `let NAME vmap COUNT FLAGS FRAME`
  private mutating func vmap(_ command: ProbeRecording.Command, _ variable: Substring) {
    guard command.words.count == 6, let count = ProbeVariables.number(command.words[3]),
      let first = variables.frame(command.words[5]), let area = newName(), let returned = command.returned
    else { return }
    let place = VirtualAddress(UInt64(bitPattern: returned))
    let frames = FrameStride(first: first, count: PageCount(count))
    perform(.vmap(area, frames, at: place))
    if machine.areas.area(named: area) == nil { perform(.vmap(area, frames, at: nil)) }
    variables[variable] = machine.areas.area(named: area).map { ProbeValue.area(area, $0.start) }
      ?? .nothing
    lastArea = nil
  }

  private mutating func newName() -> Name? {
    serial += 1
    return Name("area\(serial)")
  }
}

// MARK: - Calls

extension ProbeRun {
  /// Makes a call and counts; tells what the kernel could not be asked here.
  @discardableResult
  private mutating func perform(_ call: Call) -> ReturnCode? {
    var log = EventLog()
    let before = machine.counters
    do throws(CallError) {
      let code = try machine.perform(call, into: &log)
      counted.add(log.events, before, machine.counters)
      return code
    } catch {
      compare("\(call) is refused: \(error)")
      return nil
    }
  }

  /// A function with its arguments.
  private mutating func call(
    _ command: ProbeRecording.Command, _ words: ArraySlice<Substring>, into variable: Substring? = nil,
  ) {
    if !isArmed { counted = ProbeCounts() }
    guard let function = words.first else { return }
    let name = function.hasSuffix("_noprof") ? function.dropLast(7) : function
    let arguments = Array(words.dropFirst())
    if let call = attributeCall(name, arguments) {
      guard let code = perform(call) else { return }
      if let returned = command.returned {
        compare(
          Int64(code.rawValue) == returned
            ? nil : "\(name) returns \(code.rawValue), the kernel \(returned)")
      }
      compareCalls(command)
    } else if let variable {
      allocate(command, name, arguments, variable)
    } else if ["vfree", "vunmap", "iounmap", "execmem_free"].contains(name) {
      free(name, arguments)
    } else if name == "vm_unmap_aliases" {
      // As a request that changes nothing: its first step purges.
      perform(.setMemory(.ro, .frame(0x100), 0))
    }
  }

  private func attributeCall(_ name: Substring, _ arguments: [Substring]) -> Call? {
    if let word = name.after("set_memory_"), let operation = SetMemory(rawValue: String(word)),
      arguments.count == 2, let address = variables.address(arguments[0], on: machine),
      let pages = ProbeVariables.number(arguments[1])
    {
      return .setMemory(operation, .virtual(address), PageCount(pages))
    }
    if let word = name.after("set_pages_array_"),
      let operation = SetPagesArray(rawValue: String(word)), case .frames(let frames)? = variables["z"]
    {
      return .setPagesArray(operation, frames)
    }
    for operation in [SetDirectMap.invalid, .default]
    where name == operation.name && arguments.count == 1 {
      return variables.frame(arguments[0].dropFirst()).map { .setDirectMap(operation, $0, 1) }
    }
    return nil
  }

  /// Calls that return an area.
  private mutating func allocate(
    _ command: ProbeRecording.Command, _ name: Substring, _ arguments: [Substring],
    _ variable: Substring,
  ) {
    guard let area = newName(), let call = areaCall(name, arguments, area) else {
      variables[variable] = .nothing
      lastArea = nil
      return
    }
    let isThere: Bool
    if case .user(.ioremap) = call, (try? trial(call)) == nil {
      // The kernel warns and returns NULL; here nobody can ask for it.
      isThere = false
    } else {
      isThere = perform(call) == .success
    }
    let recorded = command.returned ?? 0
    compare(
      isThere == (recorded != 0)
        ? nil : isThere ? "\(name) succeeds, in the kernel it failed" : "\(name) fails")
    variables[variable] =
      machine.areas.area(named: area).map {
        ProbeValue.area(
          area, VirtualAddress($0.start.rawValue | UInt64(bitPattern: recorded) & 0xfff))
      } ?? .nothing
  }

  private func trial(_ call: Call) throws(CallError) {
    var copy = machine
    try copy.perform(call)
  }

  private mutating func areaCall(
    _ name: Substring, _ arguments: [Substring], _ area: Name,
  ) -> Call? {
    let numbers = arguments.map { ProbeVariables.number($0) ?? 0 }
    var options = UserCall.VmallocOptions()
    var last = LastArea(name: area, isExecutable: false, node: nil, isRegular: true)
    func node(_ index: Int) -> Int? {
      arguments.indices.contains(index) ? Int(arguments[index]).flatMap { $0 < 0 ? nil : $0 } : nil
    }
    guard let size = numbers.first else { return nil }
    switch name {
    case "vmalloc": break
    case "vzalloc_node": options.node = node(1)
    case "vmalloc_huge": options.allowsHuge = true
    case "vmalloc_huge_node":
      options.allowsHuge = true
      options.node = node(2)
    case "__vmalloc_node_range":
      guard numbers.count > 7 else { return nil }
      options.allowsHuge = numbers[6] & 0x400 != 0
      if numbers[6] & 0x100 != 0 { options.flags.insert(.resetsPermissions) }
      options.node = node(7)
      last.isExecutable = !EntryFlags(rawValue: numbers[5]).contains(.nx)
    case "ioremap":
      guard numbers.count == 2, numbers[1] > 0 else { return nil }
      let first = numbers[0] >> 12
      let end = (numbers[0] &+ numbers[1] &+ 4095) >> 12
      lastArea = nil
      return .user(.ioremap(area, PFN(first), PageCount(end &- first), align: nil))
    default: return nil
    }
    last.node = options.node
    last.isRegular = machine.isSupplyOpen
    lastArea = last
    return .user(.vmalloc(area, PageCount((size + 4095) >> 12), options))
  }

  private mutating func free(_ name: Substring, _ arguments: [Substring]) {
    guard let word = arguments.first?.after("$"), case .area(let area, _)? = variables[word] else {
      return
    }
    let call: Call =
      switch name {
      case "vunmap": .vunmap(area)
      case "iounmap": .user(.iounmap(area))
      default: .user(.vfree(area))
      }
    perform(call)
    variables[word] = .nothing
  }

  /// `apply ADDRESS BYTES`: `apply_to_existing_page_range()`.
  private mutating func apply(_ command: ProbeRecording.Command) {
    guard command.words.count == 3, let bytes = ProbeVariables.number(command.words[2]),
      let start = variables.address(command.words[1], on: machine), let returned = command.returned
    else { return }
    let runs = machine.tables.runs(from: start, pages: PageCount((bytes + 4095) >> 12))
    let walked = runs.prefix { ($0.size ?? .size4K) == .size4K }
    let expected = walked.count < runs.count ? ReturnCode.invalid : .success
    let entries = walked.reduce(0) { $0 + ($1.size == nil ? 0 : $1.pages.rawValue) }
    let own = "\(expected.rawValue) entries \(entries)"
    let recorded = command.answer("ret")?.dropFirst().joined(separator: " ") ?? "\(returned)"
    compare(own == recorded ? nil : "the walk returns \(own), the kernel \(recorded)")
  }
}

// MARK: - Comparing

extension ProbeRun {
  /// `leaves ADDRESS PAGES [frames]`
  private mutating func compareLeaves(_ command: ProbeRecording.Command) {
    guard command.words.count >= 3, let pages = ProbeVariables.number(command.words[2]),
      let recorded = ProbeLeaves(command.answer), !recorded.runs.isEmpty
    else { return }
    let operand = command.words[1]
    guard !operand.hasPrefix("%%"), let start = variables.address(operand, on: machine) else { return }
    // Which frames an area got only the recorded page allocator knows.
    if lastArea != nil, operand.hasPrefix("%$p") { return }
    let own = ProbeLeaves(
      of: machine, from: start.alignedDown(to: .size4K), pages: PageCount(pages))
    let ignored: EntryFlags = lastArea?.isExecutable == true ? .nx : []
    compare(
      own.ignoring(ignored).difference(from: recorded.ignoring(ignored))
        .map { "leaves \(operand): \($0)" })
  }

  /// `tally 4K=N 2M=N 1G=N none=N notpresent=N (pages)`
  private mutating func compareTally(_ command: ProbeRecording.Command) {
    guard command.words.count == 3, let pages = ProbeVariables.number(command.words[2]),
      let words = command.answer("tally"),
      let start = variables.address(command.words[1], on: machine)
    else { return }
    let own = ProbeLeaves(of: machine, from: start.alignedDown(to: .size4K), pages: PageCount(pages))
    let line = ["4K", "2M", "1G"].enumerated().map { "\($1)=\(own.pages(ofLevel: UInt8($0 + 1)))" }
      + ["none=\(own.pages(ofLevel: 0))"]
    let recorded = words.dropFirst().prefix(4).map { String($0) }
    compare(line == recorded ? nil : "\(line), the kernel \(recorded)")
  }

  /// Lines of `/proc/meminfo` and `/proc/vmstat`: as far above ours as they were the first time.
  private mutating func compareCounters(_ lines: [Substring]) {
    // Which pages an area got decides which leaves of the direct map its calls split.
    guard lastArea == nil else { return }
    let words = lines.joined(separator: " ").split { $0 == " " || $0 == "\n" }
    let text = machine.meminfoText + machine.vmstatText
    var own: [Substring: Int64] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count > 1, let value = Int64(words[1]) { own[words[0]] = value }
    }
    for (name, value) in zip(words, words.dropFirst()) {
      guard let ours = own[name], let theirs = Int64(value) else { continue }
      let offset = theirs - ours
      if let before = offsets.updateValue(offset, forKey: String(name)), before != offset {
        compare("\(name) changes by \(offset - before) more in the kernel")
      } else {
        compare(nil)
      }
    }
  }

  /// `calls NAME=N ...` behind a call.
  private mutating func compareCalls(_ command: ProbeRecording.Command) {
    guard let words = command.answer("calls") else { return }
    var recorded: [Substring: Int64] = [:]
    for word in words.dropFirst() {
      let parts = word.split(separator: "=")
      if parts.count == 2, let value = Int64(parts[1]) { recorded[parts[0]] = value }
    }
    // A purge of what other processes freed flushes single pages too.
    let hasPurge = recorded["flush_tlb_kernel_range", default: 0] != 0
    for name in recorded.keys.sorted() {
      guard let ours = counted.calls[String(name)], let theirs = recorded[name] else { continue }
      if hasPurge, name == "flush_tlb_one_kernel" || name == "flush_tlb_kernel_range" { continue }
      compare(ours == theirs ? nil : "\(name) \(ours) times, the kernel \(theirs)")
    }
  }

  /// `count NAME N [log VALUES]` lines.
  private mutating func compareCounts(_ command: ProbeRecording.Command) {
    defer { isArmed = false }
    for line in command.answer {
      let words = line.split(separator: " ")
      guard words.count > 2, words[0] == "count", let theirs = Int64(words[2]) else { continue }
      if let ours = counted.calls[String(words[1])] {
        // Processes that end meanwhile free their stacks.
        let isPurge = words[1] == "flush_tlb_kernel_range" || words[1] == "__purge_vmap_area_lazy"
        if isPurge, !isArmed { continue }
        let isEqual = isPurge ? (ours > 0) == (theirs > 0) : ours == theirs
        compare(isEqual ? nil : "\(words[1]) \(ours) times, the kernel \(theirs)")
      } else if words[1] == "alloc_pages" || words[1] == "alloc_pages_noprof", words.count > 4,
        let last = lastArea, last.isRegular, machine.areas.area(named: last.name) != nil,
        let log = RecordedLog(words[4...].joined(separator: " "))
      {
        let theirs = log.runs.flatMap { run in
          Array(repeating: Int(run.item.second ?? 0), count: run.count)
        }.filter { $0 > 0 }
        let ours = counted.orders(of: last.name, on: machine)
        compare(ours == theirs ? nil : "blocks of orders \(ours), the kernel \(theirs)")
      }
    }
  }

  /// Lines of `/proc/vmallocinfo`: the size with the guard page, the pages and where they lie.
  private mutating func compareAreas(_ command: ProbeRecording.Command) {
    let lines = command.answer.filter { $0.hasPrefix("0x(") }
    guard let last = lastArea, let area = machine.areas.area(named: last.name) else { return }
    let all = [area] + machine.areas.live.filter { $0.kind == .pageArray && $0.name == last.name }
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count > 2, let bytes = UInt64(words[1]),
        let word = words.lazy.compactMap({ $0.after("pages=") }).first, let pages = UInt64(word)
      else { continue }
      let own = all.first { $0.pages.rawValue == pages }
      guard let own else {
        compare("no area of \(pages) pages, of \(all.map(\.pages.rawValue))")
        continue
      }
      compare(
        (own.pages + 1).bytes == bytes ? nil : "\((own.pages + 1).bytes) bytes, the kernel \(bytes)")
      guard let node = last.node else { continue }
      let nodes = machine.use(of: own).nodes.filter { $0.pages > 0 }.map {
        "N\($0.number)=\($0.pages.rawValue)"
      }
      let recorded = words.filter { $0.hasPrefix("N") }.map { String($0) }
      compare(nodes == recorded ? nil : "on node \(node): \(nodes), the kernel \(recorded)")
    }
  }
}
