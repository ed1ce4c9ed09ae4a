// BPF programs: kernel/bpf/core.c, 5.11, 6.1, 6.12 and 7.3.4.

extension Machine {
  /// Loads a program whose machine code has this many bytes, header and all.
  mutating func loadBPF(
    _ name: Name, _ bytes: UInt32, isClassic: Bool, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    if isTaken(name) { throw .nameTaken(name) }
    guard bytes > 0 else { throw .noPages }
    guard bytes <= ModuleSizes.limit else { throw .moduleTooLarge(name, UInt64(bytes)) }
    let chunks = Int((bytes + ProgPack.chunkBytes - 1) / ProgPack.chunkBytes)
    guard setup.kernel.hasProgPack, chunks <= chunksOfPack else {
      return loadBPFAlone(name, bytes, &sink)
    }
    enter(.bpfProgPackAlloc, &sink)
    let result = loadIntoPack(name, chunks, isClassic: isClassic, &sink)
    leave(.bpfProgPackAlloc, .address(addressInPack(of: name)), &sink)
    return result
  }

  /// Where a program begins that lies in a pack; `nil` for one that is not loaded.
  private func addressInPack(of name: Name) -> VirtualAddress? {
    guard let program = kept.value.programs.first(where: { $0.name == name }),
      let pack = program.pack
    else { return nil }
    let ofCache = kept.value.rox.busy.first { $0.name == pack }?.range.lowerBound
    guard let start = areas.area(named: pack)?.start ?? ofCache else { return nil }
    let offset = UInt64(program.chunks.lowerBound) * UInt64(ProgPack.chunkBytes)
    return VirtualAddress(start.rawValue + offset)
  }

  /// Whether packs come from the cache of executable memory.
  private var usesROXCache: Bool {
    setup.kernel.hasROXCache && setup.kernel.takesPacksFromROXCache
  }

  /// The chunks of a pack: 2 MiB for each possible node (`BPF_PROG_PACK_SIZE`).
  private var chunksOfPack: Int { (nodeCount << 21) / Int(ProgPack.chunkBytes) }

  /// Models `bpf_prog_pack_alloc()`: first fit over the packs, then a new one.
  private mutating func loadIntoPack(
    _ name: Name, _ chunks: Int, isClassic: Bool, _ sink: inout EventListener,
  ) -> ReturnCode {
    for pack in packsToTry(isClassic: isClassic, chunks) {
      guard let free = pack.freeChunks(chunks) else { continue }
      flushPredictor(before: pack, isClassic: isClassic, &sink)
      emit(.kept(.programAdded(BPFProgram(name: name, pack: pack.name, chunks: free))), &sink)
      return .success
    }
    let pack: Name
    switch allocNewPack(&sink) {
    case .failure(let code): return code
    case .success(let name): pack = name
    }
    markDirty(pack, &sink)
    emit(.kept(.programAdded(BPFProgram(name: name, pack: pack, chunks: 0..<chunks))), &sink)
    return .success
  }

  /// A pack of its own area, read-only and executable. Models `alloc_new_pack()`.
  private mutating func allocNewPack(_ sink: inout EventListener) -> Result<Name, ReturnCode> {
    let pack = serialName("bpf_prog_pack-")
    var request = AreaRequest(
      name: pack, pages: PageCount(UInt64(nodeCount) * 512), kind: .progPack, space: .modules)
    request.options.flags = [.resetsPermissions, .group]
    enter(.allocNewPack, .pages(request.pages), &sink)
    emit(.kept(.serialUsed), &sink)
    if usesROXCache {
      // No filling, no reset of permissions, no set_memory_rox() for the pack: the cache has done it.
      let result = allocROX(pack, request.pages, isWritable: false, &sink)
      guard result == .success, let busy = kept.value.rox.busy.first(where: { $0.name == pack })
      else {
        leave(.allocNewPack, .address(nil), &sink)
        return .failure(result)
      }
      emit(.kept(.packAdded(pack, chunks: chunksOfPack)), &sink)
      leave(.allocNewPack, .address(busy.range.lowerBound), &sink)
      return .success(pack)
    }
    request.permissions = executable(request.pages)
    switch vmalloc(request, &sink) {
    case .failure(let code):
      leave(.allocNewPack, .address(nil), &sink)
      return .failure(code)
    case .success(let area):
      makeExecutable(area, &sink)
      emit(.kept(.packAdded(pack, chunks: chunksOfPack)), &sink)
      leave(.allocNewPack, .address(area.start), &sink)
      return .success(pack)
    }
  }

  /// A program in an area of its own: all of them before 5.18, and those larger than a pack.
  private mutating func loadBPFAlone(
    _ name: Name, _ bytes: UInt32, _ sink: inout EventListener,
  ) -> ReturnCode {
    var request = AreaRequest(
      name: name, pages: PageCount(bytesRoundedUp: UInt64(bytes)), kind: .bpf, space: .modules)
    request.options.flags = [.resetsPermissions, .group]
    if usesROXCache {
      let result = allocROX(name, request.pages, isWritable: false, &sink)
      if result != .success { return result }
    } else {
      request.permissions = executable(request.pages)
      switch vmalloc(request, &sink) {
      case .failure(let code): return code
      case .success(let area): makeExecutable(area, &sink)
      }
    }
    emit(.kept(.programAdded(BPFProgram(name: name, pack: nil, chunks: 0..<0))), &sink)
    return .success
  }

  /// The program goes; with the last one of a pack, the pack.
  mutating func freeBPF(_ name: Name, _ sink: inout EventListener) throws(CallError) -> ReturnCode {
    guard let program = kept.value.programs.first(where: { $0.name == name }) else {
      throw .nothingLoaded(name, .bpf)
    }
    guard let pack = program.pack else {
      emit(.kept(.programRemoved(name)), &sink)
      return freeBPFMemory(name, &sink)
    }
    enter(.bpfProgPackFree, &sink)
    let result = freeFromPack(program, pack, &sink)
    leave(.bpfProgPackFree, &sink)
    return result
  }

  /// Models `bpf_prog_pack_free()`.
  private mutating func freeFromPack(
    _ program: BPFProgram, _ pack: Name, _ sink: inout EventListener,
  ) -> ReturnCode {
    emit(.kept(.programRemoved(program.name)), &sink)
    markDirty(pack, &sink)
    guard kept.value.packs.first(where: { $0.name == pack })?.used == 0 else { return .success }
    emit(.kept(.packRemoved(pack)), &sink)
    return freeBPFMemory(pack, &sink)
  }

  /// The memory of a pack or a large program goes: an area, or a part of the cache (`execmem_free()`).
  private mutating func freeBPFMemory(_ name: Name, _ sink: inout EventListener) -> ReturnCode {
    if let area = areas.area(named: name) { return vfree(area, &sink) }
    return kept.value.rox.busy.contains { $0.name == name } ? freeROX(name, &sink) : .success
  }
}
