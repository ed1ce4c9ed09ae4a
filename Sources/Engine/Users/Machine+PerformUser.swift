extension Machine {
  /// One user's call. What the kernel would refuse returns its error number; what makes no sense
  /// throws and leaves the machine as it was.
  mutating func perform(
    _ call: UserCall, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    switch call {
    case .vmalloc(let name, let pages, let options):
      return try vmallocNamed(name, pages, options, &sink)
    case .vfree(let name):
      guard let area = areas.area(named: name), area.kind == .vmalloc else {
        throw .unknownArea(name)
      }
      return vfree(area, &sink)
    case .ioremap(let name, let pfn, let pages, let align):
      try ioremap(name, pfn, pages, align: align, &sink)
      return .success
    case .iounmap(let name):
      guard let area = areas.area(named: name), area.kind == .ioremap else {
        throw .unknownArea(name)
      }
      unmapAndFree(area, &sink)
      return .success
    case .walk(let name):
      guard let area = areas.area(named: name) else { throw .unknownArea(name) }
      return applyToExistingPageRange(area, &sink)
    case .moduleLoad(let name, let sizes): return try loadModule(name, sizes, &sink)
    case .moduleUnload(let name): return try unloadModule(name, &sink)
    case .bpfLoad(let name, let bytes, let isClassic):
      return try loadBPF(name, bytes, isClassic: isClassic, &sink)
    case .bpfFree(let name): return try freeBPF(name, &sink)
    case .ftraceLoad(let name, let pages): return try loadText(name, pages, .ftrace, &sink)
    case .ftraceFree(let name): return try freeText(name, .ftrace, &sink)
    case .kprobeLoad(let name): return try loadText(name, 1, .kprobe, &sink)
    case .kprobeFree(let name): return try freeText(name, .kprobe, &sink)
    case .secretmemFault(let name): return try faultSecret(name, &sink)
    case .secretmemRelease(let name): return try releaseSecret(name, &sink)
    case .execmemAlloc(let name, let pages): return try loadText(name, pages, .execmem, &sink)
    case .execmemRestore(let name):
      if let area = areas.area(named: name), area.kind == .execmem {
        makeExecutable(area, isInUse: true, &sink)
        return .success
      }
      guard kept.value.rox.busy.contains(where: { $0.name == name }) else {
        throw .nothingLoaded(name, .execmem)
      }
      return restoreROX(name, &sink)
    case .execmemFree(let name): return try freeText(name, .execmem, &sink)
    case .gmemFault(let name, let pages, let flushes):
      return try faultGuest(name, pages, flushes: flushes, &sink)
    case .gmemRelease(let name): return try releaseGuest(name, &sink)
    case .gmemWrite(let name, let pages, let flushes):
      return try writeGuest(name, pages, flushes: flushes, &sink)
    case .mermapGet(let name, let pfn, let pages):
      return try holdInMermap(name, pfn, pages, &sink)
    case .mermapPut(let name): return try putFromMermap(name, &sink)
    case .rmpUpdate(let pfn, let pages): return try rmpUpdate(pfn, pages, &sink)
    case .hwpoison(let pfn): return try setPoisoned(true, pfn, &sink)
    case .unpoison(let pfn): return try setPoisoned(false, pfn, &sink)
    case .kexecLoad(let name): return try loadKexec(name, &sink)
    case .kexecUnload(let name): return try unloadKexec(name, &sink)
    case .cpuNode(let node):
      do { try physical.moveCPU(toNode: node, &sink) } catch { throw .memory(error) }
      return .success
    case .kfence(let protects, let pfn):
      try kfence(protects: protects, pfn, &sink)
      return .success
    }
  }

  private mutating func vmallocNamed(
    _ name: Name, _ pages: PageCount, _ options: UserCall.VmallocOptions,
    _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    if isTaken(name) { throw .nameTaken(name) }
    guard pages > 0 else { throw .noPages }
    try checkTables(for: pages)
    if let node = options.node, !(0..<nodeCount).contains(node) {
      throw .noSuchNode(node, nodes: nodeCount)
    }
    if let node = options.node {
      if options.isInterleaved { throw .interleavedNode(node) }
      if physical.isKnown, !nodesWithMemory.contains(node) {
        throw .memory(.nodeWithoutMemory(node))
      }
    }
    if let place = options.place { _ = try newArea(name, pages, alignment: 4096, at: place) }
    // `vmalloc()` refuses more than there is RAM.
    guard pages <= memory.pages else { return .noMemory }
    let request = AreaRequest(name: name, pages: pages, kind: .vmalloc, options: options)
    if case .failure(let code) = vmalloc(request, &sink) { return code }
    return .success
  }
}
