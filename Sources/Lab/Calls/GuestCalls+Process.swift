import Engine

// What needs a process: the guest's first program does it.

extension GuestCalls {
  /// A page of memfd_secret, a BPF program, or memory of the process.
  mutating func perform(_ call: UserCall) throws(LabError) -> ReturnCode? {
    switch call {
    case .secretmemFault(let name):
      return try take(name, .secret(4096)) { .unmap($0, bytes: 4096) }
    case .secretmemRelease(let name): return try give(back: name)
    case .bpfLoad(let name, let bytes, _):
      // The image begins with some 20 bytes, and each instruction has 5.
      let count = UInt64(max(Int(bytes) - 20, 5) / 5)
      return try take(name, .program(count)) { .close($0) }
    case .bpfFree(let name):
      let code = try give(back: name)
      try guest.settle()
      return code
    case .vmalloc, .vfree, .ioremap, .iounmap, .walk, .moduleLoad, .moduleUnload, .ftraceLoad,
      .ftraceFree, .kprobeLoad, .kprobeFree, .execmemAlloc, .execmemRestore, .execmemFree,
      .gmemFault, .gmemRelease, .gmemWrite, .mermapGet, .mermapPut, .rmpUpdate, .hwpoison,
      .unpoison, .kexecLoad, .kexecUnload,
      .cpuNode,
      .kfence:
      return nil
    }
  }

  /// Memory of the process, given and taken.
  mutating func perform(_ call: ProcessCall) throws(LabError) -> ReturnCode? {
    switch call {
    case .mmap(let name, let pages, let order, let traits, let place):
      let range = GuestRange(
        address: place?.rawValue ?? freePlace, bytes: pages.bytes,
        kind: try Self.kind(order: order, traits))
      guard ranges.count < GuestRange.ranges else {
        throw .notPossible("the process has \(GuestRange.ranges) ranges; munmap one")
      }
      let code = try take(name, .range(range)) { .unmap($0, bytes: range.bytes) }
      if code == .success { ranges[name] = range }
      return code
    case .munmap(let name, nil):
      ranges[name] = nil
      return try give(back: name)
    case .munmap(let name, let part?):
      let (first, bytes) = try self.part(part, of: name)
      return ReturnCode(
        rawValue: Int32(clamping: try guest.carryOut(.unmap(first, bytes: bytes), looking: true)))
    case .zap(let name, let part):
      let (first, bytes) = try self.part(part, of: name)
      return ReturnCode(
        rawValue: Int32(clamping: try guest.carryOut(.dontNeed(first, bytes: bytes), looking: true))
      )
    case .exitMmap: return try exit()
    }
  }

  /// A process that has the ranges anew exits, and this one has them no more.
  private mutating func exit() throws(LabError) -> ReturnCode {
    guard !ranges.isEmpty else {
      throw .notPossible("no process has a range; make one with mmap")
    }
    let all = ranges.sorted { $0.value.address < $1.value.address }
    let started = try guest.carryOut(.startChild(all.map(\.value)))
    guard started == 0 else { return ReturnCode(rawValue: Int32(clamping: started)) }
    for (name, _) in all {
      ranges[name] = nil
      if let order = held.removeValue(forKey: name) { _ = try guest.carryOut(order) }
    }
    let code = try guest.carryOut(.endChild, looking: true)
    return ReturnCode(rawValue: Int32(clamping: code))
  }

  /// What the first program makes of a range of the language.
  private static func kind(
    order: Int, _ traits: UserRange.Traits,
  ) throws(LabError) -> GuestRange.Kind {
    if traits.contains(.file) {
      guard order == 0 else {
        throw .notPossible("of a real kernel a file has single pages; leave out order")
      }
      return traits.contains(.dirty) ? .sharedWritten : .sharedRead
    }
    switch order {
    case 0: return .pages
    case 9: return .folios
    default:
      throw .notPossible("of a real kernel a range has single pages or folios of 2M: order 0 or 9")
    }
  }

  /// Behind the ranges that there are, at a border of 2M.
  private var freePlace: UInt64 {
    let end = ranges.values.map { $0.address + $0.bytes }.max() ?? Self.rangesStart
    return (max(end, Self.rangesStart) + 0x1f_ffff) & ~0x1f_ffff
  }

  /// Where ranges begin unless another place is asked for.
  private static let rangesStart: UInt64 = 0x100_0000_0000

  /// The addresses of a part of a range, or of all of it.
  private func part(
    _ part: ProcessCall.Part?, of name: Name,
  ) throws(LabError) -> (first: UInt64, bytes: UInt64) {
    guard let range = ranges[name] else {
      throw .notPossible("no range of a process is called \(name); make one with mmap")
    }
    guard let part else { return (range.address, range.bytes) }
    let pages = range.bytes >> 12
    guard part.first.rawValue < pages, part.count?.rawValue ?? 1 <= pages - part.first.rawValue
    else { throw .notPossible("\(name) has \(pages) pages; name pages of it") }
    let count = part.count?.rawValue ?? pages - part.first.rawValue
    return (range.address + part.first.bytes, count << 12)
  }

  private mutating func take(
    _ name: Name, _ order: GuestOrder, _ back: (UInt64) -> GuestOrder,
  ) throws(LabError) -> ReturnCode {
    guard held[name] == nil, blocks[name] == nil, areas[name] == nil else {
      throw .notPossible("\(name) is in use; free it first or choose another name")
    }
    let result = try guest.carryOut(order, looking: true)
    guard result >= 0 || result < -4095 else { return ReturnCode(rawValue: Int32(result)) }
    held[name] = back(UInt64(bitPattern: result))
    return .success
  }

  private mutating func give(back name: Name) throws(LabError) -> ReturnCode {
    guard let order = held.removeValue(forKey: name) else {
      throw .notPossible("nothing that a process holds is called \(name)")
    }
    return ReturnCode(rawValue: Int32(clamping: try guest.carryOut(order, looking: true)))
  }
}
