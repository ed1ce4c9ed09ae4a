/// A place in a scenario: where a statement begins, or where something is wrong.
public struct SourceLocation: Equatable, Sendable, CustomStringConvertible {
  /// The name of a text, which all places in it share: there are as many places as lines.
  package final class FileName: Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
  }

  private let name: FileName
  private var lineNumber: UInt32
  private var columnNumber: UInt32

  /// The name of the file, or a name that stands for it, such as `<stdin>`.
  public var file: String { name.text }
  /// The line, from 1, up to 2^32 - 1.
  public var line: Int {
    get { Int(lineNumber) }
    set { lineNumber = UInt32(clamping: newValue) }
  }
  /// The column in Unicode scalars, from 1, up to 2^32 - 1.
  public var column: Int {
    get { Int(columnNumber) }
    set { columnNumber = UInt32(clamping: newValue) }
  }

  /// Creates a location.
  public init(file: String, line: Int, column: Int) {
    self.init(in: FileName(file), line: line, column: column)
  }

  /// Creates a location in a text that has others.
  package init(in name: FileName, line: Int, column: Int) {
    self.name = name
    lineNumber = UInt32(clamping: line)
    columnNumber = UInt32(clamping: column)
  }

  /// The location as `file:line:column`.
  public var description: String { "\(file):\(line):\(column)" }

  /// Whether two places are the same.
  public static func == (a: SourceLocation, b: SourceLocation) -> Bool {
    a.lineNumber == b.lineNumber && a.columnNumber == b.columnNumber
      && (a.name === b.name || a.file == b.file)
  }
}
