public import Engine
import KernelText

/// Finds out who split what: holds the requests of a trace against the slots that two readings of the
/// tables show as split.
///
/// A request names addresses. The frames behind them are known from the trace, which shows what is mapped,
/// or from the tables, as long as they are mapped.
public struct CauseFinder: Sendable {
  /// Where the machine has its direct map and its page descriptors.
  private let addresses: TraceAddresses
  /// Whether a call of the family is the request, as on arm64, where no request of CPA follows.
  private let callsAreRequests: Bool
  private var mappings = TracedMappings()
  /// The function that each task entered last, and for which address.
  private var entered: [UInt64: (name: String, address: VirtualAddress)] = [:]
  /// The module that a task loads or unloads.
  private var module: [UInt64: String] = [:]
  /// Whose pages these are, as far as requests showed.
  private var owners: [PFN: String] = [:]
  /// Requests of the last two readings.
  private var asked: [Asked] = []

  private struct Asked {
    var cause: WatchCause
    var task: UInt64
    var frames: [Range<PFN>]
    /// Whether it may change the direct map.
    var reaches: Bool
    /// Whether it was told already, in the reading before.
    var isTold = false
    /// Whether it is part of loading a module whose name comes later.
    var awaitsName: Bool
  }

  private static let ownersMax = 1 << 20
  private static let lookupsMax: UInt64 = 4096
  private static let askedMax = 100_000

  /// Creates a finder.
  public init(_ addresses: TraceAddresses, on architecture: Architecture) {
    self.addresses = addresses
    callsAreRequests = architecture == .arm64
  }

  /// Takes an event.
  ///
  /// - Parameter lookup: the frame to which an address is mapped now.
  public mutating func take(_ entry: TraceEntry, _ lookup: (VirtualAddress) -> PFN?) {
    let task = entry.event.task
    switch entry.event.kind {
    case .mapped(let start, let descriptors):
      mappings.add(descriptors.map { addresses.frame(ofDescriptor: $0) }, from: start)
    case .setMemory(let name, let address, let pages):
      entered[task] = (name, address)
      if callsAreRequests { ask(name, entry, pages, frames(from: address, pages, lookup)) }
    case .request(let request):
      let name = entered[task].flatMap { $0.address == request.address ? $0.name : nil }
      let found = request.isArray ? nil : request.address
      ask(
        name ?? "change_page_attr_set_clr", entry, request.pages,
        found.map { frames(from: $0, request.pages, lookup) } ?? [], splits: reaches(request))
    case .setDirectMap(let operation, let page):
      ask(operation.name, entry, 1, frames(ofDescriptor: page, 1))
    case .setDirectMapValid(let page, let pages, _):
      ask("set_direct_map_valid_noflush", entry, pages, frames(ofDescriptor: page, pages))
    case .moduleLoad(let name):
      module[task] = name
      for index in asked.indices where asked[index].task == task && asked[index].awaitsName {
        asked[index].awaitsName = false
        asked[index].cause.owner = "module \(name)"
        own(asked[index].frames, asked[index].cause.owner)
      }
    case .moduleFree(let name): module[task] = name
    case .frames, .execmemAlloc, .execmemAllocReturned, .execmemFree, .note: break
    }
  }

  /// Whether a request may change the direct map: NX stays out of it where another mapping is changed, and
  /// so does everything where no other mappings are looked at.
  private func reaches(_ request: FtraceRequest) -> Bool {
    if let address = request.address, addresses.directMapFrame(of: address) != nil { return true }
    if request.forcesSplit { return true }
    return !request.skipsAliases && !request.set.union(request.clear).isSubset(of: .nx)
  }

  private func frames(ofDescriptor page: UInt64, _ pages: PageCount) -> [Range<PFN>] {
    guard let pfn = addresses.frame(ofDescriptor: page),
      pages.rawValue <= AddressLayout.pfnLimit.rawValue - pfn.rawValue
    else { return [] }
    return [pfn..<pfn + pages]
  }

  private func frames(
    from address: VirtualAddress, _ pages: PageCount, _ lookup: (VirtualAddress) -> PFN?,
  ) -> [Range<PFN>] {
    if let pfn = addresses.directMapFrame(of: address) {
      let limit = AddressLayout.pfnLimit.rawValue - pfn.rawValue
      return [pfn..<pfn + PageCount(min(pages.rawValue, limit))]
    }
    if let known = mappings.frames(from: address, pages) { return known }
    var runs: [Range<PFN>] = []
    for index in 0..<min(pages.rawValue, Self.lookupsMax) {
      guard let pfn = lookup(VirtualAddress(address.rawValue &+ index << 12)) else { continue }
      if let last = runs.last, last.upperBound == pfn {
        runs[runs.count - 1] = last.lowerBound..<pfn + 1
      } else {
        runs.append(pfn..<pfn + 1)
      }
    }
    return runs
  }

  private mutating func ask(
    _ function: String, _ entry: TraceEntry, _ pages: PageCount, _ frames: [Range<PFN>],
    splits: Bool = true,
  ) {
    // Some kernels ask for no page at all.
    guard asked.count < Self.askedMax, pages.rawValue > 0 else { return }
    let task = entry.event.task
    let stack = Self.withoutProbe(entry.stack)
    let known = Self.owner(stack, module[task])
    let owner = known ?? frames.first.flatMap { owners[$0.lowerBound] }
    let isLoading = known == nil && Self.isLoading(stack)
    var cause = WatchCause(
      task: "\(entry.taskName)-\(task)", function: function, owner: owner ?? "",
      stack: stack)
    cause.calls = 1
    cause.pages = pages.rawValue
    if let owner { own(frames, owner) }
    asked.append(
      Asked(
        cause: cause, task: task, frames: frames, reaches: splits, awaitsName: isLoading))
  }

  private mutating func own(_ frames: [Range<PFN>], _ owner: String) {
    for range in frames where range.upperBound - range.lowerBound <= 4096 {
      for index in 0..<(range.upperBound - range.lowerBound).rawValue {
        let pfn = range.lowerBound + PageCount(index)
        if owners.count < Self.ownersMax || owners[pfn] != nil { owners[pfn] = owner }
      }
    }
  }

  /// The functions from the one that was probed on: before it stand those of the probe itself.
  static func withoutProbe(_ stack: [String]) -> [String] {
    let starts = ["change_page_attr_set_clr", "set_memory_", "set_direct_map_"]
    let place = stack.firstIndex { entry in starts.contains { entry.hasPrefix($0) } }
    return place.map { Array(stack[$0...]) } ?? stack
  }

  /// On whose behalf functions are under way, as their names show; `nil` if they do not.
  static func owner(_ stack: [String], _ module: String?) -> String? {
    func has(_ names: String...) -> Bool {
      stack.contains { entry in names.contains { entry.hasPrefix($0) } }
    }
    if has("free_module", "do_init_module", "__do_sys_delete_module"), let module {
      return "module \(module)"
    }
    if has("load_module") { return nil }
    if has("bpf_", "__bpf", "__sys_bpf", "sk_attach_filter", "seccomp_attach", "seccomp_prepare") {
      return "BPF"
    }
    if has("secretmem_") { return "memfd_secret" }
    if has("arch_ftrace", "create_trampoline", "ftrace_") { return "ftrace" }
    if has("alloc_insn_page", "__get_insn_slot", "collect_garbage_slots") { return "kprobes" }
    if has("kfence_") { return "KFENCE" }
    // The first function that belongs to a module.
    for entry in stack {
      if let open = entry.lastIndex(of: "["), entry.hasSuffix("]") {
        return "module \(entry[entry.index(after: open)...].dropLast())"
      }
    }
    return nil
  }

  private static func isLoading(_ stack: [String]) -> Bool {
    stack.contains { $0.hasPrefix("load_module") }
  }

  /// Tells who split these slots. To be called after each reading, with all events up to it.
  public mutating func causes(of slots: SplitSlots) -> [WatchCause] {
    var of2M = Set(slots.of2M)
    var of1G = Set(slots.of1G)
    var found: [WatchCause] = []
    for index in asked.indices {
      var cause = asked[index].cause
      if asked[index].isTold { (cause.calls, cause.pages) = (0, 0) }
      for range in asked[index].frames where asked[index].reaches && !range.isEmpty {
        cause.split2M += Self.take(range, .size2M, from: &of2M)
        cause.split1G += Self.take(range, .size1G, from: &of1G)
      }
      if cause.calls + cause.split2M + cause.split1G > 0 { Self.add(cause, to: &found) }
    }
    // What was asked for just now may show in the next reading.
    asked.removeAll(where: \.isTold)
    for index in asked.indices { asked[index].isTold = true }
    if !of2M.isEmpty || !of1G.isEmpty {
      var rest = WatchCause(task: "", function: WatchCause.unseen, owner: "", stack: [])
      rest.split2M = UInt64(of2M.count)
      rest.split1G = UInt64(of1G.count)
      found.append(rest)
    }
    return found.sorted {
      ($0.split1G, $0.split2M, $0.pages) > ($1.split1G, $1.split2M, $1.pages)
    }
  }

  /// Takes the slots that hold some of these frames out of a set; how many there were.
  private static func take(
    _ frames: Range<PFN>, _ size: LeafSize, from slots: inout Set<UInt64>,
  ) -> UInt64 {
    guard !slots.isEmpty else { return 0 }
    let span = size.pages.rawValue
    let first = frames.lowerBound.rawValue / span
    let last = (frames.upperBound.rawValue - 1) / span
    var count: UInt64 = 0
    if last - first > UInt64(slots.count) {
      for slot in slots where (first...last).contains(slot) {
        slots.remove(slot)
        count += 1
      }
    } else {
      for slot in first...last where slots.remove(slot) != nil { count += 1 }
    }
    return count
  }

  /// Calls of one task by one function are one cause.
  private static func add(_ cause: WatchCause, to found: inout [WatchCause]) {
    let place = found.firstIndex {
      $0.function == cause.function && $0.owner == cause.owner && $0.task == cause.task
    }
    if let place { found[place].add(cause) } else { found.append(cause) }
  }
}
