import Engine
import Narration

extension Trial {
  /// The questions that are worth asking about the call, the most instructive first. None about a
  /// call that was refused at once.
  public var questions: [Question] {
    if returned == .bug { return [] }
    if case .process = call { return zapQuestions }
    let all: [Question?] = [
      returnQuestion, mergeQuestion, splitQuestion, sizeQuestion, areaLeavesQuestion,
      aliasQuestion, flushQuestion, bitsQuestion, healQuestion, cachedQuestion,
      fullFlushQuestion, directMapQuestion, blockerQuestion, wastedQuestion, permissionQuestion,
    ]
    return all.compactMap(\.self)
  }

  /// Whether the call is one that changes attributes or takes pages from those whose attributes
  /// changed, so that leaves may split.
  var maySplit: Bool {
    switch call {
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid: true
    case .linearMap(.setMemoryValid): true
    case .user(.vmalloc), .user(.ioremap), .user(.iounmap): wroteDirectMap
    case .user: true
    case .touch, .poke, .vmap, .vmapPageRange, .vunmap, .policy, .process, .linearMap, .collapse,
      .allocPages, .freePages, .freePagesAt, .drainPages, .age, .scatter, .function:
      false
    }
  }

  /// The pages that the call names.
  var pages: UInt64 { call.pages.rawValue }

  // MARK: - Splits and sizes

  var splitQuestion: Question? {
    guard maySplit, splits > 0 || returned == .success else { return nil }
    var wrong: [Misconception] = []
    if splits > 0 {
      wrong.append(
        Misconception(
          splits(.size1G) > 0 ? splits - splits(.size1G) : splits + 1,
          splits(.size1G) > 0
            ? "The split of a 1G leaf counts too: it becomes 512 x 2M first."
            : "What is below a 2M leaf is 4K entries, which do not split."))
      wrong.append(
        Misconception(
          0, "A leaf has one set of flags, so a change of a part of its pages splits it."))
    } else {
      let mistake = noSplitMistake
      wrong += [Misconception(1, mistake), Misconception(2, mistake)]
    }
    if pages > 2, pages < 100 {
      wrong.append(
        Misconception(
          pages, "Leaves split, not pages: one split gives 512 entries, enough for all of them."))
    }
    wrong += [
      Misconception(splits + 1), Misconception(splits + 2), Misconception(2 * splits + 1),
    ]
    let sum =
      splits > 0
      ? ["That is \(splits(.size1G)) x 1G and \(splits(.size2M)) x 2M."] : []
    return QuestionMaker.number(
      .splits, "How many large leaves of the direct map does the call split, 1G and 2M together?",
      splits, wrong, (splitReasons() + sum).joined(separator: " ")
    ) {
      let leaves = splits == 1 ? "1 large leaf" : "\(splits) large leaves"
      return $0
        ? splits == 0 ? "No large leaf is changed in part." : "Only \(leaves) must be split."
        : "\(leaves) must be split."
    }
  }

  /// Why nothing splits, for learners who thought it would.
  private var noSplitMistake: String? {
    for event in events {
      if case .decided(.sameProtection) = event {
        return "The test for the same protection comes first: what is as asked never splits."
      }
      if case .decided(.preserved) = event {
        return "A leaf that is covered whole is changed in one piece."
      }
    }
    guard let subject else { return nil }
    return before.tables.lookup(subject.direct)?.size == .size4K
      ? "What is mapped by 4K entries already cannot split." : nil
  }

  var sizeQuestion: Question? {
    guard let subject else { return nil }
    let old = before.tables.lookup(subject.address)?.size
    let new = after.tables.lookup(subject.address)
    let isGone = new.map { !$0.entry.isPresent } ?? true
    let mayChange = maySplit && (old != .size4K || isGone || mayHeal)
    guard merges > 0 || mayChange || isMapped, returned == .success else { return nil }
    let right = new?.size
    var maker = QuestionMaker(.size, "Which size of leaf maps \(subject.words) after the call?")
    for size in [right] + LeafSize.allCases.map(Optional.some) + (isGone ? [nil] : []) {
      maker.offer(
        size?.name ?? "none", order: Int64(size?.rawValue ?? 9),
        aliases: size == nil ? ["nothing", "unmapped"] : [size?.wholeName ?? ""],
        mistake: sizeMistake(size, right: right, old: old)
          ?? (size.flatMap { size in right.map { size > $0 } } ?? false
            ? "A leaf of that size holds pages with other flags too."
            : "Nothing in this call makes the leaf so small."))
    }
    let reasons =
      merges > 0 || old == .size4K && mayHeal && !isGone
      ? mergeReasons : isMapped ? mappingReasons : splitReasons(at: subject.address)
    return maker.question(reasons.joined(separator: " "))
  }

  private func sizeMistake(_ size: LeafSize?, right: LeafSize?, old: LeafSize?) -> String? {
    guard let right else { return "Nothing maps the page after the call." }
    guard size != right else { return nil }
    guard let size else {
      return "A leaf that is not present is a leaf all the same: it keeps its frame and its size."
    }
    if let old, size == old, right < size {
      return "The \(size.name) leaf is gone: its pages no longer have the same flags."
    }
    if let old, size > right, size > old {
      return mayHeal
        ? "A split leaf does not re-form by itself. \(whoMerges)"
        : "Nothing in this call makes leaves larger."
    }
    if size == .size4K, right == old { return "Only a change of a part of a leaf splits it." }
    return nil
  }

  /// Whether the call makes an area whose leaves may be large.
  private var isMapped: Bool {
    if case .vmapPageRange = call { true } else { false }
  }

  /// The composition of the new area.
  private var mappingReasons: [String] {
    reasons(2) { event in if case .mapped = event { true } else { false } }
  }

  var directMapQuestion: Question? {
    guard maySplit, returned == .success, before.kernel.architecture == .x86_64 else { return nil }
    let right = kilobytes4K
    let split = Int64(LeafSize.size2M.pages.kilobytes)
    let changed = Int64(clamping: pages) * 4
    var wrong: [Misconception] = []
    if right != changed, changed > 0 {
      wrong.append(
        Misconception(
          changed,
          right == 0
            ? "The call turns no large leaf into 4K entries."
            : "Not only the pages that change: a split makes 4K entries of all 512 pages of the leaf."
        ))
    }
    wrong += [
      Misconception(0, right > 0 ? "The pieces of a split 2M leaf count as DirectMap4k." : nil),
      Misconception(split, right == 0 ? "The call splits no 2M leaf." : nil),
      Misconception(2 * split), Misconception(-split, "Nothing merges here."),
    ]
    let (gone, back) = (splits(.size2M), merges(.size2M))
    var sum: [String] = []
    // The high map of the kernel image is counted too, but covered elsewhere.
    if Int64(gone - back) * split == right, gone + back > 0 {
      let parts =
        (gone > 0 ? ["\(gone) x 2M split"] : []) + (back > 0 ? ["\(back) x 2M merged"] : [])
      sum = ["That is \(parts.joined(separator: ", ")): \(signed(right)) kB."]
    }
    return QuestionMaker.number(
      .directMap4K, "By how many kB does DirectMap4k of /proc/meminfo change?", right, wrong,
      (splitReasons() + sum).joined(separator: " "), least: .min
    ) {
      "\(signed($0)) kB"
    } otherwise: { _ in
      "Each split of a 2M leaf adds 2048 kB and each merge takes 2048 kB away; the call makes "
        + "\(counted(gone, "split")) and \(counted(back, "merge")) of 2M."
    }
  }

  private func signed(_ number: Int64) -> String { number > 0 ? "+\(number)" : "\(number)" }

  // MARK: - What the call says

  var returnQuestion: Question? {
    guard returned.isFailure || isRefusable else { return nil }
    var maker = QuestionMaker(.returned, "What does the call return?")
    let others: [ReturnCode] = [.success, .invalid, .busy, .notImplemented, .noMemory]
    for code in ([returned] + others).prefix(4) {
      let mistake =
        switch code {
        case .success where returned.isFailure:
          "The kernel refuses it: \(returned.meaning)."
        case _ where returned == .success: "The call succeeds."
        default: "\(code.name) would mean: \(code.meaning)."
        }
      maker.offer(
        code.name, order: Int64(-code.rawValue),
        aliases: [code == .success ? "success" : String(code.name.dropFirst())],
        mistake: mistake)
    }
    let reasons = reasons(2) { event in
      if case .decided(.typeConflict) = event { return true }
      if case .decided(.holeRefused) = event { return true }
      if case .decided(.linearMap) = event { return true }
      if case .decided(.vmalloc) = event { return true }
      return false
    }
    let sum = "It returns \(returned.name): \(returned.meaning)."
    return maker.question((reasons + [sum]).joined(separator: " "))
  }

  /// Whether the kernel refuses such calls in some states.
  private var isRefusable: Bool {
    switch call {
    case .setMemory(.uc, _, _), .setMemory(.wc, _, _), .setPagesArray(.wc, _),
      .setPagesArray(.uc, _):
      true
    case .setMemory, .user(.execmemAlloc): before.kernel.architecture == .arm64
    case .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch, .poke, .vmap,
      .vmapPageRange, .vunmap, .user, .policy, .process, .linearMap, .collapse, .allocPages,
      .freePages, .freePagesAt, .drainPages, .age, .scatter, .function:
      false
    }
  }
}

extension LeafSize {
  /// The size with its unit in full: `2MB`.
  fileprivate var wholeName: String { name + "B" }
}
