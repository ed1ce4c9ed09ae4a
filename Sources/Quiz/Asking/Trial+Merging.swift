import Engine
import Narration

// Questions about healing: merges, what blocks them, bits that stay lost.

extension Trial {
  /// Whether the page's 2M slot consists of 4K entries.
  private func isSplit(_ machine: Machine, _ address: VirtualAddress) -> Bool {
    machine.tables.lookup(address)?.size == .size4K
  }

  /// Whether a call ends what another one began, so that a learner might expect leaves to re-form.
  var mayHeal: Bool {
    switch call {
    case .setMemory(let operation, _, _):
      switch operation {
      case .rw, .nx, .p, .rox, .wb, .global: true
      default: false
      }
    case .setPages(.rw, _, _), .setPages(.wb, _, _), .setPagesArray(.wb, _),
      .setDirectMap(.default, _, _), .setDirectMapValid(_, _, true), .collapse:
      true
    case .touch: !before.policies.isEmpty
    case .poke: false
    case .linearMap(.setMemoryValid(_, _, true)): true
    case .vunmap, .user(.vfree), .user(.moduleUnload), .user(.bpfFree), .user(.ftraceFree),
      .user(.kprobeFree), .user(.secretmemRelease), .user(.execmemRestore), .user(.execmemFree),
      .user(.gmemRelease), .user(.unpoison), .user(.kexecUnload):
      true
    case .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .vmap, .vmapPageRange, .user,
      .policy, .process, .linearMap, .allocPages, .freePages, .freePagesAt, .drainPages, .age,
      .scatter, .function:
      false
    }
  }

  var mergeQuestion: Question? {
    guard mayHeal, returned == .success,
      merges > 0
        || subject.map({ isSplit(before, $0.address) || isSplit(before, $0.direct) })
          ?? true
    else { return nil }
    var wrong = [Misconception(1), Misconception(2)]
    if merges > 0 {
      wrong = [
        Misconception(0, "All entries of a slot are equal, and this call checks them."),
        Misconception(
          merges == 2 ? 1 : 2,
          merges == 1 ? "A slot of 1G needs 512 equal leaves of 2M." : nil),
      ]
    }
    wrong.append(
      Misconception(512, merges > 0 ? "512 entries become one leaf, and that is one merge." : nil))
    return QuestionMaker.number(
      .merges, "How many slots become one large leaf again in the call?", merges, wrong,
      mergeReasons.joined(separator: " ")
    ) {
      $0
        ? merges == 0
          ? "No slot becomes one leaf in this call." : "No other slot re-forms in this call."
        : "More slots have 512 equal entries."
    }
  }

  /// The first frame's 2M slot in the direct map, if the call left 4K entries there.
  private var brokenSlot: VirtualAddress? {
    guard let subject, before.kernel.architecture == .x86_64,
      AddressLayout.directMapFrame(of: subject.direct) != nil, isSplit(after, subject.direct)
    else { return nil }
    let slot = subject.direct.alignedDown(to: .size2M)
    // Below 1M and at the end of RAM a slot was never whole.
    guard let pfn = AddressLayout.directMapFrame(of: slot), pfn.rawValue >= 512,
      after.memory.contains(pfn..<(pfn + 512))
    else { return nil }
    return slot
  }

  var healQuestion: Question? {
    guard let slot = brokenSlot, after.kernel.collapses, after.policies.isEmpty,
      mayHeal || changesFlags, !isRox
    else { return nil }
    var copy = after
    var log = EventLog()
    do throws(CallError) {
      let code = try copy.perform(.setMemory(.rox, .virtual(slot), 512), into: &log)
      guard code == .success else { return nil }
    } catch {
      return nil
    }
    let heals = copy.tables.lookup(slot).map { $0.size >= .size2M } ?? false
    let reason = log.events.first(where: Self.saysWhetherItCollapses)?.sentence() ?? ""
    return Self.yesNo(
      .heals,
      "Would set_memory_rox over all 512 pages of the 2M slot at \(slot.words) make it one leaf?",
      heals,
      mistake: heals
        ? "rox clears RW, D and NX in all 512 entries, so that they are equal."
        : "rox clears RW, D and NX and nothing else: what differs besides stays.", reason)
  }

  /// Whether an event says why a 2M slot merges, or does not.
  private static func saysWhetherItCollapses(_ event: Event) -> Bool {
    if case .decided(.collapseFailed(_, .size2M, _)) = event { return true }
    if case .decided(.collapseDone(_, .size2M)) = event { return true }
    return event == .decided(.nothingChanged)
  }

  /// Whether the call itself merges.
  private var isRox: Bool {
    if case .setMemory(.rox, _, _) = call { true } else { false }
  }

  /// A question for yes or no.
  static func yesNo(
    _ kind: Question.Kind, _ text: String, _ isTrue: Bool, mistake: String,
    _ explanation: String,
  ) -> Question? {
    var maker = QuestionMaker(kind, text)
    for value in [isTrue, !isTrue] {
      maker.offer(
        value ? "yes" : "no", order: value ? 0 : 1,
        aliases: value ? ["y", "true"] : ["n", "false"],
        mistake: mistake)
    }
    return maker.question(explanation)
  }

  var blockerQuestion: Question? {
    guard let slot = brokenSlot, mayHeal || changesFlags, returned == .success else { return nil }
    let answer = after.whyNot(.size2M, at: slot)
    let right = answer.blockers
    // If no flags are in the majority, there is nothing to differ from.
    guard answer.mapping == .table, right <= 256 else { return nil }
    var wrong = [
      Misconception(
        0, right > 0 ? "An entry that lost D or G, or is not present, is not like the others." : nil
      )
    ]
    if pages < 512 {
      wrong.append(
        Misconception(
          Int64(clamping: pages),
          right == 0 ? "These entries are again as the others are." : nil))
    }
    wrong += [
      Misconception(1), Misconception(511), Misconception(512), Misconception(right + 1),
    ]
    var reason = "All 512 entries are equal: nothing blocks the merge, but no code tries it."
    if let obstacle = answer.obstacle {
      let verb = right == 1 ? "differs" : "differ"
      reason =
        right == 0
        ? "No entry differs, but another rule blocks the merge: \(obstacle.words)."
        : "\(right) of 512 \(verb) from most; the kernel's test ends at the first: \(obstacle.words)."
    }
    return QuestionMaker.number(
      .blockers,
      "How many of the 512 entries of the 2M slot at \(slot.words) block a merge to one 2M leaf after the call?",
      right, wrong, reason
    ) {
      $0
        ? "The other entries are equal: present, with the same flags and consecutive frames."
        : "More entries than that differ from the others in a flag."
    }
  }

  // MARK: - Bits

  /// Whether the call may clear D or G, or set them again.
  var changesFlags: Bool {
    switch call {
    case .setMemory(let operation, _, _):
      [.ro, .rw, .rox, .np, .p, .global, .nonglobal].contains(operation)
    case .setPages(let operation, _, _): operation == .ro || operation == .rw
    case .setDirectMap, .setDirectMapValid, .touch: true
    case .user(.secretmemFault), .user(.secretmemRelease), .user(.vfree): true
    case .poke, .setPagesArray, .vmap, .vmapPageRange, .vunmap, .user, .policy, .process,
      .linearMap, .collapse, .allocPages, .freePages, .freePagesAt, .drainPages, .age, .scatter,
      .function:
      false
    }
  }

  var bitsQuestion: Question? {
    guard let subject, changesFlags, returned == .success,
      before.kernel.architecture == .x86_64,
      let old = before.tables.lookup(subject.direct),
      let new = after.tables.lookup(subject.direct),
      AddressLayout.directMapFrame(of: subject.direct) != nil
    else { return nil }
    let sets: [(EntryFlags, String)] = [
      ([.dirty, .global], "D and G"), (.dirty, "only D"), (.global, "only G"), ([], "neither"),
    ]
    let watched: EntryFlags = [.dirty, .global]
    let right = new.flags.intersection(watched)
    var maker = QuestionMaker(
      .bits,
      "Which of the bits D and G has the direct-map entry of \(subject.directWords) after the call?"
    )
    for (flags, words) in sets.filter({ $0.0 == right }) + sets {
      let order = sets.firstIndex { $0.0 == flags } ?? 0
      maker.offer(
        words, order: Int64(order), aliases: Self.bitAliases(words),
        mistake: bitsMistake(flags, right) ?? "The call does not change the other bit.")
    }
    let was = old.flags.intersection(watched)
    let change =
      was == right
      ? "the call leaves both as they were"
      : "it \(was.changeWords(to: right, .size4K, set: "gains", clear: "loses"))"
    return maker.question(
      "Its entry is \(new.flags.text(new.size)) then: \(change). \(bitsRule(was, right))")
  }

  /// Why D and G are what they are.
  private func bitsRule(_ old: EntryFlags, _ new: EntryFlags) -> String {
    if old.contains(.dirty), !new.contains(.dirty), new.contains(.global) || !old.contains(.global)
    {
      return "\(before.kernel.name) clears D together with RW."
    }
    if old.contains(.global), !new.contains(.global) { return "G goes together with P." }
    if !old.contains(.dirty), new.contains(.dirty) { return "A write through the entry sets D." }
    if !new.contains(.dirty), !new.contains(.global) {
      return
        "Neither comes back by a change of permissions: a write sets D, set_memory_global sets G."
    }
    if !new.contains(.dirty) { return "D does not come back with RW: only a write sets it." }
    if !new.contains(.global) { return "G does not come back with P." }
    return before.kernel.roClearsDirty
      ? "Only ro and rox clear D, and only a change of P clears G."
      : "In \(before.kernel.name) ro leaves D alone, and only a change of P clears G."
  }

  private static func bitAliases(_ words: String) -> [String] {
    switch words {
    case "D and G": ["dg", "gd", "both", "g and d"]
    case "only D": ["d only", "d, not g"]
    case "only G": ["g only", "g, not d"]
    default: ["none", "no"]
    }
  }

  private func bitsMistake(_ given: EntryFlags, _ right: EntryFlags) -> String? {
    if given.contains(.dirty), !right.contains(.dirty) {
      return before.kernel.roClearsDirty
        ? "ro and rox clear D together with RW in this kernel, and rw does not set it: only a write does."
        : "What clears D is not undone by rw: only a write sets it."
    }
    if given.contains(.global), !right.contains(.global) {
      return "G goes with P, and becoming present again does not bring it back."
    }
    if right.contains(.dirty), !given.contains(.dirty) {
      return before.kernel.roClearsDirty
        ? "Nothing in this call clears D." : "\(before.kernel.name) leaves D alone when RW goes."
    }
    return nil
  }
}
