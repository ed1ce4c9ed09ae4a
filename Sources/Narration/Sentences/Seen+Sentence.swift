import Engine
public import History

extension SeenFunction {
  /// What it wrote, in words; empty for one that did not.
  private var writtenText: String {
    guard let written else { return "" }
    let change =
      written.old == written.new
      ? "once more \(Self.hex(written.new))"
      : "\(Self.hex(written.old)) became \(Self.hex(written.new))"
    return "the \(written.size.name) entry of \(written.address.words): \(change)"
  }

  /// The functions that had called it.
  private var callers: String {
    stack.isEmpty ? "" : "called by " + stack.joined(separator: ", ")
  }

  /// The line of the source that was reached: where it is, in which function, and its text.
  private var lineText: String {
    let text = excerpt?.currentText.map { "   \($0)" } ?? ""
    return "\(source ?? "a line") in \(name)\(text)"
  }

  /// It in a line, indented by its depth.
  public var line: String {
    let indent = String(repeating: "  ", count: depth)
    if written != nil {
      let callers = stack.isEmpty ? "" : "; \(self.callers)"
      return "\(indent)\(name) wrote \(writtenText)\(callers)"
    }
    if isLine { return "\(indent)\(lineText)" }
    let end = resultText.map { " = \($0)" } ?? ""
    return "\(indent)\(name)\(argumentText)\(end)" + (source.map { "   \($0)" } ?? "")
  }

  /// What a real kernel was seen doing with it, in a few words.
  public func words(_ step: SeenStep) -> String {
    switch step {
    case .entered: "\(name)\(argumentText)"
    case .left: "\(name) returns \(resultText ?? "nothing")"
    case .wrote: "\(name) wrote \(writtenText)"
    case .reached: lineText
    }
  }

  /// The same in a sentence.
  public func sentence(_ step: SeenStep) -> String {
    switch step {
    case .entered:
      "The kernel enters \(name)\(argumentText)\(source.map { ", \($0)" } ?? "")."
    case .left: "\(name)() returns \(resultText ?? "nothing")."
    case .wrote:
      "\(name)\(source.map { " (\($0))" } ?? "") wrote \(writtenText)"
        + (stack.isEmpty ? "." : "; \(callers).")
    case .reached: "The kernel comes to \(source ?? "a line") in \(name)."
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
    case .reached: "the kernel comes to a line"
    }
  }
}
