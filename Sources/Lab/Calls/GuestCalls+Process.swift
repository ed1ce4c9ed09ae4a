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
    case .mmap(let name, let pages, order: _, _, at: _):
      return try take(name, .map(pages.bytes)) { .unmap($0, bytes: pages.bytes) }
    case .munmap(let name, nil): return try give(back: name)
    case .munmap, .zap, .exitMmap: return nil
    }
  }

  private mutating func take(
    _ name: Name, _ order: GuestOrder, _ back: (UInt64) -> GuestOrder,
  ) throws(LabError) -> ReturnCode {
    guard held[name] == nil, blocks[name] == nil, areas[name] == nil else {
      throw .notPossible("\(name) is in use; free it first or choose another name")
    }
    let result = try guest.carryOut(order)
    guard result >= 0 || result < -4095 else { return ReturnCode(rawValue: Int32(result)) }
    held[name] = back(UInt64(bitPattern: result))
    return .success
  }

  private mutating func give(back name: Name) throws(LabError) -> ReturnCode {
    guard let order = held.removeValue(forKey: name) else {
      throw .notPossible("nothing that a process holds is called \(name)")
    }
    return ReturnCode(rawValue: Int32(clamping: try guest.carryOut(order)))
  }
}
