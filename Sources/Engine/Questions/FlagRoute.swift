// The shortest way from the flags of an entry to others: by the masks that the calls really use.

/// What an act does depends on this besides the flags.
struct RouteContext {
  var machine: Machine
  /// The address of the entry, or of the first of several alike.
  var address: VirtualAddress
  /// Bits that kernel text or read-only data may not have there.
  var forbidden: EntryFlags
  /// The cache type in the kernel's books.
  var type: MemoryType
}

extension RouteContext {
  /// All that is tried, the most telling first: of ways of one length, the first found counts.
  private static let acts: [Remedy.Act] =
    ([.p, .rw, .ro, .nx, .x, .rox, .wb, .uc, .wc, .wt, .global, .nonglobal, .encrypted, .decrypted]
    as [SetMemory]).map(Remedy.Act.setMemory)
    + [.directMapDefault, .touch(.write), .touch(.read)]

  /// The acts that lead from flags to others, the bits that are ignored aside; both in 4K layout.
  /// `nil` if nothing does.
  func route(from start: EntryFlags, to target: MergeTarget) -> [Remedy.Act]? {
    let difference = target.difference(from: start)
    if difference.isEmpty { return [] }
    guard difference.isSubset(of: Self.changeable) else { return nil }
    // What nobody can clear.
    if start.contains(.accessed), difference.contains(.accessed) { return nil }
    let isCleared = machine.setup.kernel.roClearsDirty
    if start.contains(.dirty), difference.contains(.dirty), !isCleared { return nil }

    struct Step {
      var flags: EntryFlags
      var type: MemoryType
      var from: Int
      var act: Remedy.Act?
    }
    var steps = [Step(flags: start, type: type, from: -1, act: nil)]
    var seen: Set<UInt64> = [Self.key(start, type)]
    var index = 0
    while index < steps.count {
      let step = steps[index]
      for act in Self.acts {
        guard let (flags, type) = result(of: act, on: step.flags, step.type),
          seen.insert(Self.key(flags, type)).inserted
        else { continue }
        steps.append(Step(flags: flags, type: type, from: index, act: act))
        guard target.difference(from: flags).isEmpty else { continue }
        var acts: [Remedy.Act] = []
        var place = steps.count - 1
        while place >= 0 {
          if let act = steps[place].act { acts.append(act) }
          place = steps[place].from
        }
        return acts.reversed()
      }
      index += 1
    }
    return nil
  }

  /// The bits that calls or the CPU change.
  private static let changeable: EntryFlags = [
    .present, .writable, .pwt, .pcd, .accessed, .dirty, .pat, .global, .nx, .encryption,
  ]

  /// Bits 52 to 54 are none that is changed.
  private static func key(_ flags: EntryFlags, _ type: MemoryType) -> UInt64 {
    flags.rawValue ^ UInt64(type.rawValue) << 52
  }

  /// The flags and the cache type after an act; `nil` if it cannot be made, or is no help.
  private func result(
    of act: Remedy.Act, on flags: EntryFlags, _ type: MemoryType,
  ) -> (EntryFlags, MemoryType)? {
    switch act {
    case .touch(let access):
      guard flags.contains(.present), access == .read || flags.contains(.writable) else {
        return nil
      }
      return (flags.union(access == .write ? [.accessed, .dirty] : .accessed), type)
    case .directMapDefault:
      guard !machine.exists(.p), AddressLayout.directMapFrame(of: address) != nil else {
        return nil
      }
      return (changed(flags, set: [.present, .writable], clear: []), type)
    case .setMemory(let operation):
      return result(of: operation, on: flags, type)
    }
  }

  private func result(
    of operation: SetMemory, on flags: EntryFlags, _ type: MemoryType,
  ) -> (EntryFlags, MemoryType)? {
    let cpu = machine.setup.cpu
    guard machine.exists(operation) else { return nil }
    if let request = machine.plainRequest(operation, address, 1) {
      if !cpu.nx, operation == .x || operation == .nx { return nil }
      return (changed(flags, set: request.set, clear: request.clear), type)
    }
    switch operation {
    case .wb: return (changed(flags, set: [], clear: .cacheMask), .wb)
    // RAM that has a type cannot get another before it is write-back again.
    case .uc where type == .wb:
      return (changed(flags, set: MemoryType.ucMinus.entryBits, clear: []), .ucMinus)
    case .wc where type == .wb:
      let uncached = changed(flags, set: MemoryType.ucMinus.entryBits, clear: [])
      return (changed(uncached, set: MemoryType.wc.entryBits, clear: .cacheMask), .wc)
    case .encrypted, .decrypted:
      guard cpu.sev || cpu.tdx else { return nil }
      let sets = (operation == .encrypted) == cpu.sev
      return (
        changed(flags, set: sets ? .encryption : [], clear: sets ? [] : .encryption), type
      )
    default: return nil
    }
  }

  /// What a request writes, as in `__change_page_attr()`.
  private func changed(_ flags: EntryFlags, set: EntryFlags, clear: EntryFlags) -> EntryFlags {
    var new = flags.subtracting(clear).union(set)
    if new.contains(.present) { new.subtract(forbidden) }
    return machine.globalAsPresent(new)
  }
}
