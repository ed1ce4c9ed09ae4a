/// A function of a real kernel that was entered inside a call, or that wrote a word that was watched.
public struct SeenFunction: Equatable, Sendable {
  /// The function's name; of one that wrote, with how far behind its start.
  public var name: String
  /// How many of the functions that are looked at had not returned when it was entered.
  public var depth: Int
  /// The first registers of arguments. How many the function takes is not known.
  public var arguments: [UInt64]
  /// What it left in the register of results; `nil` if it did not return, or wrote.
  public var result: UInt64?
  /// Of one that wrote a watched word: the functions that had called it, as the stack shows them, the
  /// nearest first. An address that an earlier call left there may be among them.
  public var stack: [String]?

  /// Creates what is known when a function is entered.
  public init(name: String, depth: Int, arguments: [UInt64], stack: [String]? = nil) {
    self.name = name
    self.depth = depth
    self.arguments = arguments
    self.stack = stack
  }

  /// It in a line, indented by its depth.
  public var line: String {
    let indent = String(repeating: "  ", count: depth)
    if let stack {
      let callers = stack.isEmpty ? "" : ", called by " + stack.joined(separator: ", ")
      return "\(indent)\(name) wrote the entry\(callers)"
    }
    let words = arguments.map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
    let end = result.map { " = 0x" + String($0, radix: 16) } ?? ""
    return "\(indent)\(name)(\(words))\(end)"
  }
}
