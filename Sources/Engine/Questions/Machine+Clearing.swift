extension Machine {
  /// What would give all entries of a slot the same flags, once its conditions are known.
  ///
  /// - Parameter target: the flags that are asked for; `nil` if any that are the same will do: then what
  ///   most entries have or, where not all can get it, what fewer have.
  func clearing(of answer: MergeAnswer, toward target: MergeTarget?) -> Clearing {
    let runs = tables.runs(from: answer.slot, pages: answer.size.pages)
    let candidates = target.map { [$0] } ?? targets(runs, answer.majority, at: answer.slot)
    var best: Clearing?
    for candidate in candidates {
      let clearing = clearing(of: runs, toward: candidate)
      if best.map({ clearing.incurablePages < $0.incurablePages }) ?? true { best = clearing }
      if clearing.isPossible { break }
    }
    var result = best ?? Clearing(target: answer.majority ?? [])
    result.addWhatStays(answer)
    return result
  }

  /// What is tried as the common flags: what most entries have, then what most pages have.
  private func targets(
    _ runs: [LeafRun], _ majority: EntryFlags?, at start: VirtualAddress,
  ) -> [MergeTarget] {
    var pages: [(flags: EntryFlags, pages: UInt64)] = []
    for run in runs {
      guard let size = run.size else { continue }
      let flags = presentable(Majority.mergeable(run.flags4K, size), at: start)
      if let index = pages.firstIndex(where: { $0.flags == flags }) {
        pages[index].pages += run.pages.rawValue
      } else if pages.count < 64 {
        pages.append((flags, run.pages.rawValue))
      }
    }
    var targets = majority.map { [presentable($0, at: start)] } ?? []
    for (flags, _) in pages.sorted(by: { $0.pages > $1.pages }).prefix(4)
    where !targets.contains(flags) { targets.append(flags) }
    return targets.map { MergeTarget($0) }
  }

  /// The flags as they are after the page has been made present.
  private func presentable(_ flags: EntryFlags, at start: VirtualAddress) -> EntryFlags {
    guard !flags.contains(.present) else { return flags }
    let set: EntryFlags = exists(.p) ? .present : [.present, .writable]
    return globalAsPresent(flags.union(set))
  }

  private func clearing(of runs: [LeafRun], toward target: MergeTarget) -> Clearing {
    var clearing = Clearing(target: target.flags)
    var groups: [OddGroup] = []
    for run in runs {
      guard let size = run.size else {
        clearing.add(.nothingMapped, run.pages)
        continue
      }
      let flags = run.flags4K
      if target.difference(from: flags).isEmpty { continue }
      if size == .size4K, flags.contains(.kernel4K) {
        clearing.add(.kernel4K, run.pages)
        continue
      }
      add(run, flags, to: &groups, isCache: !target.difference(from: flags).isCacheFree)
    }
    guard let first = groups.first else { return clearing }
    var routes: [(route: ArraySlice<Remedy.Act>, group: OddGroup)] = []
    var way = FlagRoute(
      moves: flagMoves(at: first.address), restoresGlobal: restoresGlobal,
      forbidden: [], type: .wb)
    for group in groups {
      way.forbidden = group.forbidden
      way.type = group.type
      if let route = way.acts(from: group.flags, to: target) {
        routes.append((route[...], group))
      } else {
        let lacking = target.flags.subtracting(group.flags).subtracting(target.ignored)
        let extra = group.flags.subtracting(target.flags).subtracting(target.ignored)
        clearing.add(.bits(lacking: lacking, extra: extra), group.pages)
      }
    }
    clearing.remedies = Self.together(&routes)
    return clearing
  }

  /// Adds the pages of a run to the groups of like pages.
  private func add(
    _ run: LeafRun, _ flags: EntryFlags, to groups: inout [OddGroup], isCache: Bool,
  ) {
    let end = run.start + run.pages
    let needsPages = isCache || touchesImage(run)
    let step = needsPages ? run.size?.pages ?? 1 : run.pages
    var address = run.start
    while address < end {
      let pages = min(step, end - address)
      let forbidden = needsPages ? forbiddenBits(at: address) : []
      let type = needsPages ? memoryType(at: address) : .wb
      let index =
        groups.firstIndex { $0.flags == flags && $0.forbidden == forbidden && $0.type == type }
      if let index {
        groups[index].append(address, pages)
      } else {
        groups.append(
          OddGroup(
            flags: flags, forbidden: forbidden, type: type,
            stretches: [Remedy.Stretch(start: address, pages: pages)]))
      }
      address = address + pages
    }
  }

  /// Whether a run shows any of the kernel image, whose bits are protected.
  private func touchesImage(_ run: LeafRun) -> Bool {
    guard let image = setup.image else { return false }
    guard let pfn = AddressLayout.directMapFrame(of: run.start) else { return true }
    return pfn < image.frames.upperBound && image.frames.lowerBound < pfn + run.pages
  }

  private func forbiddenBits(at address: VirtualAddress) -> EntryFlags {
    guard let pfn = tables.frame(at: address) else { return [] }
    let all: EntryFlags = [.present, .writable, .nx]
    return all.subtracting(
      staticProtections(all, address, pfn, pages: 1, leafSize: nil))
  }

  /// Puts the acts of all groups in one order, each as seldom as can be: next is always what most
  /// groups wait for.
  private static func together(
    _ routes: inout [(route: ArraySlice<Remedy.Act>, group: OddGroup)],
  ) -> [Remedy] {
    var remedies: [Remedy] = []
    while true {
      var waiting: [(act: Remedy.Act, groups: Int, isLater: Bool)] = []
      for (route, _) in routes {
        guard let act = route.first else { continue }
        if let index = waiting.firstIndex(where: { $0.act == act }) {
          waiting[index].groups += 1
        } else {
          // What another group still comes to can wait for it.
          let isLater = routes.contains { $0.route.dropFirst().contains(act) }
          waiting.append((act, 1, isLater))
        }
      }
      let ready = waiting.filter { !$0.isLater }
      guard
        let next = (ready.isEmpty ? waiting : ready).max(by: { $0.groups < $1.groups })?.act
      else { return remedies }
      var stretches: [Remedy.Stretch] = []
      for index in routes.indices where routes[index].route.first == next {
        stretches += routes[index].group.stretches
        routes[index].route.removeFirst()
      }
      remedies.append(Remedy(act: next, stretches: Remedy.joined(stretches)))
    }
  }
}

/// Pages whose entries have the same flags, not those wanted, and the same way to them.
private struct OddGroup {
  var flags: EntryFlags
  var forbidden: EntryFlags
  var type: MemoryType
  var stretches: [Remedy.Stretch]

  var address: VirtualAddress { stretches.first?.start ?? 0 }
  var pages: PageCount { stretches.reduce(0) { $0 + $1.pages } }

  /// Adds pages behind all others.
  mutating func append(_ start: VirtualAddress, _ pages: PageCount) {
    if let last = stretches.last, last.start + last.pages == start {
      stretches[stretches.count - 1].pages += pages
    } else {
      stretches.append(Remedy.Stretch(start: start, pages: pages))
    }
  }
}

extension Remedy {
  /// Stretches in rising order, those that touch as one.
  fileprivate static func joined(_ stretches: [Stretch]) -> [Stretch] {
    var joined: [Stretch] = []
    for stretch in stretches.sorted(by: { $0.start < $1.start }) {
      if let last = joined.last, last.start + last.pages == stretch.start {
        joined[joined.count - 1].pages += stretch.pages
      } else {
        joined.append(stretch)
      }
    }
    return joined
  }
}

extension Clearing {
  fileprivate var incurablePages: PageCount { incurable.reduce(0) { $0 + $1.pages } }

  /// What no call changes: where the frames lie, what sizes there are, and tables below.
  fileprivate mutating func addWhatStays(_ answer: MergeAnswer) {
    guard let smaller = answer.size.smaller else { return }
    for condition in answer.conditions where !condition.isMet {
      let entries = UInt64(condition.entries.count)
      switch condition.kind {
      case .sizeAvailable: add(.sizeUnavailable, answer.size.pages)
      case .leaves: tablesBelow = condition.entries.count
      case .frameAligned: add(.misaligned, answer.size.pages)
      case .framesInRow: add(.frames, PageCount(entries * smaller.pages.rawValue))
      case .not4KByRequest, .present, .flagsEqual: break
      }
    }
  }

  fileprivate mutating func add(_ reason: Incurable.Reason, _ pages: PageCount) {
    if let index = incurable.firstIndex(where: { $0.reason == reason }) {
      incurable[index].pages += pages
    } else {
      incurable.append(Incurable(reason: reason, pages: pages))
    }
  }
}

extension EntryFlags {
  fileprivate var isCacheFree: Bool { isDisjoint(with: .cacheMask) }
}
