extension Machine {
  /// Why the slot of this size (2M or 1G) that holds an address is not one leaf. Reads only.
  ///
  /// The kernel's test (`collapseTest(of:at:)`) ends at the first thing it finds; the answer tells all,
  /// compared with what most entries are, and which of it the kernel would find.
  public func whyNot(_ size: LeafSize, at address: VirtualAddress) -> MergeAnswer {
    let start = address.alignedDown(to: size)
    let pfn = directMapRange.contains(address) ? AddressLayout.directMapFrame(of: address) : nil
    var answer = MergeAnswer(
      kernel: setup.kernel.name, slot: start, size: size,
      mapping: .nothing(isRAM: pfn.map { memory.contains($0) } ?? false))
    guard let smaller = size.smaller else {
      if tables.lookup(start) != nil { answer.mapping = .leaf(.size4K) }
      return answer
    }
    if let leaf = tables.lookup(start), leaf.size >= size {
      answer.mapping = .leaf(leaf.size)
      return answer
    }
    guard tables.table(at: start, size) != nil else { return answer }
    answer.mapping = .table
    var seen = self
    if setup.isArm64 {
      guard setup.kernel.linearMap.hasGenericCPA else {
        // Nothing merges there, so there is no test to fail.
        answer.isForGood = true
        return answer
      }
      // CONT is no difference to the test.
      if case .failure(let obstacle) = genericCollapseTest(of: size, at: start) {
        answer.obstacle = obstacle
      }
      seen = withoutContiguous(size, at: start)
      seen.examine(&answer, smaller)
      if !splitsBlocks { answer.conditions[0].isMet = false }
    } else {
      if case .failure(let obstacle) = collapseTest(of: size, at: start) {
        answer.obstacle = obstacle
      }
      examine(&answer, smaller)
    }
    markReached(&answer)
    answer.clearing = seen.clearing(of: answer, toward: nil)
    answer.mergers = mergers(answer)
    return answer
  }

  /// Judges every entry by every condition.
  private func examine(_ answer: inout MergeAnswer, _ smaller: LeafSize) {
    let size = answer.size
    var found = Findings()
    unsafe tables.withTable(at: answer.slot, size) { words, isTable in
      let majority = unsafe Majority(words, isTable, smaller)
      answer.majority = majority?.flags
      for index in 0..<TableNode.entryCount {
        unsafe found.judge(Entry(word: words[index]), index, isTable(index), smaller, majority)
      }
      let first = unsafe Entry(word: words[0])
      if !isTable(0), !first.isNone, !first.pfn(smaller).isAligned(to: size) {
        var odd = OddEntry(index: 0)
        odd.frame = first.pfn(smaller)
        found.frameAligned.add(odd)
      }
    }
    found.sizeAvailable.isMet = size == .size2M ? setup.cpu[.pse] : setup.cpu.allows1G
    answer.conditions = found.conditions(of: size)
    for condition in answer.conditions { answer.entries.formUnion(condition.entries) }
  }

  /// The kernel goes no further than the obstacle it finds.
  private func markReached(_ answer: inout MergeAnswer) {
    guard let obstacle = answer.obstacle, !obstacle.isBehindFirst,
      let index = answer.conditions.firstIndex(where: { $0.kind == obstacle.condition })
    else { return }
    for later in answer.conditions.indices where later > index {
      answer.conditions[later].isReached = false
    }
  }

  /// What everybody who merges has to say.
  private func mergers(_ question: MergeAnswer) -> [MergerAnswer] {
    let (size, start) = (question.size, question.slot)
    var answers = [MergerAnswer(nil, setup.kernel.collapses ? .onRox : .never)]
    for policy in setup.policies {
      guard let rule = policy.whyNot(size, at: start, self) else { continue }
      var answer = MergerAnswer(policy, rule)
      if let smaller = size.smaller, rule != .untracked {
        if policy.hooks.contains(.entries) {
          answer.drift = drift(ofEntries: smaller, at: start)
          answer.entries = entries(against: policy, rule, size, at: start)
        }
        if let target = policy.mergeTarget(setup.cpu) {
          answer.clearing = clearing(of: question, toward: target)
        }
      }
      answers.append(answer)
    }
    return answers
  }

  /// The entries that block a merge by the rule of a policy that tracks tables.
  private func entries(
    against policy: any Policy, _ rule: MergeRule, _ size: LeafSize, at start: VirtualAddress,
  ) -> EntrySet {
    var entries = EntrySet()
    guard let smaller = size.smaller else { return entries }
    let target: MergeTarget
    if let wanted = policy.mergeTarget(setup.cpu) {
      target = wanted
    } else if case .alike(let flags, _, _) = rule {
      target = MergeTarget(smaller == .size4K ? flags : flags.largeTo4K)
    } else {
      return entries
    }
    unsafe tables.withTable(at: start, size) { words, isTable in
      for index in 0..<TableNode.entryCount {
        let flags = unsafe Entry(word: words[index]).flags4K(smaller)
        if isTable(index) || !target.difference(from: flags).isEmpty { entries.insert(index) }
      }
    }
    return entries
  }
}

extension MergeCondition {
  /// Adds an entry that fails, behind all others.
  fileprivate mutating func add(_ odd: OddEntry) {
    isMet = false
    entries.insert(odd.indices.lowerBound)
    // Entries come in order, so one that is next to the last listed has none before it that is not.
    if !first.isEmpty, first[first.count - 1].extend(by: odd) { return }
    if first.count < Self.listed { first.append(odd) }
  }
}

/// The conditions while the entries are judged.
private struct Findings {
  var sizeAvailable = MergeCondition(.sizeAvailable)
  var leaves = MergeCondition(.leaves)
  var frameAligned = MergeCondition(.frameAligned)
  var not4KByRequest = MergeCondition(.not4KByRequest)
  var present = MergeCondition(.present)
  var framesInRow = MergeCondition(.framesInRow)
  var flagsEqual = MergeCondition(.flagsEqual)

  /// Adds an entry to the conditions that it fails. One that is not present does not count as one that
  /// differs, though it does; what it lacks is told with it.
  @inline(__always)
  mutating func judge(
    _ entry: Entry, _ index: Int, _ isTable: Bool, _ size: LeafSize, _ majority: Majority?,
  ) {
    guard !isTable, !entry.isNone, let majority else {
      var odd = OddEntry(index: index)
      odd.isTable = isTable
      odd.isNone = !isTable
      if isTable { leaves.add(odd) } else { present.add(odd) }
      return
    }
    let flags = entry.flags4K(size)
    let frame = entry.pfn(size)
    let expected = majority.firstFrame &+ UInt64(index) &* size.pages.rawValue
    let isPresent = flags.contains(.present)
    if isPresent, flags == majority.flags, frame.rawValue == expected { return }
    judge(flags, isPresent, frame, frame.rawValue == expected, index, size, majority)
  }

  @inline(never)
  private mutating func judge(
    _ flags: EntryFlags, _ isPresent: Bool, _ frame: PFN, _ isInRow: Bool, _ index: Int,
    _ size: LeafSize, _ majority: Majority,
  ) {
    var odd = OddEntry(index: index)
    odd.lacking = majority.flags.union(.present).subtracting(flags)
    odd.extra = flags.subtracting(majority.flags)
    if !isInRow { odd.frame = frame }
    if size == .size4K, flags.contains(.kernel4K) { not4KByRequest.add(odd) }
    if !isPresent { present.add(odd) }
    if !isInRow { framesInRow.add(odd) }
    if isPresent, Majority.mergeable(flags, size) != majority.flags { flagsEqual.add(odd) }
  }

  /// The conditions in the kernel's order.
  func conditions(of size: LeafSize) -> [MergeCondition] {
    size == .size2M
      ? [sizeAvailable, frameAligned, not4KByRequest, present, framesInRow, flagsEqual]
      : [sizeAvailable, leaves, frameAligned, present, framesInRow, flagsEqual]
  }
}

extension CollapseObstacle {
  /// Whether the first entry passed: the others are asked about everything, one after the other.
  fileprivate var isBehindFirst: Bool {
    switch self {
    case .alreadyLeaf, .nothingMapped, .sizeUnavailable, .frameMisaligned, .kernel4K: false
    case .table(let index): index > 0
    case .notPresent, .frameOutOfOrder, .flagsDiffer: true
    }
  }

  /// The condition that is not met; `nil` where there is no table.
  public var condition: MergeCondition.Kind? {
    switch self {
    case .alreadyLeaf: nil
    case .sizeUnavailable: .sizeAvailable
    case .table: .leaves
    case .nothingMapped, .notPresent: .present
    case .frameMisaligned: .frameAligned
    case .kernel4K: .not4KByRequest
    case .frameOutOfOrder: .framesInRow
    case .flagsDiffer(_, let flags):
      // The kernel does not ask whether the first entry is present: another that is differs from it.
      // And KERNEL_4K is a flag like others to it, in any entry but the first.
      flags.contains(.present) ? .present : flags == .kernel4K ? .not4KByRequest : .flagsEqual
    }
  }
}
