// The shortest way from the flags of an entry to others: by the masks that the calls really use.

/// Something that can be done to an entry, and what it does to its flags in 4K layout.
struct FlagMove {
  /// What is done.
  var act: Remedy.Act
  var set: EntryFlags
  var clear: EntryFlags
  /// The flags that the entry must have.
  var needs: EntryFlags = []
  /// The cache type that the kernel's books have afterwards; those that give another than write-back
  /// need it to be write-back before.
  var type: MemoryType?
  /// Whether it is a request to CPA and not an access.
  var isRequest = true

  init(_ act: Remedy.Act, set: EntryFlags, clear: EntryFlags) {
    self.act = act
    self.set = set
    self.clear = clear
  }
}

extension Machine {
  /// All that can be done to an entry at an address, the most telling first: of ways of one length, the
  /// first found counts.
  func flagMoves(at address: VirtualAddress) -> [FlagMove] {
    let operations: [SetMemory] = [
      .p, .rw, .ro, .nx, .x, .rox, .wb, .uc, .wc, .wt, .global, .nonglobal, .encrypted, .decrypted,
    ]
    var moves = operations.compactMap { move($0, at: address) }
    if !exists(.p), AddressLayout.directMapFrame(of: address) != nil {
      moves.append(FlagMove(.directMapDefault, set: [.present, .writable], clear: []))
    }
    var write = FlagMove(.touch(.write), set: [.accessed, .dirty], clear: [])
    write.needs = [.present, .writable]
    write.isRequest = false
    var read = FlagMove(.touch(.read), set: .accessed, clear: [])
    read.needs = .present
    read.isRequest = false
    return moves + [write, read]
  }

  /// What a call of the family does; `nil` if it cannot be made, or is no help.
  private func move(_ operation: SetMemory, at address: VirtualAddress) -> FlagMove? {
    guard exists(operation) else { return nil }
    if let request = plainRequest(operation, address, 1) {
      if !setup.cpu[.nx], operation == .x || operation == .nx { return nil }
      return FlagMove(.setMemory(operation), set: request.set, clear: request.clear)
    }
    var move = FlagMove(.setMemory(operation), set: [], clear: [])
    switch operation {
    case .wb:
      move.clear = .cacheMask
      move.type = .wb
    case .uc:
      move.set = MemoryType.ucMinus.entryBits
      move.type = .ucMinus
    case .wc:
      // Two requests; the second clears what the first has set.
      move.set = MemoryType.wc.entryBits
      move.clear = .cacheMask
      move.type = .wc
    case .encrypted, .decrypted:
      guard setup.cpu.carriesCBit || setup.cpu[.tdx] else { return nil }
      let sets = (operation == .encrypted) == setup.cpu.carriesCBit
      if sets { move.set = .encryption } else { move.clear = .encryption }
    default: return nil
    }
    return move
  }
}

/// Where a way begins, besides the flags.
struct FlagRoute {
  /// What can be done.
  var moves: [FlagMove]
  /// Whether what is present gets G back.
  var restoresGlobal: Bool
  /// Bits that kernel text or read-only data may not have there.
  var forbidden: EntryFlags
  /// The cache type in the kernel's books.
  var type: MemoryType

  private struct Step {
    var flags: EntryFlags
    var type: MemoryType
    var from: Int
    var move: Int
  }

  /// The acts that lead from flags to others, the bits that are ignored aside; both in 4K layout.
  /// `nil` if nothing does. Looks at all ways of one length before longer ones.
  func acts(from start: EntryFlags, to target: MergeTarget) -> [Remedy.Act]? {
    let difference = target.difference(from: start)
    if difference.isEmpty { return [] }
    guard isChangeable(difference, in: start) else { return nil }
    var seen = SeenFlags()
    var steps = [Step(flags: start, type: type, from: -1, move: -1)]
    steps.reserveCapacity(64)
    seen.insert(start, type)
    var index = 0
    while index < steps.count {
      let step = steps[index]
      for place in moves.indices {
        guard let (flags, type) = result(of: moves[place], on: step.flags, step.type),
          seen.insert(flags, type)
        else { continue }
        steps.append(Step(flags: flags, type: type, from: index, move: place))
        if target.difference(from: flags).isEmpty { return path(steps) }
      }
      index += 1
    }
    return nil
  }

  private func path(_ steps: [Step]) -> [Remedy.Act] {
    var acts: [Remedy.Act] = []
    var place = steps.count - 1
    while place > 0 {
      acts.append(moves[steps[place].move].act)
      place = steps[place].from
    }
    return acts.reversed()
  }

  /// Whether something sets the bits of a difference that are clear, and clears those that are set.
  private func isChangeable(_ difference: EntryFlags, in flags: EntryFlags) -> Bool {
    let (set, clear) = moves.reduce(into: (EntryFlags(), EntryFlags())) {
      $0.0.formUnion($1.set)
      $0.1.formUnion($1.clear)
    }
    return difference.subtracting(flags).isSubset(of: restoresGlobal ? set.union(.global) : set)
      && difference.intersection(flags).isSubset(of: clear)
  }

  /// The flags and the cache type afterwards, as `__change_page_attr()` writes them.
  @inline(__always)
  private func result(
    of move: FlagMove, on flags: EntryFlags, _ type: MemoryType,
  ) -> (EntryFlags, MemoryType)? {
    guard flags.isSuperset(of: move.needs) else { return nil }
    guard move.isRequest else { return (flags.union(move.set), type) }
    if let wanted = move.type, wanted != .wb, type != .wb { return nil }
    var new = flags.subtracting(move.clear).union(move.set)
    if new.contains(.present) {
      new.subtract(forbidden)
      if restoresGlobal { new.insert(.global) }
    } else {
      new.subtract(.global)
    }
    return (new, move.type ?? type)
  }
}

/// The flags and cache types that were come to. Of flags that differ only in bits that nothing
/// changes, there is one way at most.
private struct SeenFlags {
  private var words = [UInt64](repeating: 0, count: 1 << 7)

  /// Adds flags with a type; returns whether they are new.
  @discardableResult
  mutating func insert(_ flags: EntryFlags, _ type: MemoryType) -> Bool {
    let raw = flags.rawValue
    // Bits 0 to 8, the C-bit and NX, and the type.
    let index = raw & 0x1ff | (raw >> 51 & 1) << 9 | (raw >> 63) << 10 | UInt64(type.rawValue) << 11
    let bit: UInt64 = 1 << (index & 63)
    let word = Int(index >> 6)
    guard words[word] & bit == 0 else { return false }
    words[word] |= bit
    return true
  }
}
