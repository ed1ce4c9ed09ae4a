/// What the users of special permissions keep, and what policies keep beside the page tables.
struct Kept: Equatable, Sendable {
  /// The packs that BPF programs share, oldest first.
  var packs: [ProgPack] = []
  /// The BPF programs, in the order in which they were loaded.
  var programs: [BPFProgram] = []
  /// How often branch predictors were flushed for a classic program.
  var predictorFlushes = 0
  /// How many packs and blocks there ever were, for their names.
  var serial = 0
  /// The cache of read-only executable memory.
  var rox = ROXCache()
  /// Pages of memfd_secret.
  var secrets: [SecretPage] = []
  /// Guests whose memory is outside the direct map, in the order of their first fault.
  var guests: [GuestMemory] = []
  /// Control pages of kernels that kexec has loaded.
  var kexecs: [ControlPage] = []
  /// Page tables of processes that are made by a command (arm64).
  var pageTables: [TablePages] = []
  /// What stands between requests and the page allocator.
  var supply = PageSupply()
  /// What the reclaim loop keeps for next time, for each shrinker and node.
  var deferred: [Shrunk: Int] = [:]

  /// A shrinker and a node.
  struct Shrunk: Hashable, Sendable {
    var policy: PolicyName
    var node: Int
  }

  /// What policies keep.
  var policies = PolicyStates()
}

/// A change of what users keep.
public enum KeptChange: Equatable, Sendable {
  /// A pack was made, with this many chunks of 64 bytes.
  case packAdded(Name, chunks: Int)
  /// A pack may be remembered by branch predictors: it is new, or a program left it.
  case packDirtied(Name)
  /// Branch predictors were flushed before a classic program came into a pack: all packs are clean.
  case predictorFlushed(before: Name)
  /// A pack went.
  case packRemoved(Name)
  /// A program was put into a pack, or into an area of its own.
  case programAdded(BPFProgram)
  /// A program went.
  case programRemoved(Name)
  /// Addresses became free in the cache of read-only executable memory.
  case roxFreed(Range<VirtualAddress>)
  /// Addresses were taken out of the free part of the cache.
  case roxTaken(Range<VirtualAddress>)
  /// Somebody holds addresses of the cache.
  case roxBusy(Name, Range<VirtualAddress>)
  /// Nobody holds them any more.
  case roxIdle(Name)
  /// A secret page was faulted in.
  case secretAdded(SecretPage)
  /// A secret page was released.
  case secretRemoved(Name)
  /// A page of a guest left the direct map.
  case guestPageAdded(SecretPage)
  /// All of a guest's memory went.
  case guestRemoved(Name)
  /// kexec has a control page.
  case kexecAdded(ControlPage)
  /// The control page goes.
  case kexecRemoved(Name)
  /// A process has a page table more.
  case tablePageAdded(Name, PFN)
  /// The page tables of a process go.
  case tablePagesRemoved(Name)
  /// The reclaim loop keeps this many pages for next time.
  case reclaimDeferred(PolicyName, node: Int, Int)
  /// The number for the next name was used.
  case serialUsed
}

extension Kept {
  mutating func apply(_ change: KeptChange) {
    switch change {
    case .packAdded(let name, let chunks): packs.append(ProgPack(name: name, chunks: chunks))
    case .packDirtied(let name):
      for index in packs.indices where packs[index].name == name { packs[index].isDirty = true }
    case .predictorFlushed:
      for index in packs.indices { packs[index].isDirty = false }
      predictorFlushes += 1
    case .packRemoved(let name): packs.removeAll { $0.name == name }
    case .programAdded(let program):
      programs.append(program)
      setChunks(of: program, used: true)
    case .programRemoved(let name):
      guard let index = programs.firstIndex(where: { $0.name == name }) else { return }
      setChunks(of: programs.remove(at: index), used: false)
    case .roxFreed(let range): rox.addFree(range)
    case .roxTaken(let range): rox.removeFree(range)
    case .roxBusy(let name, let range): rox.busy.append(ROXCache.Busy(name: name, range: range))
    case .roxIdle(let name): rox.busy.removeAll { $0.name == name }
    case .secretAdded(let page): secrets.append(page)
    case .secretRemoved(let name): secrets.removeAll { $0.name == name }
    case .guestPageAdded(let page):
      let name = page.name
      if let index = guests.firstIndex(where: { $0.name == name }) {
        guests[index].pages.append(page)
      } else {
        guests.append(GuestMemory(name: name, pages: [page]))
      }
    case .guestRemoved(let name): guests.removeAll { $0.name == name }
    case .kexecAdded(let page): kexecs.append(page)
    case .kexecRemoved(let name): kexecs.removeAll { $0.name == name }
    case .tablePageAdded(let name, let pfn):
      if let index = pageTables.firstIndex(where: { $0.name == name }) {
        pageTables[index].pages.append(pfn)
      } else {
        pageTables.append(TablePages(name: name, pages: [pfn]))
      }
    case .tablePagesRemoved(let name): pageTables.removeAll { $0.name == name }
    case .reclaimDeferred(let name, let node, let count):
      deferred[Shrunk(policy: name, node: node)] = count
    case .serialUsed: serial += 1
    }
  }

  private mutating func setChunks(of program: BPFProgram, used: Bool) {
    guard let pack = program.pack, let index = packs.firstIndex(where: { $0.name == pack }) else {
      return
    }
    packs[index].set(program.chunks, used: used)
  }
}
