import Engine

/// Memory that was allocated for a name: blocks of the page allocator, by their first frames.
struct GuestBlock: Equatable {
  var pfn: PFN
  var order: Int
}

// What the kernel's allocators are asked for. Which pages they give nobody knows before, so these calls are
// observed; the names stand for what was given from then on.

extension GuestCalls {
  /// Takes a block of pages for a name.
  mutating func allocate(
    _ name: Name, order: Int, _ type: MigrateType, node: Int?, _ traits: Call.PageTraits,
  ) throws(LabError) -> ReturnCode {
    guard blocks[name] == nil, areas[name] == nil else {
      throw .notPossible("\(name) is in use; free it first or choose another name")
    }
    guard !traits.contains(.atomic) else {
      throw .notPossible(
        "of a real kernel pages are asked for in process context; leave out atomic")
    }
    let flags = Self.gfpKernel | type.gfp | (traits.contains(.zeroed) ? Self.gfpZero : 0)
    let pfn: PFN
    if let node {
      // The fourth argument is a set of nodes; NULL: all.
      let page = try told(
        ["__alloc_pages_noprof", "__alloc_pages"], [flags, UInt64(order), UInt64(node), 0])
      guard page != 0 else { return .noMemory }
      pfn = guest.layout.frame(ofPage: page)
    } else {
      let address = try told(
        Self.getFreePages, [flags, UInt64(order)])
      guard address != 0 else { return .noMemory }
      pfn = PFN(guest.layout.physical(ofDirect: address) >> 12)
    }
    blocks[name] = GuestBlock(pfn: pfn, order: order)
    return .success
  }

  /// `drain_all_pages(NULL)`: the lists of all zones.
  func drain() throws(LabError) {
    _ = try told(["drain_all_pages"], [0])
  }

  /// Gives back what a name holds.
  mutating func free(_ name: Name, inSoftirq: Bool) throws(LabError) {
    guard !inSoftirq else {
      throw .notPossible("a real kernel frees in process context here; leave out softirq")
    }
    guard let block = blocks.removeValue(forKey: name) else {
      throw .notPossible("\(name) holds no pages; alloc_pages takes some")
    }
    _ = try told(["free_pages"], [guest.layout.direct(block.pfn), UInt64(block.order)])
  }

  /// Gives back a block by its first frame; only what was allocated here, as the kernel would stop.
  mutating func free(at pfn: PFN, order: Int) throws(LabError) {
    let wanted = GuestBlock(pfn: pfn, order: order)
    guard let name = blocks.first(where: { $0.value == wanted })?.key else {
      throw .notPossible("no block of order \(order) at \(pfn) was allocated here")
    }
    try free(name, inSoftirq: false)
  }

  /// The names of the function that makes an area with pages of its own, and its arguments. The allocator
  /// of huge pages takes a node from 6.15 on: NUMA_NO_NODE.
  static func vmalloc(
    _ pages: PageCount, allowsHuge: Bool,
  ) -> (names: [String], arguments: [UInt64]) {
    guard allowsHuge else { return (["vmalloc_noprof", "vmalloc"], [pages.bytes]) }
    let names = ["vmalloc_huge_node_noprof", "vmalloc_huge_noprof", "vmalloc_huge"]
    return (names, [pages.bytes, gfpKernel, UInt64(UInt32.max)])
  }

  /// Makes an area with pages of its own.
  mutating func allocate(
    area name: Name, _ pages: PageCount, _ options: UserCall.VmallocOptions,
  ) throws(LabError) -> ReturnCode {
    guard blocks[name] == nil, areas[name] == nil else {
      throw .notPossible("\(name) is in use; free it first or choose another name")
    }
    guard options.node == nil, !options.isInterleaved else {
      throw .notPossible("of a real kernel vmalloc is asked for no node and no interleaving")
    }
    let (names, arguments) = Self.vmalloc(pages, allowsHuge: options.allowsHuge)
    let address = try told(names, arguments)
    guard address != 0 else { return .noMemory }
    areas[name] = address
    return .success
  }

  /// Frees such an area.
  mutating func free(area name: Name) throws(LabError) {
    guard let address = areas.removeValue(forKey: name) else {
      throw .notPossible("no area is called \(name); make one with vmalloc")
    }
    _ = try told(["vfree"], [address])
  }

  /// Calls a function, and tells of it with what it returned.
  func told(_ names: [String], _ arguments: [UInt64]) throws(LabError) -> UInt64 {
    let name = names.first { guest.has([$0]) } ?? names[0]
    let place = guest.noteCall(of: name, arguments)
    let word = try guest.call([name], arguments, looking: true)
    guest.noteReturn(of: place, word)
    return word
  }

  /// A call with the frames that names of allocated blocks stand for.
  func resolved(_ call: Call) -> Call {
    func frame(_ target: Call.Target) -> Call.Target {
      guard case .area(let name, let page) = target, let block = blocks[name] else { return target }
      return .frame(block.pfn + page)
    }
    switch call {
    case .setMemory(let operation, let target, let pages):
      return .setMemory(operation, frame(target), pages)
    case .touch(let access, let target, let pages): return .touch(access, frame(target), pages)
    case .poke(let target, let bits): return .poke(frame(target), bits)
    case .linearMap(.setMemoryValid(let target, let pages, let isValid)):
      return .linearMap(.setMemoryValid(frame(target), pages, isValid))
    case .function(let function):
      let arguments = function.arguments.map { argument in
        guard case .area(let name, let page) = argument, let block = blocks[name] else {
          return argument
        }
        return .frame(block.pfn + page)
      }
      return .function(FunctionCall(function.name, arguments))
    case .linearMap, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .vmap,
      .vmapPageRange, .vunmap, .user, .policy, .process, .collapse, .allocPages, .freePages,
      .freePagesAt, .drainPages, .age, .scatter:
      return call
    }
  }

  /// Whether those of some pages that lie in a block of 2M were allocated for a name.
  func isAllocated(_ pfn: PFN, _ pages: PageCount, inBlock block: UInt64) -> Bool {
    let first = max(pfn, PFN(block << 9))
    let end = min(pfn + pages, PFN((block + 1) << 9))
    return blocks.values.contains {
      $0.pfn <= first && end <= $0.pfn + PageCount(1 << UInt64($0.order))
    }
  }
}

extension MigrateType {
  /// The bits of a request that ask for it: ___GFP_RECLAIMABLE and ___GFP_MOVABLE.
  fileprivate var gfp: UInt64 {
    switch self {
    case .movable: 0x08
    case .reclaimable: 0x10
    case .unmovable, .highAtomic, .cma, .isolate, .unmapped: 0
    }
  }
}
