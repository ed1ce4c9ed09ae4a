import Engine

/// A line of an answer, with what it says of itself.
public struct AnswerLine: Equatable, Sendable {
  /// What sort of line.
  public enum Mark: Equatable, Sendable {
    /// What the answer comes to.
    case heading
    /// A condition that holds.
    case met
    /// A condition that does not.
    case notMet
    /// A condition that the kernel's test does not come to.
    case notReached
    /// More of what stands above.
    case detail
    /// Something that is wrong with a policy's own books.
    case warning
    /// Anything else.
    case plain
  }

  /// What sort of line.
  public var mark: Mark
  /// The words.
  public var text: String

  /// Creates a line.
  public init(_ mark: Mark, _ text: String) {
    self.mark = mark
    self.text = text
  }

  /// The line as plain text, with a sign for its mark.
  public var plainText: String {
    switch mark {
    case .heading, .plain: text
    case .met: "[x] \(text)"
    case .notMet: "[ ] \(text)"
    case .notReached: "[?] \(text)"
    case .detail: "    \(text)"
    case .warning: "!   \(text)"
    }
  }
}

extension MergeAnswer {
  /// The answer in full sentences.
  public var sentences: [String] { lines(.long).map(\.plainText) }

  /// The answer in lines, the most important first.
  public func lines(_ form: SentenceForm = .long) -> [AnswerLine] {
    switch mapping {
    case .leaf(let leaf):
      return [AnswerLine(.heading, leafWords(leaf, form))]
    case .nothing(let isRAM):
      return [
        AnswerLine(
          .heading,
          isRAM
            ? "RAM that is not mapped yet."
            : AddressLayout.directMapFrame(of: slot) == nil
              ? "Nothing is mapped here." : "Nothing is mapped here: no RAM.")
      ]
    case .table: break
    }
    if isForGood {
      return [
        AnswerLine(
          .heading,
          form == .short
            ? "A table for good: nothing merges on arm64."
            : "The \(size.name) slot at \(slot.words) is a table, and stays one: arm64 has no code that "
              + "merges leaves.")
      ]
    }
    let drifts = mergers.compactMap(\.driftWords).map { AnswerLine(.warning, $0) }
    let first = isFirstOdd ? [AnswerLine(.plain, firstOddWords(form))] : []
    let who = mergers.flatMap { $0.lines(self, form) }
    let lines = [AnswerLine(.heading, heading(form))] + drifts
    if form == .long {
      let conditions = conditions.flatMap { $0.lines(size, majority) }
      return lines + first + conditions + clearingLines(form) + who
    }
    let failing = conditions.filter { !$0.isMet }.map { AnswerLine(.notMet, $0.shortFailure(size)) }
    return lines + failing + clearingLines(form) + first + who + metLines
  }

  private func leafWords(_ leaf: LeafSize, _ form: SentenceForm) -> String {
    leaf == size
      ? "It is one \(leaf.name) leaf: nothing to merge."
      : "It is part of one \(leaf.name) leaf: nothing to merge."
  }

  private func heading(_ form: SentenceForm) -> String {
    let place = "The \(size.name) slot at \(slot.words)"
    guard let obstacle else {
      if let name = mergers.first(where: { !$0.entries.isEmpty })?.title {
        return form == .short
          ? "All 512 entries are equal, but not as \(name) requires."
          : "\(place) could be one leaf: all of its 512 entries are equal, but not as \(name) requires "
            + "them."
      }
      return form == .short
        ? "All 512 entries are equal: it could be one leaf."
        : "\(place) could be one leaf: all of its 512 entries are equal."
    }
    let count = blockers
    if count == 0 {
      return form == .short ? obstacle.words : "\(place) is not one leaf: \(obstacle.words)."
    }
    let block = count == 1 ? "blocks" : "block"
    return form == .short
      ? "\(count) of 512 entries \(block) it."
      : "\(place) is not one leaf: \(count) of its 512 entries \(block) it. "
        + "The kernel's test stops at the first one: \(obstacle.words)."
  }

  private func firstOddWords(_ form: SentenceForm) -> String {
    form == .short
      ? "#0 itself is odd: all are compared with it."
      : "Entry #0 is itself one that differs from most, and it is the one that the kernel compares "
        + "all others with."
  }

  // MARK: Conditions

  /// What holds, in one line.
  private var metLines: [AnswerLine] {
    let met = conditions.filter { $0.isMet && $0.isReached }.map { $0.words(size) }
    return met.isEmpty ? [] : [AnswerLine(.met, met.joined(separator: ", "))]
  }

  // MARK: What would clear it

  /// For the policy that asks for certain flags, or for anyone.
  private func clearingLines(_ form: SentenceForm) -> [AnswerLine] {
    let own = mergers.first { $0.clearing != nil }
    guard let clearing = own?.clearing ?? clearing, clearing.isNeeded else { return [] }
    return clearing.lines(for: own?.name, form)
  }
}

extension MergeCondition {
  /// The condition as a claim, in a few words.
  func words(_ size: LeafSize) -> String {
    switch kind {
    case .sizeAvailable: "\(size.name) leaves exist"
    case .leaves: "all \(size.smaller?.name ?? "") leaves"
    case .frameAligned: "first frame aligned"
    case .not4KByRequest: "none 4K by request"
    case .present: "all present"
    case .framesInRow: "frames contiguous"
    case .flagsEqual: "equal flags"
    }
  }

  /// How many fail, in a few words.
  private var failure: String {
    let count = entries.count
    return switch kind {
    case .sizeAvailable: "the CPU or the boot has none"
    case .leaves: count == 1 ? "1 is a table" : "\(count) are tables"
    case .frameAligned: "it is not"
    case .not4KByRequest: count == 1 ? "1 is" : "\(count) are"
    case .present, .framesInRow: count == 1 ? "1 is not" : "\(count) are not"
    case .flagsEqual: count == 1 ? "1 differs" : "\(count) differ"
    }
  }

  /// The condition and, if it does not hold, the entries.
  func lines(_ size: LeafSize, _ majority: EntryFlags?) -> [AnswerLine] {
    let rest = isReached ? "" : " (not reached)"
    guard !isMet else { return [AnswerLine(isReached ? .met : .notReached, words(size) + rest)] }
    var text = "\(words(size)): \(failure)"
    if kind == .flagsEqual, let majority {
      text += " from most, which have \(majority.text(.size4K))"
    }
    var lines = [AnswerLine(.notMet, text + rest)]
    if !first.isEmpty {
      lines.append(AnswerLine(.detail, listing { $0.words(kind) }))
    }
    return lines
  }

  /// What does not hold and for which entries, in one line.
  func shortFailure(_ size: LeafSize) -> String {
    let count = entries.count
    let entries = listing { $0.shortWords(kind) }
    return switch kind {
    case .sizeAvailable: "no \(size.name) leaves: \(failure)"
    case .frameAligned: "first frame not aligned: \(entries)"
    case .leaves: "\(failure): \(entries)"
    case .not4KByRequest: "\(count) 4K by request: \(entries)"
    case .present: "\(count) not present: \(entries)"
    case .framesInRow: "\(count) not contiguous: \(entries)"
    case .flagsEqual: "\(failure): \(entries)"
    }
  }

  /// The first entries, and how many there are more.
  private func listing(_ words: (OddEntry) -> String) -> String {
    let more = entries.count - first.reduce(0) { $0 + $1.indices.count }
    return first.map(words).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
  }
}

extension OddEntry {
  private var isOne: Bool { indices.count == 1 }

  private var name: String {
    isOne ? "#\(indices.lowerBound)" : "#\(indices.lowerBound)-#\(indices.upperBound)"
  }

  /// The entry, and what is wrong with it besides what the condition says: `#17 lacks D`, `#3`.
  func shortWords(_ kind: MergeCondition.Kind) -> String {
    switch kind {
    case .sizeAvailable, .leaves, .not4KByRequest: return name
    case .frameAligned, .framesInRow, .flagsEqual: return words(kind)
    case .present:
      let others = isNone ? "" : differenceWords(lacking.subtracting(.present), extra)
      return others.isEmpty ? name : "\(name) \(others)"
    }
  }

  /// The entry and what is wrong with it: `#17 lacks D`, `#3-#5 are not present`.
  func words(_ kind: MergeCondition.Kind) -> String {
    let are = isOne ? "is" : "are"
    switch kind {
    case .sizeAvailable: return name
    case .leaves: return isOne ? "\(name) is a table" : "\(name) are tables"
    case .frameAligned: return "\(name) shows pfn \(frame?.hex ?? "")"
    case .framesInRow: return "\(name) \(isOne ? "shows" : "show") pfn \(frame?.hex ?? "")"
    case .not4KByRequest: return "\(name) \(are) 4K by request"
    case .present:
      if isNone { return "\(name) \(isOne ? "maps" : "map") nothing" }
      let others = differenceWords(lacking.subtracting(.present), extra)
      return "\(name) \(are) not present" + (others.isEmpty ? "" : " and \(others)")
    case .flagsEqual:
      return "\(name) \(differenceWords(lacking, extra.subtracting(.kernel4K)))"
    }
  }

  private func differenceWords(
    _ lacking: EntryFlags, _ extra: EntryFlags,
  ) -> String {
    var parts: [String] = []
    if !lacking.isEmpty {
      parts.append("\(isOne ? "lacks" : "lack") \(lacking.text(.size4K))")
    }
    if !extra.isEmpty { parts.append("\(isOne ? "has" : "have") \(extra.text(.size4K))") }
    return parts.joined(separator: ", ")
  }
}
