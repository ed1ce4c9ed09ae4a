import Engine

extension Clearing {
  /// Whether there is anything to say: something to do, or something that nothing does.
  var isNeeded: Bool { !remedies.isEmpty || !incurable.isEmpty }

  /// What would clear the entries, and what nothing would.
  func lines(for policy: PolicyName?, _ form: SentenceForm) -> [AnswerLine] {
    // What stays decides.
    var lines = incurable.map { AnswerLine(.plain, $0.words(form)) }
    let acts = remedies.map(\.words).joined(separator: ", ")
    if !remedies.isEmpty {
      let goal = form == .long ? ", so that all have \(target.text(.size4K))" : ""
      let whose = policy.map { " for \($0.rawValue)" } ?? ""
      let rest = incurable.isEmpty ? "" : " the others"
      lines.append(AnswerLine(.plain, "To clear\(rest)\(whose): \(acts)\(goal)."))
    }
    if tablesBelow > 0 {
      let tables = tablesBelow == 1 ? "1 table" : "\(tablesBelow) tables"
      lines.append(AnswerLine(.plain, "\(tables) below must become 2M first."))
    }
    return lines
  }
}

extension Remedy {
  /// How often what is done, and on how many pages: `2 x set_memory_rw (3 pages)`.
  public var words: String { "\(stretches.count) x \(act.words) (\(pages.words))" }
}

extension Remedy.Act {
  /// What is done, as a line of the language names it.
  public var words: String {
    switch self {
    case .setMemory(let operation): operation.name
    case .directMapDefault: SetDirectMap.default.name
    case .touch(let access): "touch \(access.rawValue)"
    }
  }
}

extension Incurable {
  /// What nothing changes.
  func words(_ form: SentenceForm) -> String {
    let count = pages.words
    switch reason {
    case .kernel4K:
      return form == .short
        ? "Nothing clears KERNEL_4K (\(count))."
        : "Nothing in this kernel takes KERNEL_4K away again: \(count) stay 4K for good."
    case .bits(let lacking, let extra):
      var parts: [String] = []
      if !lacking.isEmpty { parts.append("sets \(lacking.text(.size4K))") }
      if !extra.isEmpty { parts.append("clears \(extra.text(.size4K))") }
      let what = parts.joined(separator: " and ")
      return form == .short
        ? "Nothing \(what) (\(count))." : "Nothing in this kernel \(what): \(count)."
    case .frames: return "No call moves a frame: \(count) not contiguous."
    case .nothingMapped: return "Nothing is mapped on \(count): no call maps them."
    case .sizeUnavailable: return "No call gives the CPU larger leaves."
    case .misaligned: return "No call aligns the frames."
    }
  }
}

extension Drift {
  /// What the policy keeps, and what the table holds.
  package var sentence: String {
    if tracked.word != found.word {
      let wrong = tracked.word ^ found.word
      let entries = wrong.setBits.map { "#\($0 * 8)-#\($0 * 8 + 7)" }.joined(separator: ", ")
      return "\(title) is wrong about \(entries) of \(slot.words)."
    }
    return "\(title) counts \(tracked.count) for \(slot.words), the table has "
      + "\(found.count)."
  }
}

extension MergerAnswer {
  /// Where its count is wrong; `nil` if it is not.
  var driftWords: String? {
    guard let drift, let title else { return nil }
    if drift.tracked.word != drift.found.word {
      let wrong = drift.tracked.word ^ drift.found.word
      let entries = wrong.setBits.map { "#\($0 * 8)-#\($0 * 8 + 7)" }.joined(separator: ", ")
      return "Drift: \(title) is wrong about \(entries)."
    }
    return "Drift: \(title) counts \(drift.tracked.count), the table has "
      + "\(drift.found.count)."
  }

  /// What it has to say.
  func lines(_ answer: MergeAnswer, _ form: SentenceForm) -> [AnswerLine] {
    if title == nil, form == .short, rule == .never,
      answer.mergers.contains(where: { $0.title != nil && $0.rule.merges })
    {
      return []
    }
    return [AnswerLine(.plain, words(answer, form))]
  }

  private func words(_ answer: MergeAnswer, _ form: SentenceForm) -> String {
    let who = title ?? answer.kernel
    switch rule {
    case .never: return "\(who) never merges by itself."
    case .onRox:
      return answer.size == .size1G
        ? "Only set_memory_rox merges, and to 1G only right after a merge to 2M in it."
        : "Only set_memory_rox tries to merge."
    case .onFlush: return "\(who) tries the whole GiB at each flush of CPA."
    case .bitmap(let tracked, _):
      guard tracked != 0 else { return "\(who) has no bit set." }
      let groups = tracked.setBits.prefix(4).map { "#\($0 * 8)-#\($0 * 8 + 7)" }
      let more = tracked.nonzeroBitCount - groups.count
      return
        "\(who) has \(tracked.nonzeroBitCount) of 64 bits set, for \(groups.joined(separator: ", "))"
        + (more > 0 ? " and \(more) more." : ".")
    case .count(let tracked, _):
      return "\(who) counts \(tracked) of 512 that are not standard."
    case .alike(let flags, let tracked, _):
      let size = answer.size.smaller ?? .size4K
      return "\(who) counts \(tracked) of 512 with \(flags.text(size))."
    case .untracked:
      return "\(who) does not track this table: no split made it, or it is elsewhere."
    case .only2M: return "\(who) makes 2M leaves only."
    case .keptSplit: return "\(who) keeps this pageblock mapped by 4K entries."
    case .pageblock: return pageblockWords(who, form)
    case .rule(let verdict): return verdict.words(answer, form)
    case .ruleWithoutMerge(let name): return "rule \(name) has no line that merges."
    }
  }

  private func pageblockWords(_ who: String, _ form: SentenceForm) -> String {
    guard case .pageblock(let type, let use, let isLiteral) = rule else {
      return who
    }
    guard type == .unmapped else {
      return "\(who) looks at Unmapped pageblocks only; this one is \(type.name)."
    }
    let end = isLiteral ? " and merging ends at order 9" : ""
    let waits = use.waiting > 0 ? "; \(use.waiting) wait on CPU 0's list" : ""
    return
      "\(who) merges when the pageblock is free\(end); in use: \(use.own) of Unmapped requests, "
      + "\(use.borrowed) borrowed, \(use.boot) of boot\(waits)."
  }
}

extension UInt64 {
  /// The places of the bits that are set, from 0.
  fileprivate var setBits: [Int] { (0..<64).filter { self & 1 << UInt64($0) != 0 } }
}

extension [SplitTrial] {
  /// What would split the leaf, and what would not; one line each.
  public func lines(_ leaf: LeafSize, _ form: SentenceForm = .long) -> [AnswerLine] {
    guard !isEmpty else { return [] }
    let onPage = filter { !$0.isWhole }
    let splitting = onPage.filter(\.splits)
    let keeping = onPage.filter { $0.stays && !$0.splits }
    let whole = filter { $0.isWhole && !$0.splits && $0.stays }
    let wholeSplitting = filter { $0.isWhole && $0.splits }
    var lines: [AnswerLine] = []
    func add(_ trials: [SplitTrial], _ words: String) {
      guard !trials.isEmpty else { return }
      lines.append(AnswerLine(.plain, "\(words): \(trials.map(\.name).joined(separator: " "))."))
    }
    let one =
      form == .short ? "On 1 page, split" : "On one page of it, these split the \(leaf.name) leaf"
    add(splitting, one)
    let all = form == .short ? "On all of it, split" : "On the whole leaf, these split it"
    add(wholeSplitting, all)
    add(
      whole,
      form == .short ? "On all of it, keep" : "On the whole leaf, these leave it in one piece")
    add(keeping, form == .short ? "Change nothing" : "These find nothing to change")
    let again = splitting.filter(\.mergesAgain)
    add(again, form == .short ? "Merged again at once" : "A policy merges it again at once after")
    if let failing = onPage.first(where: { $0.returnedError != nil }), form == .long {
      lines.append(
        AnswerLine(.plain, "\(failing.name) returns \(failing.returnedError?.name ?? "")."))
    }
    return lines
  }
}

extension SplitTrial {
  /// The call without what all have in common: `ro`, `set_direct_map_invalid`.
  fileprivate var name: String {
    if case .setMemory(let operation, _, _) = call { return operation.rawValue }
    return call.name.hasSuffix("_noflush") ? String(call.name.dropLast(8)) : call.name
  }

  fileprivate var stays: Bool {
    switch outcome {
    case .stays, .nothing: true
    case .splits, .fails, .refused: false
    }
  }

  fileprivate var mergesAgain: Bool {
    if case .splits(_, to: _, mergesAgain: true) = outcome { true } else { false }
  }

  fileprivate var returnedError: ReturnCode? {
    if case .fails(let code) = outcome { code } else { nil }
  }
}
