/// How the rules of a kernel profile are known.
public enum KernelBasis: Equatable, Sendable {
  /// Recordings of this release are compared with it step by step.
  case recorded(String)
  /// The source of a release was read, and nothing of it was recorded here; what, and what was not read.
  case source(String)
  /// Nobody could check it: built from the profiles beside it and from what is remembered; of what.
  case memory(String)

  /// Whether a recording or a source stands behind it.
  public var isChecked: Bool {
    switch self {
    case .recorded, .source: true
    case .memory: false
    }
  }
}

extension KernelBasis {
  /// What goes before the words about a profile in a list where nobody could check it.
  public var mark: String { isChecked ? "" : "not checked: " }

  /// How it is known, as a sentence.
  public var sentence: String {
    switch self {
    case .recorded(let release): "Recorded: \(release)."
    case .source(let words): "Nothing recorded, after the source: \(words)."
    case .memory(let words): "Not checked: \(words)."
    }
  }
}
