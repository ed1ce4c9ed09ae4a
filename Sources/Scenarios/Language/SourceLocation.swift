/// A place in a scenario: where a statement begins, or where something is wrong.
public struct SourceLocation: Equatable, Sendable, CustomStringConvertible {
  /// The name of the file, or a name that stands for it, such as `<stdin>`.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column in Unicode scalars, from 1.
  public var column: Int

  /// Creates a location.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// The location as `file:line:column`.
  public var description: String { "\(file):\(line):\(column)" }
}
