import Engine
import KernelText

/// Determines the sizes of the parts of each loaded module from a trace.
///
/// The kernel allocates them in a fixed order, each as its own area, so the type of an area
/// (`EXECMEM_MODULE_TEXT` or `..._DATA`), when it becomes read-only and when it is freed show which
/// part it is.
struct TracedModules {
  /// A module that was loaded.
  struct Module {
    var areas: [Area]
    /// The number of its areas that have not been freed.
    var living: Int
    var isRemoved = false
  }

  /// Memory of a module.
  struct Area {
    var address: UInt64
    var isCode: Bool
    var bytes: UInt64
    /// Whether it was made read-only before the module's init ran.
    var isReadOnly = false
    /// Whether it was made read-only after that, and not before.
    var isReadOnlyAfterInit = false
    /// Whether it was freed while the module was loaded.
    var isGivenBack = false
  }

  private enum Owner {
    case loading(task: UInt64, area: Int)
    case module(Int, area: Int)
  }

  /// The sizes of each module that was loaded, in order; of those in `modules` they are not known yet.
  private var sizes: [ModuleSizes] = []
  /// The modules whose sizes may still change, by their place in the order of loading.
  private var modules: [Int: Module] = [:]
  /// The modules that are loaded, by name: the last one last.
  private var loadedModules: [String: [Int]] = [:]
  private var loading: [UInt64: [Area]] = [:]
  private var allocating: [UInt64: (type: UInt64, bytes: UInt64)] = [:]
  private var owners: [UInt64: Owner] = [:]

  /// `EXECMEM_MODULE_TEXT` and `EXECMEM_MODULE_DATA`, include/linux/execmem.h, 6.12.
  private static let code: UInt64 = 0
  private static let data: UInt64 = 4

  mutating func read(_ event: FtraceEvent) {
    switch event.kind {
    case .execmemAlloc(let type, let bytes): allocating[event.task] = (type, bytes)
    case .execmemAllocReturned(let address): allocated(address, by: event.task)
    case .execmemFree(let address): freed(address)
    case .setMemory("set_memory_ro", let address, _): madeReadOnly(address.rawValue)
    case .moduleLoad(let name): loaded(name, by: event)
    case .moduleFree(let name): removed(name)
    default: break
    }
  }

  /// The sizes of all modules that were loaded, in order, when the trace has been read.
  var sizesOfAll: [ModuleSizes] {
    var all = sizes
    for (index, module) in modules { all[index] = module.sizes }
    return all
  }

  private mutating func removed(_ name: String) {
    guard let index = loadedModules[name]?.popLast() else { return }
    if loadedModules[name]?.isEmpty == true { loadedModules[name] = nil }
    modules[index]?.isRemoved = true
    closeIfKnown(index)
  }

  /// Keeps only the sizes of a module that can no longer change.
  private mutating func closeIfKnown(_ index: Int) {
    guard let module = modules[index], module.isRemoved, module.living == 0 else { return }
    sizes[index] = module.sizes
    modules[index] = nil
  }

  private mutating func allocated(_ address: UInt64, by task: UInt64) {
    guard let (type, bytes) = allocating.removeValue(forKey: task), address != 0,
      type == Self.code || type == Self.data
    else { return }
    let area = Area(address: address, isCode: type == Self.code, bytes: bytes)
    loading[task, default: []].append(area)
    owners[address] = .loading(task: task, area: loading[task, default: []].count - 1)
  }

  private mutating func loaded(_ name: String, by event: FtraceEvent) {
    let areas = loading.removeValue(forKey: event.task) ?? []
    for (index, area) in areas.enumerated() {
      owners[area.address] = .module(sizes.count, area: index)
    }
    loadedModules[name, default: []].append(sizes.count)
    modules[sizes.count] = Module(areas: areas, living: areas.count)
    sizes.append(ModuleSizes())
  }

  private mutating func freed(_ address: UInt64) {
    switch owners.removeValue(forKey: address) {
    case .loading(let task, _):
      // The load failed: its areas are freed one by one.
      loading[task] = nil
    case .module(let index, let area):
      if modules[index]?.isRemoved == false { modules[index]?.areas[area].isGivenBack = true }
      modules[index]?.living -= 1
      closeIfKnown(index)
    case nil: break
    }
  }

  private mutating func madeReadOnly(_ address: UInt64) {
    switch owners[address] {
    case .loading(let task, let area)?:
      guard let areas = loading[task], area < areas.count else { return }
      loading[task]?[area].isReadOnly = true
    case .module(let index, let area)?:
      if modules[index]?.areas[area].isReadOnly == false {
        modules[index]?.areas[area].isReadOnlyAfterInit = true
      }
    case nil: break
    }
  }
}

extension TracedModules.Module {
  /// The sizes of the parts.
  var sizes: ModuleSizes {
    var sizes = ModuleSizes()
    let firstOfInit = firstOfInit
    for (index, area) in areas.enumerated() {
      let part = area.part(isInit: index >= firstOfInit, sizes)
      let sum = area.bytes.addingReportingOverflow(UInt64(sizes[part]))
      sizes[part] = sum.overflow ? .max : UInt32(clamping: sum.partialValue)
    }
    return sizes
  }

  /// The start of the init parts: the first that was freed; if none was, the second code, or the
  /// last part.
  private var firstOfInit: Int {
    if let first = areas.firstIndex(where: \.isGivenBack) { return first }
    return areas.indices.dropFirst().first { areas[$0].isCode } ?? max(areas.count - 1, 1)
  }
}

extension TracedModules.Area {
  /// The part of an area. If nothing was made read-only, the order of the parts decides.
  fileprivate func part(isInit: Bool, _ sizes: ModuleSizes) -> ModuleSizes.Part {
    if isCode { return isInit ? .initText : .text }
    if isInit { return isReadOnly || sizes.initData > 0 ? .initRodata : .initData }
    if isReadOnly { return .rodata }
    if isReadOnlyAfterInit || sizes.rodata > 0 { return .roAfterInit }
    return sizes.data > 0 ? .rodata : .data
  }
}
