/// Why a call cannot be made. The machine is as it was.
public enum CallError: Error, Equatable, Sendable {
  /// The address is no RAM of this machine and in no area.
  case notMapped(VirtualAddress)
  /// The frame is no RAM of this machine, whose RAM ends below `end`.
  case noSuchFrame(PFN, end: PFN)
  /// The range goes on past the end of the RAM or of the area; this many pages would fit.
  case tooManyPages(PageCount, available: PageCount)
  /// The target begins behind the last page of the area.
  case pastArea(Name, pages: PageCount)
  /// This many pages, changed one by one, could take more page tables than the simulation allows.
  case tooManyTables(PageCount, limit: PageCount)
  /// This many pages are mapped one by one that the page tables of another call might not fit.
  case tablesUsedUp(PageCount)
  /// A count of 0.
  case noPages
  /// A virtual address that no 4-level machine has.
  case notCanonical(VirtualAddress)
  /// There is no area of this name.
  case unknownArea(Name)
  /// There is an area of this name already.
  case areaExists(Name)
  /// The wanted addresses are in use, misaligned, or outside the vmalloc space.
  case placeTaken(VirtualAddress)
  /// The vmalloc space has no room left for this many pages.
  case noRoom(PageCount)
  /// A mapping of large leaves must begin at a 2M boundary and be a multiple of 512 pages long.
  case notBlocks(PFN, PageCount)
  /// Somebody has this name already.
  case nameTaken(Name)
  /// The name has no room for the ending of its parts.
  case nameTooLong(Name)
  /// Nothing of this kind has this name.
  case nothingLoaded(Name, Area.Kind)
  /// No page of memfd_secret has this name.
  case noSecret(Name)
  /// More bytes than the module area has room for.
  case moduleTooLarge(Name, UInt64)
  /// The page is mapped by a large leaf.
  case notSplit(VirtualAddress)
  /// A large leaf is not present, or is to be so no more: that is not P alone.
  case presenceOfLargeLeaf(VirtualAddress)
  /// These bits of an entry cannot be changed alone.
  case bitsNotPoked(EntryFlags)
  /// There is no such node.
  case noSuchNode(Int, nodes: Int)
  /// All nodes were to take turns, and one was to serve alone.
  case interleavedNode(Int)
  /// The frame is RAM, which `ioremap()` refuses.
  case ramRemapped(PFN)
  /// Device memory is simulated for x86-64 only.
  case noDeviceMemory(Architecture)
  /// An alignment in bytes is no power of two from 4K to 1T.
  case badAlignment(UInt64)
  /// The policy is not on.
  case policyOff(PolicyName)
  /// The policy has nothing to turn on and off.
  case noSwitch(PolicyName)
  /// The policy has no shrinker.
  case noShrinker(PolicyName)
  /// Reclaim has priorities 12 to 0.
  case badPriority(Int)
  /// The kernel stopped in an earlier call.
  case stopped(KernelBug)
  /// Nothing of this name was made by a command; which.
  case nothingHeld(Name, String)
  /// The CPU may not access the page so: it is not present, or read-only.
  case pageFault(VirtualAddress, isPresent: Bool)
  /// The page allocator has nothing to do with such a request.
  case memory(MemoryError)
  /// A process, its address space or its zapping cannot do what was asked.
  case process(ProcessError)
  /// The linear map of arm64 cannot do what was asked.
  case linearMap(LinearMapError)
  /// The call was stopped before it was done.
  case interrupted
  /// A kernel outside of the simulation was to make the call, and could not: its reason and a way out.
  case outside(String)
  /// A function called by hand, which only a real kernel has.
  case needsRealKernel(String)
  /// Only the kernels of this architecture have the call.
  case needsArchitecture(Architecture)
}

extension CallError: CustomStringConvertible {
  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .notMapped(let address):
      "no RAM and no area at \(address.hex); name a page of the direct map or of a vmap area"
    case .noSuchFrame(let pfn, let end):
      "no RAM at pfn \(pfn.hex); the RAM of this machine ends below pfn \(end.hex)"
    case .tooManyPages(let asked, let available):
      "\(asked.rawValue) pages go past the end; \(available.rawValue) fit from here"
    case .pastArea(let name, let pages):
      "area \(name) has \(counted(pages.rawValue, "page")); the last is \(name)+\(pages.rawValue - 1)"
    case .tooManyTables(let asked, let limit):
      "\(asked.rawValue) pages one by one could take more than 1 GiB of page tables; "
        + "ask for \(limit.rawValue) or fewer"
    case .tablesUsedUp(let single):
      "\(single.rawValue) pages are mapped one by one already, and the limit of all page tables is "
        + "2 GiB; ask for fewer pages, or vunmap areas"
    case .noPages:
      "a call needs at least 1 page"
    case .notCanonical(let address):
      address.isCanonicalWithFiveLevels
        ? "\(address.hex) is no address of a machine with 4-level page tables"
        : "\(address.hex) is no address of any machine: its upper bits are not all equal"
    case .unknownArea(let name):
      "no area is called \(name); make one with vmap"
    case .areaExists(let name):
      "there is an area \(name) already; vunmap it first or choose another name"
    case .placeTaken(let address):
      "an area cannot be placed at \(address.hex): in use, misaligned or outside vmalloc space"
    case .noRoom(let pages):
      "the vmalloc space has no room for \(counted(pages.rawValue, "page"))"
    case .notBlocks(let pfn, let pages):
      "pfn \(pfn.hex) + \(pages.rawValue) pages are no 2M blocks; begin at a multiple of 512 "
        + "frames and give a multiple of 512 pages"
    case .nameTaken, .nameTooLong, .nothingLoaded, .noSecret, .nothingHeld, .moduleTooLarge,
      .notSplit, .presenceOfLargeLeaf, .bitsNotPoked,
      .noSuchNode, .interleavedNode, .ramRemapped, .noDeviceMemory, .badAlignment, .policyOff,
      .noSwitch, .noShrinker, .badPriority:
      reasonOfUsers
    case .stopped(let bug): "the kernel has stopped: \(bug); go back before the call that did it"
    case .pageFault(let address, let isPresent):
      isPresent
        ? "page fault: \(address.hex) is read-only; set_memory_rw it before writing"
        : "page fault: \(address.hex) is not present"
    case .memory(let error): error.description
    case .process(let error): error.description
    case .linearMap(let error): error.description
    case .interrupted: "stopped before it was done"
    case .outside(let reason): reason
    case .needsRealKernel(let name):
      "no rule of the simulation stands for \(name); call it on a real kernel, with directmap lab or "
        + "run --on"
    case .needsArchitecture(let architecture):
      "only kernels for \(architecture.rawValue) have this call; choose such a machine and kernel"
    }
  }
}

extension CallError {
  /// The reasons that the users of special permissions, and policies, can give.
  private var reasonOfUsers: String {
    switch self {
    case .nameTaken(let name):
      "\(name) is in use; free it first or choose another name"
    case .nameTooLong(let name):
      "\(name) is too long for the names of its parts; give at most \(Name.limit - 8) characters"
    case .nothingLoaded(let name, let kind):
      "no \(kind.words) is called \(name); load it first"
    case .noSecret(let name):
      "no secret page is called \(name); make one with secretmem fault"
    case .nothingHeld(let name, let command):
      "nothing is called \(name) that \(command) made; make it first"
    case .moduleTooLarge(let name, let bytes):
      "\(name): \(bytes) bytes are too many; at most \(ModuleSizes.limit)"
    case .notSplit(let address):
      "\(address.hex) is mapped by a large leaf, and KFENCE changes 4K entries only; "
        + "set_memory_4k it first"
    case .presenceOfLargeLeaf(let address):
      "\(address.hex) is mapped by a large leaf, whose absence is more than P; set_memory_4k it first"
    case .bitsNotPoked(let flags):
      "bits \(flags.rawValue.paddedHex) say where an entry points, or are none of x86-64; give others"
    case .noSuchNode(let node, let nodes):
      "there is no node \(node); this machine has nodes 0 to \(nodes - 1)"
    case .interleavedNode(let node):
      "all nodes cannot take turns and node \(node) serve alone; leave out interleave or node"
    case .ramRemapped(let pfn):
      "pfn \(pfn.hex) is RAM, and ioremap refuses RAM; give frames of a device, or use vmap"
    case .noDeviceMemory(let architecture):
      "device memory of \(architecture.rawValue) is not simulated; choose an x86-64 machine"
    case .badAlignment(let bytes):
      "\(bytes) is no alignment; give a power of two from 4K to 1T"
    case .policyOff(let name):
      "\(name.rawValue) is not on; choose it with policy before the first call"
    case .noSwitch(let name):
      "\(name.rawValue) has nothing to turn on and off while the machine runs"
    case .noShrinker(let name): "\(name.rawValue) has no shrinker"
    case .badPriority(let priority):
      "\(priority) is no priority of reclaim; give 12 (light) to 0 (desperate)"
    default: ""
    }
  }
}

extension Area.Kind {
  /// What the area is, for a reader.
  public var words: String {
    switch self {
    case .vmap: "vmap area"
    case .vmalloc: "vmalloc area"
    case .module: "module"
    case .ftrace: "ftrace trampoline"
    case .kprobe: "kprobe page"
    case .bpf: "BPF program"
    case .progPack: "BPF pack"
    case .roxBlock: "block of executable memory"
    case .execmem: "executable memory"
    case .ioremap: "ioremap area"
    case .pageArray: "page array"
    }
  }
}

extension VirtualAddress {
  /// The address as `0x` and hexadecimal digits.
  public var hex: String { "0x" + String(rawValue, radix: 16) }
}

extension PFN {
  /// The frame number as `0x` and hexadecimal digits.
  public var hex: String { "0x" + String(rawValue, radix: 16) }
}

extension UInt64 {
  /// The word as `0x` and sixteen hexadecimal digits.
  public var paddedHex: String { "0x" + paddedDigits }

  /// The word as sixteen hexadecimal digits.
  public var paddedDigits: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

extension PhysicalAddress {
  /// The address as `0x` and hexadecimal digits.
  public var hex: String { "0x" + String(rawValue, radix: 16) }
}
