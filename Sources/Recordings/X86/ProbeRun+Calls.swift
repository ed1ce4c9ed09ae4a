import Engine
import KernelText

// The calls of a probe: what changes attributes, what makes areas, what frees them.

extension ProbeRun {
  /// Makes a call and counts; tells what the kernel could not be asked here.
  @discardableResult
  mutating func perform(_ call: Call) -> ReturnCode? {
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
  mutating func call(
    _ command: ProbeRecording.Command, _ words: ArraySlice<Substring>,
    into variable: Substring? = nil,
  ) {
    if !isArmed { counted = ProbeCounts() }
    guard let function = words.first else { return }
    let name = function.hasSuffix("_noprof") ? function.dropLast(7) : function
    let arguments = Array(words.dropFirst())
    if let call = attributeCall(name, arguments) {
      if isOnArea(call) { hasChangedAreas = true }
      guard let code = perform(call) else { return }
      if code == .success, command.returned == Int64(ReturnCode.busy.rawValue), isFirmware(call) {
        doubts.append("books of memory that the firmware reserved hold what drivers mapped at boot")
        hasCompared = true
      } else if let returned = command.returned {
        compare(
          Int64(code.rawValue) == returned
            ? nil : "\(name) returns \(code.rawValue), the kernel \(returned)")
      }
      compareCalls(command, call)
    } else if let variable {
      allocate(command, name, arguments, variable)
    } else if ["vfree", "vunmap", "iounmap", "execmem_free"].contains(name) {
      free(name, arguments)
    } else if name == "vm_unmap_aliases" {
      // As a request that changes nothing: its first step purges.
      perform(.setMemory(.ro, .frame(0x100), 0))
      hasPurged = true
    }
  }

  /// Whether a call is on pages that an area owns: only its frames tell which leaves of the direct map
  /// show them too.
  func isOnArea(_ call: Call) -> Bool {
    guard case .setMemory(_, .virtual(let address), _) = call else { return false }
    return machine.areas.area(at: address)?.flags.contains(.ownsPages) ?? false
  }

  /// Whether a call is on addresses of the direct map that are no RAM.
  func isFirmware(_ call: Call) -> Bool {
    guard case .setMemory(_, .virtual(let address), let pages) = call,
      let pfn = AddressLayout.directMapFrame(of: address)
    else { return false }
    return !machine.memory.ranges.contains { $0.overlaps(pfn..<(pfn + pages)) }
  }

  func attributeCall(_ name: Substring, _ arguments: [Substring]) -> Call? {
    if let word = name.after("set_memory_"), let operation = SetMemory(rawValue: String(word)),
      arguments.count == 2, let address = variables.address(arguments[0], on: machine),
      let pages = ProbeVariables.number(arguments[1])
    {
      return .setMemory(operation, .virtual(address), PageCount(pages))
    }
    if let word = name.after("set_pages_array_"),
      let operation = SetPagesArray(rawValue: String(word)),
      case .frames(let frames)? = variables["z"]
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
  mutating func allocate(
    _ command: ProbeRecording.Command, _ name: Substring, _ arguments: [Substring],
    _ variable: Substring,
  ) {
    guard let area = newName(), var call = areaCall(name, arguments, area) else {
      variables[variable] = .nothing
      lastArea = nil
      // Module memory: the leaves that its free splits depend on its frames alone.
      hasChangedAreas = true
      return
    }
    if let placed = placed(call, at: command.returned) { call = placed }
    let isThere: Bool
    if case .user(.ioremap) = call, (try? trial(call)) == nil {
      // The kernel warns and returns NULL; here nobody can ask for it.
      isThere = false
    } else {
      isThere = perform(call) == .success
    }
    let recorded = command.returned ?? 0
    if isThere, recorded == 0, failsAll {
      doubts.append("which page tables are there already decides whether one must be allocated")
      hasCompared = true
    } else {
      compare(
        isThere == (recorded != 0)
          ? nil : isThere ? "\(name) succeeds, in the kernel it failed" : "\(name) fails")
    }
    variables[variable] =
      machine.areas.area(named: area).map {
        ProbeValue.area(
          area, VirtualAddress($0.start.rawValue | UInt64(bitPattern: recorded) & 0xfff))
      } ?? .nothing
  }

  /// An area with pages of its own, where the kernel had it: what merges hangs on where it begins, and the
  /// kernel has areas of its own before it. `nil` where that is not free here, as after a purge that the
  /// kernel made by itself.
  private func placed(_ call: Call, at returned: Int64?) -> Call? {
    guard case .user(.vmalloc(let name, let pages, var options)) = call, let returned,
      returned != 0,
      placesAreas
    else { return nil }
    options.place = VirtualAddress(UInt64(bitPattern: returned))
    let placed = Call.user(.vmalloc(name, pages, options))
    return (try? trial(placed)) == nil ? nil : placed
  }

  func trial(_ call: Call) throws(CallError) {
    var copy = machine
    try copy.perform(call)
  }

  mutating func areaCall(
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

  mutating func free(_ name: Substring, _ arguments: [Substring]) {
    guard let word = arguments.first?.after("$"), case .area(let area, _)? = variables[word] else {
      // Module memory, of which this machine has none.
      hasChangedAreas = true
      return
    }
    let call: Call =
      switch name {
      case "vunmap": .vunmap(area)
      case "iounmap": .user(.iounmap(area))
      default: .user(.vfree(area))
      }
    if machine.areas.area(named: area)?.flags.contains(.resetsPermissions) ?? false {
      hasChangedAreas = true
    }
    perform(call)
    variables[word] = .nothing
  }

  /// `apply ADDRESS BYTES`: `apply_to_existing_page_range()`.
  mutating func apply(_ command: ProbeRecording.Command) {
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
