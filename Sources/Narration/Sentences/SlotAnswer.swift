import Engine

/// Why a slot is not one leaf, and, where a large leaf maps it, what would split that.
public struct SlotAnswer: Equatable, Sendable {
  /// Why the slot is not one leaf.
  public private(set) var merge: MergeAnswer
  /// The large leaf that maps the page that was asked about, if one does.
  public let leaf: LeafSize?
  /// What would split it.
  public let splits: [SplitTrial]

  /// Asks a machine.
  ///
  /// - Parameter size: the leaf that is asked for, 2M or 1G; without one, the next larger than that
  ///   which maps the page.
  /// - Parameter countsFollow: whether the machine is inside a call that still brings what policies
  ///   count up to date: then there is no drift to tell of.
  public init(
    _ machine: Machine, _ size: LeafSize?, at address: VirtualAddress, countsFollow: Bool = false,
  ) {
    let mapped = machine.tables.lookup(address)?.size
    leaf = mapped == .size4K ? nil : mapped
    merge = machine.whyNot(size ?? mapped?.larger ?? .size1G, at: address)
    splits = machine.whatSplits(at: address)
    if countsFollow {
      for index in merge.mergers.indices { merge.mergers[index].drift = nil }
    }
  }

  /// The answer in lines, the most important first.
  public func lines(_ form: SentenceForm = .long) -> [AnswerLine] {
    merge.lines(form) + (leaf.map { splits.lines($0, form) } ?? [])
  }

  /// The answer in full sentences.
  public var sentences: [String] { lines(.long).map(\.plainText) }
}
