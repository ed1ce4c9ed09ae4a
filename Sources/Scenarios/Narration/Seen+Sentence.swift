import Engine
public import History

extension SeenFunction {
  /// What a real kernel was seen doing with it, in a few words.
  public func words(_ step: SeenStep) -> String {
    switch step {
    case .entered: "\(name)\(argumentText)"
    case .left: "\(name) returns \(resultText ?? "nothing")"
    case .wrote: "\(name) wrote \(writtenText)"
    }
  }

  /// The same in a sentence.
  public func sentence(_ step: SeenStep) -> String {
    switch step {
    case .entered:
      "The kernel enters \(name)\(argumentText)\(source.map { ", \($0)" } ?? "")."
    case .left: "\(name)() returns \(resultText ?? "nothing")."
    case .wrote:
      "\(name) wrote \(writtenText)" + (stack.isEmpty ? "." : "; \(callers).")
    }
  }
}

extension SeenStep {
  /// What a step is where its function is not known.
  var words: String {
    switch self {
    case .entered: "the kernel enters a function"
    case .left: "the function returns"
    case .wrote: "a watched entry was written"
    }
  }
}
