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
    case .nothing: return [AnswerLine(.heading, "Nothing is mapped here: no RAM.")]
    case .table: break
    }
    var lines = [AnswerLine(.heading, heading(form))]
    if isFirstOdd, form == .long || blockers <= Self.few {
      lines.append(AnswerLine(.plain, firstOddWords(form)))
    }
    lines += mergers.compactMap(\.driftWords).map { AnswerLine(.warning, $0) }
    lines += conditionLines(form)
    lines += clearingLines(form)
    lines += mergers.flatMap { $0.lines(self, form) }
    return lines
  }

  private func leafWords(_ leaf: LeafSize, _ form: SentenceForm) -> String {
    leaf == size
      ? "It is one \(leaf.name) leaf: nothing to merge."
      : "It is part of one \(leaf.name) leaf: nothing to merge."
  }

  private func heading(_ form: SentenceForm) -> String {
    let place = "The \(size.name) slot at \(slot.words)"
    guard let obstacle else {
      return form == .short
        ? "All 512 entries are alike: it could be one leaf."
        : "\(place) could be one leaf: all of its 512 entries are alike."
    }
    let count = blockers
    if count == 0 {
      return form == .short ? obstacle.words : "\(place) is not one leaf: \(obstacle.words)."
    }
    let stand = count == 1 ? "stands" : "stand"
    return form == .short
      ? "\(count) of 512 entries \(stand) against it."
      : "\(place) is not one leaf: \(count) of its 512 entries \(stand) against it. "
        + "The kernel's test ends at the first thing it finds: \(obstacle.words)."
  }

  private func firstOddWords(_ form: SentenceForm) -> String {
    form == .short
      ? "#0 itself is odd: all are compared with it."
      : "Entry #0 is itself one that differs from most, and it is the one that the kernel compares "
        + "all others with."
  }

  /// So many entries are few.
  private static let few = 64

  // MARK: Conditions

  private func conditionLines(_ form: SentenceForm) -> [AnswerLine] {
    if form == .long { return conditions.flatMap { $0.lines(size, majority, form) } }
    var lines = conditions.filter { !$0.isMet }.flatMap { $0.lines(size, majority, form) }
    // What holds is said in one line.
    let met = conditions.filter { $0.isMet && ($0.isReached || !couldMerge) }
      .map { $0.words(size) }.joined(separator: ", ")
    if !met.isEmpty { lines.append(AnswerLine(.met, met)) }
    return lines
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
    case .framesInRow: "frames in a row"
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

  func lines(_ size: LeafSize, _ majority: EntryFlags?, _ form: SentenceForm) -> [AnswerLine] {
    let rest = isReached || form == .short ? "" : " (not reached)"
    guard !isMet else { return [AnswerLine(isReached ? .met : .notReached, words(size) + rest)] }
    var text = "\(words(size)): \(failure)"
    if form == .long, kind == .flagsEqual, let majority {
      text += " from most, which have \(majority.text(.size4K))"
    }
    var lines = [AnswerLine(.notMet, text + rest)]
    if !first.isEmpty {
      let listed = first.reduce(0) { $0 + $1.indices.count }
      let more = entries.count - listed
      let words = first.map { $0.words(kind) }.joined(separator: "; ")
      lines.append(AnswerLine(.detail, words + (more > 0 ? "; and \(more) more" : "")))
    }
    return lines
  }
}

extension OddEntry {
  /// The entry and what is wrong with it: `#17 lacks D`, `#3-#5 are not present`.
  func words(_ kind: MergeCondition.Kind) -> String {
    let first = indices.lowerBound
    let isOne = indices.count == 1
    let name = isOne ? "#\(first)" : "#\(first)-#\(indices.upperBound)"
    let are = isOne ? "is" : "are"
    switch kind {
    case .sizeAvailable: return name
    case .leaves: return isOne ? "\(name) is a table" : "\(name) are tables"
    case .frameAligned: return "\(name) shows pfn \(frame?.hex ?? "")"
    case .framesInRow: return "\(name) \(isOne ? "shows" : "show") pfn \(frame?.hex ?? "")"
    case .not4KByRequest: return "\(name) \(are) 4K by request"
    case .present:
      if isNone { return "\(name) \(isOne ? "maps" : "map") nothing" }
      let others = differenceWords(lacking.subtracting(.present), extra, isOne: isOne)
      return "\(name) \(are) not present" + (others.isEmpty ? "" : " and \(others)")
    case .flagsEqual:
      return "\(name) \(differenceWords(lacking, extra.subtracting(.kernel4K), isOne: isOne))"
    }
  }

  private func differenceWords(
    _ lacking: EntryFlags, _ extra: EntryFlags, isOne: Bool,
  ) -> String {
    var parts: [String] = []
    if !lacking.isEmpty {
      parts.append("\(isOne ? "lacks" : "lack") \(lacking.text(.size4K))")
    }
    if !extra.isEmpty { parts.append("\(isOne ? "has" : "have") \(extra.text(.size4K))") }
    return parts.joined(separator: ", ")
  }
}
