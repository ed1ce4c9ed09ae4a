import Engine

extension ProcessChange {
  var shortWords: String { switch self {} }
  var sentence: String { switch self {} }
  /// Whether a reader who does not follow the kernel's source can do without it.
  var isDetail: Bool { switch self {} }
  /// Equal for changes that say the same of other pages.
  public var shape: UInt64 { switch self {} }
}

extension ProcessDecision {
  var shortWords: String { switch self {} }
  var sentence: String { switch self {} }
  /// Equal for decisions that say the same of other pages.
  public var shape: UInt64 { switch self {} }
}
