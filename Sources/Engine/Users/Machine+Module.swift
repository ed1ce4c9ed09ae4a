// Modules: kernel/module/main.c and strict_rwx.c, 6.1 and 6.12; arch/x86/kernel/module.c.

extension Machine {
  /// Loads a module, runs its init and gives its init memory back. -ENOMEM frees what was had.
  mutating func loadModule(
    _ name: Name, _ sizes: ModuleSizes, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let layout = try ModuleLayout(name, sizes, setup.kernel)
    for part in layout.parts where isTaken(part.name) { throw .nameTaken(part.name) }
    var loaded: [ModuleLayout.Memory] = []
    for part in layout.parts {
      let result = allocModuleMemory(part, layout.firstPermissions(of: part), &sink)
      if result != .success {
        for memory in loaded { _ = freeModuleMemory(memory.name, &sink) }
        return result
      }
      loaded.append(part)
    }
    for change in layout.changes { changeModule(change, &sink) }
    for part in layout.parts where part.isInit { _ = freeModuleMemory(part.name, &sink) }
    return .success
  }

  /// Frees all of a module. Data goes last.
  mutating func unloadModule(
    _ name: Name, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let names = ModuleLayout.namesInOrderOfUnloading(name).filter(isModuleMemory)
    guard !names.isEmpty else { throw .nothingLoaded(name, .module) }
    var result = ReturnCode.success
    for part in names {
      let code = freeModuleMemory(part, &sink)
      if result == .success { result = code }
    }
    return result
  }

  /// Whether a name is an area's, or somebody's in the cache of executable memory.
  func isTaken(_ name: Name) -> Bool {
    areas.area(named: name) != nil || kept.value.rox.busy.contains { $0.name == name }
      || kept.value.programs.contains { $0.name == name }
      || processes.value.range(named: name) != nil
      || kept.value.pageTables.contains { $0.name == name }
  }

  private func isModuleMemory(_ name: Name) -> Bool {
    areas.area(named: name)?.kind == .module || kept.value.rox.busy.contains { $0.name == name }
  }

  private mutating func allocModuleMemory(
    _ part: ModuleLayout.Memory, _ permissions: [AreaRequest.Permission],
    _ sink: inout EventListener,
  ) -> ReturnCode {
    if part.isText, setup.kernel.hasROXCache {
      return allocROX(part.name, part.pages, isWritable: true, &sink)
    }
    var request = AreaRequest(
      name: part.name, pages: part.pages, kind: .module, space: .modules)
    request.options.flags = [.resetsPermissions, .group]
    request.permissions = permissions
    switch vmalloc(request, &sink) {
    case .failure(let code): return code
    case .success(let area):
      // `execmem_alloc_rw()` makes everything writable, also what is.
      if setup.kernel.hasROXCache {
        changePermissions(.nx, area, page: 0, area.pages, &sink)
        changePermissions(.rw, area, page: 0, area.pages, &sink)
      }
      return .success
    }
  }

  private mutating func freeModuleMemory(_ name: Name, _ sink: inout EventListener) -> ReturnCode {
    guard let area = areas.area(named: name) else { return freeROX(name, &sink) }
    return vfree(area, &sink)
  }

  private mutating func changeModule(_ change: ModuleLayout.Change, _ sink: inout EventListener) {
    if let range = kept.value.rox.busy.first(where: { $0.name == change.name })?.range {
      // The cache's own "restore"; nothing else is asked of its memory.
      guard change.operation == .rox else { return }
      _ = setMemory(.rox, range.lowerBound, range.upperBound - range.lowerBound, &sink)
      return
    }
    guard let area = areas.area(named: change.name), change.pages > 0 else { return }
    changePermissions(
      change.operation, area, page: change.page, change.pages, isInUse: change.isAfterInit, &sink)
  }

  /// A change through an area's addresses: as `set_memory_*()`, but for areas whose pages have no
  /// direct-map alias.
  ///
  /// - Parameter isInUse: whether the area was in use with other permissions; otherwise these are its
  ///   first, with which it may have been mapped.
  mutating func changePermissions(
    _ operation: SetMemory, _ area: Area, page: PageCount, _ pages: PageCount,
    isInUse: Bool = false, _ sink: inout EventListener,
  ) {
    if setup.kernel.mapsFinalPermissions, area.flags.contains(.hasNoAlias) {
      if isInUse { permChange(operation, area.start + page, pages, &sink) }
      return
    }
    _ = setMemory(
      operation, area.start + page, pages, skipsAliases: area.flags.contains(.hasNoAlias), &sink)
  }
}

/// The memory of a module and what is done to it, by kernel version.
struct ModuleLayout {
  /// Memory that is allocated in one piece.
  struct Memory {
    var name: Name
    var pages: PageCount
    var isInit: Bool
    /// Whether it is text alone, which may come from the cache of executable memory.
    var isText: Bool
  }

  /// A change of permissions of a part of such memory.
  struct Change {
    var operation: SetMemory
    var name: Name
    var page: PageCount
    var pages: PageCount
    var isAfterInit = false
  }

  /// In the order in which they are allocated.
  private(set) var parts: [Memory] = []
  /// In the order in which they are made; init runs before the last.
  private(set) var changes: [Change] = []

  init(_ name: Name, _ sizes: ModuleSizes, _ kernel: KernelProfile) throws(CallError) {
    for part in ModuleSizes.Part.allCases where sizes[part] > ModuleSizes.limit {
      throw .moduleTooLarge(name, UInt64(sizes[part]))
    }
    guard sizes.pages > 0 else { throw .noPages }
    switch kernel.moduleLayout {
    case .sections: try useSections(name, sizes, kernel)
    case .coreAndInit: try useCoreAndInit(name, sizes)
    }
  }

  /// The permissions of an allocation before init runs, in the order in which they are given.
  func firstPermissions(of part: Memory) -> [AreaRequest.Permission] {
    changes.filter { $0.name == part.name && !$0.isAfterInit }.map {
      AreaRequest.Permission(pages: $0.page..<($0.page + $0.pages), operation: $0.operation)
    }
  }

  static func namesInOrderOfUnloading(_ name: Name) -> [Name] {
    let parts = ModuleSizes.Part.allCases.filter { $0 != .data } + [.data]
    return (parts.map(\.suffix) + [".init", ".core"]).compactMap { name.with(suffix: $0) }
  }

  /// 6.4 and later: seven areas.
  private mutating func useSections(
    _ name: Name, _ sizes: ModuleSizes, _ kernel: KernelProfile,
  ) throws(CallError) {
    let order: [ModuleSizes.Part] = [
      .text, .data, .rodata, .roAfterInit, .initText, .initData, .initRodata,
    ]
    var names: [ModuleSizes.Part: Name] = [:]
    for part in order where sizes[part] > 0 {
      guard let area = name.with(suffix: part.suffix) else { throw .nameTooLong(name) }
      names[part] = area
      parts.append(
        Memory(
          name: area, pages: sizes.pages(part), isInit: part.isInit,
          isText: part == .text || part == .initText))
    }
    func change(_ operation: SetMemory, _ parts: ModuleSizes.Part...) {
      for part in parts {
        guard let name = names[part] else { continue }
        changes.append(
          Change(operation: operation, name: name, page: 0, pages: sizes.pages(part)))
      }
    }
    change(.ro, .rodata, .initRodata)
    change(.nx, .data, .rodata, .roAfterInit, .initData, .initRodata)
    change(.rox, .text, .initText)
    let beforeInit = changes.count
    if kernel.repeatsRodataAfterInit { change(.ro, .rodata, .initRodata) }
    change(.ro, .roAfterInit)
    for index in beforeInit..<changes.count { changes[index].isAfterInit = true }
  }

  /// Before 6.4: one area for the core, text first, and one for init.
  private mutating func useCoreAndInit(_ name: Name, _ sizes: ModuleSizes) throws(CallError) {
    guard let core = name.with(suffix: ".core"), let initial = name.with(suffix: ".init") else {
      throw .nameTooLong(name)
    }
    var offsets: [ModuleSizes.Part: (area: Name, page: PageCount)] = [:]
    func place(_ order: [ModuleSizes.Part], _ area: Name) -> PageCount {
      var pages: PageCount = 0
      for part in order {
        offsets[part] = (area, pages)
        pages += sizes.pages(part)
      }
      return pages
    }
    let corePages = place([.text, .rodata, .roAfterInit, .data], core)
    let initPages = place([.initText, .initRodata, .initData], initial)
    if corePages > 0 {
      parts.append(Memory(name: core, pages: corePages, isInit: false, isText: false))
    }
    if initPages > 0 {
      parts.append(Memory(name: initial, pages: initPages, isInit: true, isText: false))
    }
    func change(_ operation: SetMemory, _ parts: ModuleSizes.Part...) {
      for part in parts {
        guard let offset = offsets[part], sizes.pages(part) > 0 else { continue }
        changes.append(
          Change(
            operation: operation, name: offset.area, page: offset.page, pages: sizes.pages(part)))
      }
    }
    change(.ro, .text, .rodata, .initText, .initRodata)
    change(.nx, .rodata, .roAfterInit, .data, .initRodata, .initData)
    change(.x, .text, .initText)
    // After init, everything again (`module_enable_ro(mod, true)`).
    let beforeInit = changes.count
    change(.ro, .text, .rodata, .initText, .initRodata, .roAfterInit)
    for index in beforeInit..<changes.count { changes[index].isAfterInit = true }
  }
}
