// A past for memory: what a machine did before the experiment begins. No kernel code is modelled
// here; the mixture is made up, and `docs/model.md` tells what it is.

extension PhysicalMemory {
  /// The most random operations and pages that one call may ask for.
  public static let agingLimit = 10_000_000
  /// The most single pages that one call may take: 64 GiB.
  public static let scatterLimit: PageCount = 16_777_216

  /// Lives through this many random requests and releases of several owners, and tells no one the
  /// details: the same seed gives the same memory.
  public mutating func age(seed: UInt64, operations: Int) {
    apply(.aged(seed: seed, operations: operations))
  }

  /// Takes single pages of kernel memory (Unmovable), then gives this many percent of them back, chosen
  /// at random and in random order.
  ///
  /// - Returns: whether there were enough pages; if not, nothing is kept of them.
  @discardableResult
  mutating func scatter(
    _ owner: Owner, _ pages: PageCount, percentFreed: Int, seed: UInt64,
  ) -> Bool {
    var sink = SilentSink()
    var frames: [PFN] = []
    frames.reserveCapacity(Int(pages.rawValue))
    while frames.count < Int(pages.rawValue) {
      guard let pfn = allocate(order: 0, type: .unmovable, owner: owner, &sink) else {
        return false
      }
      frames.append(pfn)
    }
    var random = SeededNumbers(seed: seed)
    let freed = frames.count * min(max(percentFreed, 0), 100) / 100
    for index in 0..<freed {
      frames.swapAt(index, index + random.index(below: frames.count - index))
      giveBack(frames[index], 0)
    }
    return true
  }

  private mutating func giveBack(_ pfn: PFN, _ order: Int) {
    var sink = SilentSink()
    do { _ = try free(pfn, order: order, &sink) } catch {
      preconditionFailure("A block that was allocated here cannot be freed: \(error)")
    }
  }

  mutating func performScattering(
    _ owner: Owner, _ pages: PageCount, percentFreed: Int, seed: UInt64,
  ) {
    scatter(owner, pages, percentFreed: percentFreed, seed: seed)
  }

  mutating func performAging(seed: UInt64, operations: Int) {
    var life = Life(seed: seed, operations: operations, memory: &self)
    life.liveThrough(&self)
  }
}

/// The owners and the state of a long random life.
private struct Life {
  /// What one kind of owner asks for.
  struct Habit {
    let owner: Owner
    let type: MigrateType
    /// How many of 100 requests are its.
    let share: UInt64
    /// Its requests have orders up to this, the higher ones less often.
    let orderMax: Int
    /// One in this many of its requests is for a whole 2M; 0 for none.
    let oneHugeIn: UInt64
  }

  var random: SeededNumbers
  let operations: Int
  let habits: [Habit]
  /// What is held: first frame and order, packed.
  var held: [UInt64] = []
  var heldPages: UInt64 = 0
  /// The pages that are held at the height of it.
  let peak: UInt64

  init(seed: UInt64, operations: Int, memory: inout PhysicalMemory) {
    random = SeededNumbers(seed: seed)
    self.operations = operations
    func owner(_ name: String) -> Owner {
      var sink = SilentSink()
      return Name(name).map { memory.owner(named: $0, &sink) } ?? .kernel
    }
    habits = [
      Habit(owner: owner("users"), type: .movable, share: 45, orderMax: 0, oneHugeIn: 400),
      Habit(owner: owner("files"), type: .movable, share: 25, orderMax: 2, oneHugeIn: 0),
      Habit(owner: owner("slab"), type: .reclaimable, share: 14, orderMax: 3, oneHugeIn: 0),
      Habit(owner: owner("kernel_data"), type: .unmovable, share: 16, orderMax: 3, oneHugeIn: 0),
    ]
    // Memory is nearly full before it is given up again, if that many operations can fill it.
    let usable = memory.freePages.rawValue / 100 * 92
    peak = min(usable, UInt64(max(operations, 0)))
    held.reserveCapacity(operations)
  }

  /// Fills up, goes on with as many releases as requests, and gives up about a third in the end.
  mutating func liveThrough(_ memory: inout PhysicalMemory) {
    for step in 0..<max(operations, 0) {
      let isEnding = step >= operations - operations / 5
      let takes: UInt64 = heldPages >= peak ? 20 : isEnding ? 15 : 75
      if random.next(below: 100) < takes || held.isEmpty {
        take(&memory)
      } else {
        give(&memory)
      }
    }
  }

  private mutating func take(_ memory: inout PhysicalMemory) {
    var share = random.next(below: 100)
    var choice = 0
    while choice < habits.count - 1, share >= habits[choice].share {
      share -= habits[choice].share
      choice += 1
    }
    let habit = habits[choice]
    var order = 0
    if habit.oneHugeIn > 0, random.next(below: habit.oneHugeIn) == 0 {
      order = PhysicalMemory.pageblockOrder
    } else {
      while order < habit.orderMax, random.next(below: 4) == 0 { order += 1 }
    }
    var sink = SilentSink()
    let pfn = memory.allocate(order: order, type: habit.type, owner: habit.owner, &sink)
    guard let pfn else { return give(&memory) }
    held.append(pfn.rawValue << 4 | UInt64(order))
    heldPages += 1 << UInt64(order)
  }

  /// Any block, as caches do, or one of those taken last, as tasks that end do.
  private mutating func give(_ memory: inout PhysicalMemory) {
    guard !held.isEmpty else { return }
    let recent = min(held.count, 64)
    let index =
      random.next(below: 3) == 0
      ? held.count - 1 - random.index(below: recent) : random.index(below: held.count)
    let block = held[index]
    held[index] = held[held.count - 1]
    held.removeLast()
    let order = Int(block & 15)
    var sink = SilentSink()
    do { _ = try memory.free(PFN(block >> 4), order: order, &sink) } catch {
      preconditionFailure("A block that was allocated here cannot be freed: \(error)")
    }
    heldPages -= 1 << UInt64(order)
  }
}
