import Engine

// Questions about TLB flushes.

extension Trial {
  private enum Manner: CaseIterable {
    case none, pages, everything
  }

  /// Whether the kernel must flush after the call, or a learner might think so.
  private var mayFlush: Bool {
    switch call {
    case .touch, .poke, .vmap, .vmapPageRange, .collapse: false
    case .user(.vmalloc), .user(.ioremap): false
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .vunmap, .user,
      .policy, .process, .linearMap, .allocPages, .freePages, .freePagesAt, .drainPages, .age,
      .scatter, .function:
      true
    }
  }

  var flushQuestion: Question? {
    guard mayFlush, returned == .success else { return nil }
    let flushes = flushes
    let right: Manner =
      flushes.isEmpty ? .none : flushes.contains { $0.isFull } ? .everything : .pages
    var maker = QuestionMaker(
      .flush, "How are the TLBs flushed in the call? The strongest flush counts.")
    for manner in [right] + Manner.allCases {
      maker.offer(
        words(manner), order: Int64(Manner.allCases.firstIndex(of: manner) ?? 0),
        aliases: Self.aliases(manner), mistake: flushMistake(manner, right) ?? "")
    }
    return maker.question(flushReasons(right).joined(separator: " "))
  }

  private func words(_ manner: Manner) -> String {
    switch manner {
    case .none: "not at all"
    case .pages: "page by page"
    case .everything: "everything"
    }
  }

  private static func aliases(_ manner: Manner) -> [String] {
    switch manner {
    case .none: ["none", "no", "no flush", "nothing"]
    case .pages: ["pages", "single pages", "invlpg", "tlbi"]
    case .everything: ["all", "full", "full flush", "flush_tlb_all"]
    }
  }

  private func flushReasons(_ right: Manner) -> [String] {
    guard right != .none else {
      let told = reasons(1) { event in
        if case .decided(.nothingChanged) = event { true } else { false }
      }
      if !told.isEmpty { return told }
      return [
        before.kernel.architecture == .arm64
          ? "Nothing in this call flushes."
          : "Nothing in this call flushes: a caller of a _noflush function does that when it is done."
      ]
    }
    let last = flushes.last { $0.isFull == (right == .everything) }
    var told = last.map { [rule(ofEvent: $0.index)] } ?? []
    if right == .everything, splits > 0, fullFlushes > 1 {
      told.insert("Each split ends in flush_tlb_all.", at: 0)
    }
    return told
  }

  private func flushMistake(_ given: Manner, _ right: Manner) -> String? {
    let ceiling = Machine.singlePageFlushCeiling.rawValue
    switch (given, right) {
    case (.pages, .everything) where splits + splits(.size2M, inDirectMap: false) > 0:
      return "However few pages change, a split empties every TLB."
    case (.pages, .everything) where pages <= ceiling:
      return "The count is small, but single pages are flushed only where no alias was visited."
    case (.pages, .everything): return "\(pages) pages are more than the ceiling of \(ceiling)."
    case (.everything, .pages): return "Up to \(ceiling) pages go one by one."
    case (.everything, .none), (.pages, .none):
      return "Without a changed entry, or by a _noflush function, nothing is flushed."
    case (.none, _): return "An entry changed, and the TLBs may still hold the old one."
    default: return nil
    }
  }

  var fullFlushQuestion: Question? {
    guard mayFlush, returned == .success, before.kernel.architecture == .x86_64, fullFlushes > 0
    else { return nil }
    let right = fullFlushes
    var wrong = [
      Misconception(
        1, splits > 0 ? "Each split flushes for itself, before the change is flushed." : nil),
      Misconception(0, "A split, or a change seen through an alias, empties every TLB."),
      Misconception(right + 1),
    ]
    if splits > 0 {
      wrong.insert(Misconception(splits, "Splits are not all that flushes here."), at: 0)
    }
    wrong.append(Misconception(right + 2))
    let told = flushes.filter(\.isFull)
    let reasons = told.suffix(2).map { rule(ofEvent: $0.index) }
    let sum =
      splits > 0
      ? [
        splits == 1 ? "1 of them comes with the split." : "\(splits) of them come with the splits."
      ]
      : []
    return QuestionMaker.number(
      .fullFlushes, "How many times does the call empty the TLB of every CPU?", right, wrong,
      (sum + Array(reasons.uniqued)).joined(separator: " ")
    ) {
      let count = right == 1 ? "1 full flush" : "\(right) full flushes"
      return $0
        ? "The call makes no more than \(count)."
        : "Each split empties every TLB, and so may the change itself: that makes \(right)."
    }
  }
}

extension [String] {
  /// Each element once, at its first place.
  fileprivate var uniqued: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
