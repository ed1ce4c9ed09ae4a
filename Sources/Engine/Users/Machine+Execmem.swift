// Executable memory: mm/execmem.c, 7.0, and module_alloc() before it.

extension Machine {
  /// Memory for a name from the cache of read-only executable memory, which fills itself with blocks.
  ///
  /// - Parameter isWritable: `execmem_alloc_rw()`; otherwise it stays read-only and executable.
  mutating func allocROX(
    _ name: Name, _ pages: PageCount, isWritable: Bool, _ sink: inout EventListener,
  ) -> ReturnCode {
    enter(.execmemCacheAlloc, .pages(pages), &sink)
    let result = takeROX(name, pages, &sink)
    guard case .success(let range) = result else {
      leave(.execmemCacheAlloc, .address(nil), &sink)
      return result.code
    }
    leave(.execmemCacheAlloc, .address(range.lowerBound), &sink)
    if isWritable { makeWritable(range, &sink) }
    return .success
  }

  /// Models `execmem_cache_alloc()`.
  private mutating func takeROX(
    _ name: Name, _ pages: PageCount, _ sink: inout EventListener,
  ) -> Result<Range<VirtualAddress>, ReturnCode> {
    if kept.value.rox.place(for: pages) == nil {
      enter(.execmemCachePopulate, .pages(pages), &sink)
      let result = populateROX(pages, &sink)
      leave(.execmemCachePopulate, .code(result), &sink)
      if result != .success { return .failure(result) }
    }
    guard let range = kept.value.rox.place(for: pages) else { return .failure(.noMemory) }
    emit(.kept(.roxTaken(range)), &sink)
    emit(.kept(.roxBusy(name, range)), &sink)
    return .success(range)
  }

  /// Models `execmem_force_rw()`: NX first, so that nothing is ever writable and executable.
  private mutating func makeWritable(_ range: Range<VirtualAddress>, _ sink: inout EventListener) {
    let pages = range.upperBound - range.lowerBound
    enter(.execmemForceRW, .range(range.lowerBound, pages), &sink)
    _ = setMemory(.nx, range.lowerBound, pages, &sink)
    let result = setMemory(.rw, range.lowerBound, pages, &sink)
    leave(.execmemForceRW, .code(result), &sink)
  }

  /// Models `execmem_cache_populate()`: a 2M block if there is one, else just what is needed.
  private mutating func populateROX(_ pages: PageCount, _ sink: inout EventListener) -> ReturnCode {
    let name = serialName("execmem-")
    let whole = PageCount((pages.rawValue + 511) / 512 * 512)
    var request = AreaRequest(name: name, pages: whole, kind: .roxBlock, space: .modules)
    request.options.allowsHuge = true
    request.options.flags = .group
    emit(.kept(.serialUsed), &sink)
    var result = vmalloc(request, &sink)
    if case .failure = result {
      request.pages = pages
      result = vmalloc(request, &sink)
    }
    switch result {
    case .failure(let code): return code
    case .success(let area):
      _ = setMemory(.rox, area.start, area.pages, &sink)
      emit(.kept(.roxFreed(area.start..<(area.start + area.pages))), &sink)
      return .success
    }
  }

  /// Models `execmem_free()`: the memory goes back filled with traps, and blocks that are free as a
  /// whole go.
  mutating func freeROX(_ name: Name, _ sink: inout EventListener) -> ReturnCode {
    guard let range = kept.value.rox.busy.first(where: { $0.name == name })?.range else {
      return .invalid
    }
    let pages = range.upperBound - range.lowerBound
    enter(.execmemCacheFree, .range(range.lowerBound, pages), &sink)
    makeWritable(range, &sink)
    _ = setMemory(.rox, range.lowerBound, pages, &sink)
    emit(.kept(.roxIdle(name)), &sink)
    emit(.kept(.roxFreed(range)), &sink)
    leave(.execmemCacheFree, .truth(true), &sink)
    enter(.execmemCacheClean, &sink)
    for block in kept.value.rox.idleBlocks { cleanROX(block, &sink) }
    leave(.execmemCacheClean, &sink)
    return .success
  }

  /// Models `execmem_cache_clean()`: the direct map gets its pages back, and the area goes. What others
  /// hold of it they hold still: their addresses then lead nowhere.
  private mutating func cleanROX(_ block: Range<VirtualAddress>, _ sink: inout EventListener) {
    guard let area = areas.area(at: block.lowerBound) else { return }
    if area.start != block.lowerBound || area.pages != block.upperBound - block.lowerBound {
      if setup.kernel.returnsWholeAreas { return }
      // vfree() frees the whole area that an address lies in.
      let end = area.start + area.pages
      let held = kept.value.rox.busy.filter { (area.start..<end).contains($0.range.lowerBound) }
        .reduce(PageCount(0)) { $0 + ($1.range.upperBound - $1.range.lowerBound) }
      note(.chunkInUse(area.start, area.pages, held: held), &sink)
    }
    let frames = backing(of: area)
    var index = 0
    while index < frames.count {
      let isLarge = tables.lookup(area.start + PageCount(UInt64(index)))?.size == .size2M
      let pages: PageCount = isLarge ? LeafSize.size2M.pages : 1
      _ = setDirectMapValid(frames[index], pages, true, &sink)
      index += Int(pages.rawValue)
    }
    emit(.kept(.roxTaken(block)), &sink)
    _ = vfree(area, &sink)
  }

  /// A name for what has none of its own.
  func serialName(_ prefix: String) -> Name {
    guard let name = Name("\(prefix)\(kept.value.serial)") else {
      preconditionFailure("A short prefix and a number make a name.")
    }
    return name
  }

  // MARK: Text pages: ftrace, kprobes, execmem itself

  /// A trampoline: copied into writable memory, then read-only and executable.
  mutating func loadText(
    _ name: Name, _ pages: PageCount, _ kind: Area.Kind, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    if isTaken(name) { throw .nameTaken(name) }
    guard pages > 0 else { throw .noPages }
    try checkTables(for: pages)
    if setup.kernel.hasROXCache {
      // kprobes take their page as it is; the others write first and restore.
      let result = allocROX(name, pages, isWritable: kind != .kprobe, &sink)
      if result == .success, kind == .ftrace { _ = restoreROX(name, &sink) }
      return result
    }
    var request = AreaRequest(name: name, pages: pages, kind: kind, space: .modules)
    request.options.flags = [.resetsPermissions, .group]
    if kind != .execmem { request.permissions = executable(pages) }
    switch vmalloc(request, &sink) {
    case .failure(let code): return code
    case .success(let area):
      if kind != .execmem { makeExecutable(area, &sink) }
      return .success
    }
  }

  /// `execmem_restore_rox()`.
  mutating func restoreROX(_ name: Name, _ sink: inout EventListener) -> ReturnCode {
    guard let range = kept.value.rox.busy.first(where: { $0.name == name })?.range else {
      return .invalid
    }
    let pages = range.upperBound - range.lowerBound
    enter(.execmemRestoreROX, .range(range.lowerBound, pages), &sink)
    let result = setMemory(.rox, range.lowerBound, pages, &sink)
    leave(.execmemRestoreROX, .code(result), &sink)
    return result
  }

  /// Read-only and executable: one call where the kernel has one.
  ///
  /// - Parameter isInUse: whether somebody used it with other permissions.
  mutating func makeExecutable(_ area: Area, isInUse: Bool = false, _ sink: inout EventListener) {
    for permission in executable(area.pages) {
      changePermissions(
        permission.operation, area, page: 0, area.pages, isInUse: isInUse, &sink)
    }
  }

  /// What `makeExecutable` asks for, of all pages of an area.
  func executable(_ pages: PageCount) -> [AreaRequest.Permission] {
    let operations: [SetMemory] = setup.kernel.hasRox ? [.rox] : [.ro, .x]
    return operations.map { AreaRequest.Permission(pages: 0..<pages, operation: $0) }
  }

  mutating func freeText(
    _ name: Name, _ kind: Area.Kind, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    if let area = areas.area(named: name), area.kind == kind { return vfree(area, &sink) }
    guard kept.value.rox.busy.contains(where: { $0.name == name }) else {
      throw .nothingLoaded(name, kind)
    }
    return freeROX(name, &sink)
  }
}

extension Result where Failure == ReturnCode {
  /// The error number; 0 on success.
  fileprivate var code: ReturnCode {
    switch self {
    case .success: .success
    case .failure(let code): code
    }
  }
}
