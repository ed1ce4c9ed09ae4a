import Engine

/// Makes the calls of the language on a guest: which functions of its kernel they are, with which
/// arguments.
struct GuestCalls {
  let guest: Guest
  /// The frames that were taken from the kernel's page allocator, in blocks of 2M, so that nobody uses
  /// them while their permissions change.
  var taken: Set<UInt64> = []
  /// The guest's addresses of the areas that were made.
  var areas: [Name: UInt64] = [:]
  /// What the guest's process holds under names: how it is given back.
  var held: [Name: GuestOrder] = [:]
  /// The ranges of its memory among them.
  var ranges: [Name: GuestRange] = [:]
  /// The blocks that were allocated for names.
  var blocks: [Name: GuestBlock] = [:]
  /// The address of the page that arrays of pages are put into.
  private var arrayPage: UInt64?

  init(_ guest: Guest) { self.guest = guest }

  /// What a call came to.
  struct Result {
    /// What the function returned; `.notImplemented` where the kernel has no such function.
    var returned: ReturnCode
    /// The call as it was made: an area with the address that the kernel chose.
    var call: Call
  }

  /// The most frames of an array: a block of 4 MiB holds their pointers.
  private static let arrayLimit: UInt64 = 1 << 19
  static let gfpKernel: UInt64 = 0xcc0
  /// The names of `__get_free_pages()`, which has another since 6.10.
  static let getFreePages = ["get_free_pages_noprof", "__get_free_pages"]
  /// `__GFP_ZERO`.
  static let gfpZero: UInt64 = 0x100

  /// Makes a call.
  ///
  /// - Parameter isAgain: whether the guest was brought back and makes a call that it had made: then an area
  ///   must get the address that it had.
  mutating func make(_ call: Call, isAgain: Bool = false) throws(LabError) -> Result {
    let code: Int32
    switch call {
    case .setMemory(let operation, let target, let pages):
      let address = try self.address(of: target, pages)
      code = try status([operation.name], [address, pages.rawValue])
    case .setPages(let operation, let pfn, let pages):
      try take(pfn, pages)
      code = try status([operation.name], [guest.layout.page(pfn), pages.rawValue])
    case .setPagesArray(let operation, let frames):
      for frame in Self.frames(frames) { try take(frame, 1) }
      let array = try array(of: frames)
      code = try status([operation.name], [array, frames.count.rawValue])
    case .setDirectMap(let operation, let pfn, let pages):
      code = try each(pfn, pages, [operation.name])
    case .setDirectMapValid(let pfn, let pages, let isValid):
      try take(pfn, pages)
      code = try status(
        ["set_direct_map_valid_noflush"],
        [guest.layout.page(pfn), pages.rawValue, isValid ? 1 : 0])
    case .touch(let access, let target, let pages):
      code = try touch(access, target, pages)
    case .vmap(let name, let frames, let place):
      return try map(name, frames, place, isAgain)
    case .vmapPageRange(let name, let pfn, let pages, let place):
      return try mapRange(name, pfn, pages, place, isAgain)
    case .vunmap(let name):
      guard let area = areas.removeValue(forKey: name) else {
        throw .notPossible("no area is called \(name); make one with vmap")
      }
      _ = try guest.call(["vunmap"], [area], looking: true)
      code = 0
    case .linearMap(.setMemoryValid(let target, let pages, let isValid)):
      let address = try self.address(of: target, pages)
      code = try status(["set_memory_valid"], [address, pages.rawValue, isValid ? 1 : 0])
    case .linearMap(.addMemory(let pfn, let pages)):
      code = try addMemory(pfn, pages)
    case .user(.moduleLoad(let name, _)):
      code = Int32(clamping: try guest.carryOut(.insertModule("\(name).ko"), looking: true))
    case .user(.moduleUnload(let name)):
      code = Int32(clamping: try guest.carryOut(.removeModule("\(name)"), looking: true))
    case .function(let function): return try self.call(function)
    case .allocPages(let name, let order, let type, let node, let traits):
      code = try allocate(name, order: order, type, node: node, traits).rawValue
    case .freePages(let name, let inSoftirq):
      try free(name, inSoftirq: inSoftirq)
      code = 0
    case .drainPages:
      try drain()
      code = 0
    case .freePagesAt(let pfn, let order):
      try free(at: pfn, order: order)
      code = 0
    case .user(.vmalloc(let name, let pages, let options)):
      code = try allocate(area: name, pages, options).rawValue
    case .user(.vfree(let name)):
      try free(area: name)
      code = 0
    case .user(let user):
      guard let done = try perform(user) else { throw Self.notAFunction }
      code = done.rawValue
    case .process(let process):
      guard let done = try perform(process) else { throw Self.notAFunction }
      code = done.rawValue
    case .poke, .policy, .linearMap, .collapse, .age, .scatter:
      throw Self.notAFunction
    }
    return Result(returned: ReturnCode(rawValue: code), call: call)
  }

  private static let notAFunction = LabError.notPossible(
    "no function of a real kernel stands for this line")

  // MARK: - Calling

  /// Calls any function by hand. What an `int` function returned is a result like that of a call; the whole
  /// word is told with the function.
  private mutating func call(_ function: FunctionCall) throws(LabError) -> Result {
    try checkRemoval(function)
    var arguments: [UInt64] = []
    for argument in function.arguments {
      switch argument {
      case .number(let number): arguments.append(number)
      case .page(let pfn): arguments.append(guest.layout.page(pfn))
      // By hand also what the kernel uses itself.
      case .frame(let pfn): arguments.append(guest.layout.direct(pfn))
      case .area(let name, let page):
        arguments.append(try address(of: .area(name, page: page), 1))
      }
    }
    let place = guest.noteCall(of: function.name, arguments)
    let word = try guest.call([function.name], arguments, looking: true)
    guest.noteReturn(of: place, word)
    let code = Int32(truncatingIfNeeded: word)
    let isError = (-4095..<0).contains(code) && (word >> 32 == 0 || word >> 32 == 0xffff_ffff)
    return Result(
      returned: isError ? ReturnCode(rawValue: code) : .success, call: .function(function))
  }

  /// Calls a function that returns an `int`. Where the kernel has none of the names, that is `-ENOSYS`.
  private func status(_ names: [String], _ arguments: [UInt64]) throws(LabError) -> Int32 {
    guard guest.has(names) else { return ReturnCode.notImplemented.rawValue }
    return Int32(truncatingIfNeeded: try guest.call(names, arguments, looking: true))
  }

  /// Calls a function for each frame, up to the first that fails.
  private mutating func each(
    _ pfn: PFN, _ pages: PageCount, _ names: [String],
  ) throws(LabError) -> Int32 {
    try take(pfn, pages)
    for page in 0..<pages.rawValue {
      let code = try status(names, [guest.layout.page(pfn + PageCount(page))])
      if code != 0 { return code }
    }
    return 0
  }

  /// Has the CPU read or write a byte of each page, by the kernel's own functions for strings.
  private mutating func touch(
    _ access: Call.Access, _ target: Call.Target, _ pages: PageCount,
  ) throws(LabError) -> Int32 {
    let address = try self.address(of: target, pages)
    // The last page is touched at its first byte, so that not more than the pages is.
    let bytes = (pages.rawValue - 1) << 12 + 1
    switch access {
    case .write: _ = try guest.call(["memset", "__memset"], [address, 1, bytes])
    case .read: _ = try guest.call(["memcmp"], [address, address, bytes])
    }
    return 0
  }

  // MARK: - Areas

  private mutating func map(
    _ name: Name, _ frames: FrameStride, _ place: VirtualAddress?, _ isAgain: Bool,
  ) throws(LabError) -> Result {
    guard place == nil || isAgain else {
      throw .notPossible("a real kernel chooses the address of an area itself; leave out at")
    }
    for frame in Self.frames(frames) { try take(frame, 1) }
    let array = try array(of: frames)
    // VM_MAP, and PAGE_KERNEL.
    let address = try guest.call(
      ["vmap"], [array, frames.count.rawValue, 4, guest.pageKernel],
      looking: true)
    guard address != 0 else { throw .noMemory("an area") }
    let start = try self.name(name, address, place)
    return Result(returned: .success, call: .vmap(name, frames, at: start))
  }

  private mutating func mapRange(
    _ name: Name, _ pfn: PFN, _ pages: PageCount, _ place: VirtualAddress?, _ isAgain: Bool,
  ) throws(LabError) -> Result {
    guard place == nil || isAgain else {
      throw .notPossible("a real kernel chooses the address of an area itself; leave out at")
    }
    try take(pfn, pages)
    // VM_IOREMAP, which is aligned to its size. The address is the second word of `struct vm_struct`.
    let area = try guest.call(["get_vm_area"], [pages.bytes, 1])
    guard area != 0,
      let address = guest.words(atPhysical: guest.layout.physical(ofDirect: area), count: 2)?[1]
    else { throw .noMemory("an area") }
    let code = try status(
      ["vmap_page_range", "ioremap_page_range"],
      [address, address &+ pages.bytes, pfn.rawValue << 12, guest.pageKernel])
    let start = try self.name(name, address, place)
    return Result(
      returned: ReturnCode(rawValue: code), call: .vmapPageRange(name, pfn, pages, at: start))
  }

  /// Keeps the address of a new area; gives it as it is here.
  private mutating func name(
    _ name: Name, _ address: UInt64, _ wanted: VirtualAddress?,
  ) throws(LabError) -> VirtualAddress {
    let start = guest.layout.areaAddress(of: address)
    guard wanted == nil || wanted == start else {
      throw .notPossible("brought back, the kernel chose another address for the area \(name)")
    }
    areas[name] = address
    return start
  }

  /// Puts the `struct page` of frames into memory of the kernel; the address of the first.
  private mutating func array(of frames: FrameStride) throws(LabError) -> UInt64 {
    guard frames.count.rawValue <= Self.arrayLimit else {
      throw .notPossible(
        "an array of more than \(Self.arrayLimit) frames does not fit into a block")
    }
    let words = Self.frames(frames).map { guest.layout.page($0) }
    let small = words.count <= 512
    let address: UInt64
    if small, let arrayPage {
      address = arrayPage
    } else {
      var order: UInt64 = 0
      while words.count > 512 << order { order += 1 }
      address = try guest.call(
        Self.getFreePages, [Self.gfpKernel, order])
      guard address != 0 else { throw .noMemory("an array of pages") }
      if small { arrayPage = address }
    }
    guard guest.qemu.memory.write(words, at: guest.layout.physical(ofDirect: address)) else {
      throw .notUnderstood("page at 0x" + String(address, radix: 16))
    }
    return address
  }

  private static func frames(_ frames: FrameStride) -> [PFN] {
    (0..<frames.count.rawValue).map { frames.first + PageCount($0 * frames.stride.rawValue) }
  }

  // MARK: - Frames

  /// The guest's address of a target. Frames of the direct map are taken from the kernel first.
  private mutating func address(
    of target: Call.Target, _ pages: PageCount,
  ) throws(LabError) -> UInt64 {
    switch target {
    case .frame(let pfn):
      try take(pfn, pages)
      return guest.layout.direct(pfn)
    case .virtual(let address):
      if let pfn = AddressLayout.directMapFrame(of: address) { try take(pfn, pages) }
      return guest.layout.guestAddress(of: address)
    case .area(let name, let page):
      guard let area = areas[name] else {
        throw .notPossible("no area is called \(name); make one with vmap")
      }
      return area &+ page.bytes
    }
  }

  /// Takes frames from the kernel's page allocator, so that it gives them to nobody else.
  mutating func take(_ pfn: PFN, _ pages: PageCount) throws(LabError) {
    guard pages.rawValue > 0 else { return }
    let last = (pfn.rawValue + pages.rawValue - 1) >> 9
    var block = pfn.rawValue >> 9
    while block <= last {
      guard !taken.contains(block), !isAllocated(pfn, pages, inBlock: block) else {
        block += 1
        continue
      }
      var end = block + 1
      while end <= last, !taken.contains(end), !isAllocated(pfn, pages, inBlock: end) { end += 1 }
      guard try allocate(block << 9..<end << 9) else {
        throw .framesInUse(first: block << 9, pages: (end - block) << 9)
      }
      taken.formUnion(block..<end)
      block = end
    }
  }

  /// Takes a range of frames; false if one of them is in use.
  private func allocate(_ frames: Range<UInt64>) throws(LabError) -> Bool {
    // The third argument was the migrate type, MIGRATE_MOVABLE, before it was a set of flags.
    let takesFlags = guest.facts.version.map { $0 >= KernelVersion(major: 6, minor: 16) } ?? true
    let code = try guest.call(
      ["alloc_contig_range_noprof", "alloc_contig_range"],
      [frames.lowerBound, frames.upperBound, takesFlags ? 0 : 1, Self.gfpKernel])
    return Int32(truncatingIfNeeded: code) == 0
  }
}
