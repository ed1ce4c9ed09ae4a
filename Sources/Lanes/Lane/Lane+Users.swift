import Engine
import History
import Keys

// What users of special permissions have loaded, and names for more.

extension Lane {
  /// The calls that would free what is loaded at this moment, what was loaded first first.
  package var freeings: [UserCall] {
    var freeings: [UserCall] = []
    let done = timeline.moment.call + (timeline.moment.event > 0 ? 1 : 0)
    for step in timeline.steps.prefix(done) where step.returned == .success {
      guard case .user(let call) = step.call else { continue }
      if let freeing = call.freeing { freeings.append(freeing) }
      freeings.removeAll { $0 == call }
    }
    return freeings
  }

  /// The call that frees what was loaded last and fits.
  package func newest(where fits: (UserCall) -> Bool) -> Call? {
    freeings.last(where: fits).map(Call.user)
  }

  /// The names for which pages are allocated at this moment, the newest last.
  private var holders: [Name] {
    var names: [Name] = []
    for step in timeline.steps.prefix(timeline.moment.call) where step.returned == .success {
      if case .allocPages(let name, _, _, _, _) = step.call { names.append(name) }
      if case .freePages(let name, _) = step.call { names.removeAll { $0 == name } }
    }
    return names
  }

  /// The name for which pages were allocated last.
  package var newestHolder: Name? { holders.last }

  /// The first of a letter and 1, 2 and so on that nobody has, nor an area a part of it.
  package func unusedName(_ letter: String) -> Name? {
    var used = freeings.compactMap(\.name?.description)
    used += machine.areas.named.map(\.name.description)
    used += holders.map(\.description)
    for number in 1...(used.count + 1) {
      let text = "\(letter)\(number)"
      if !used.contains(where: { $0 == text || $0.hasPrefix(text + ".") }) { return Name(text) }
    }
    return nil
  }

  /// What a key or the list loads under a name of its own; as large as a count says, if there is one.
  package func loading(_ kind: Loading, _ count: UInt64?) -> Call? {
    guard let name = unusedName(kind.letter) else { return nil }
    let pages = count.map { PageCount($0) }
    let call: UserCall =
      switch kind {
      case .module: .moduleLoad(name, .small(text: pages ?? 6))
      case .bpf:
        .bpfLoad(name, bytes: UInt32(clamping: pages?.bytes ?? 1500))
      case .ftrace: .ftraceLoad(name, pages ?? 1)
      case .kprobe: .kprobeLoad(name)
      case .secret: .secretmemFault(name)
      case .execmem: .execmemAlloc(name, pages ?? 1)
      case .vmalloc: .vmalloc(name, pages ?? 1, UserCall.VmallocOptions())
      case .grouped: .vmalloc(name, pages ?? 1, .grouped)
      }
    return .user(call)
  }
}

extension ModuleSizes {
  /// A small module, with text of this many pages.
  fileprivate static func small(text: PageCount) -> ModuleSizes {
    var sizes = ModuleSizes()
    sizes.text = UInt32(clamping: text.bytes)
    sizes.data = 8 << 10
    sizes.rodata = 8 << 10
    sizes.roAfterInit = 4 << 10
    sizes.initText = 4 << 10
    return sizes
  }
}

extension UserCall.VmallocOptions {
  /// VM_GROUP_PAGES and VM_FLUSH_RESET_PERMS: what memory for code asks for.
  fileprivate static var grouped: UserCall.VmallocOptions {
    var options = UserCall.VmallocOptions()
    options.flags = [.group, .resetsPermissions]
    return options
  }
}

extension UserCall {
  /// The call that frees what this one loads; `nil` if it loads nothing.
  fileprivate var freeing: UserCall? {
    switch self {
    case .vmalloc(let name, _, _): .vfree(name)
    case .ioremap(let name, _, _, _): .iounmap(name)
    case .moduleLoad(let name, _): .moduleUnload(name)
    case .bpfLoad(let name, _, _): .bpfFree(name)
    case .ftraceLoad(let name, _): .ftraceFree(name)
    case .kprobeLoad(let name): .kprobeFree(name)
    case .secretmemFault(let name): .secretmemRelease(name)
    case .execmemAlloc(let name, _): .execmemFree(name)
    case .kfence(protects: true, let pfn): .kfence(protects: false, pfn)
    case .gmemFault(let name, _, _): .gmemRelease(name)
    case .mermapGet(let name, _, _): .mermapPut(name)
    case .hwpoison(let pfn): .unpoison(pfn)
    case .kexecLoad(let name): .kexecUnload(name)
    case .vfree, .iounmap, .walk, .moduleUnload, .bpfFree, .ftraceFree, .kprobeFree,
      .secretmemRelease, .execmemRestore, .execmemFree, .kfence, .cpuNode, .gmemRelease, .rmpUpdate,
      .unpoison, .kexecUnload, .gmemWrite, .mermapPut:
      nil
    }
  }

  /// The name of what a call frees.
  fileprivate var name: Name? {
    switch self {
    case .vfree(let name), .iounmap(let name), .moduleUnload(let name), .bpfFree(let name),
      .ftraceFree(let name),
      .kprobeFree(let name), .secretmemRelease(let name), .execmemFree(let name),
      .gmemRelease(let name), .kexecUnload(let name), .mermapPut(let name):
      name
    case .vmalloc, .ioremap, .walk, .moduleLoad, .bpfLoad, .ftraceLoad, .kprobeLoad,
      .secretmemFault, .execmemAlloc, .execmemRestore, .cpuNode, .kfence, .gmemFault, .rmpUpdate,
      .hwpoison, .unpoison, .kexecLoad, .gmemWrite, .mermapGet:
      nil
    }
  }
}
