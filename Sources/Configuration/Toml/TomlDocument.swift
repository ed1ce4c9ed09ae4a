/// A TOML file as a list of its settings, each with its line.
///
/// An error affects only its line, or the list it breaks; everything after it is still read.
struct TomlDocument {
  /// A value under its full name. Inline tables are expanded.
  struct Entry: Equatable, Sendable {
    var path: [String]
    var value: TomlValue
    var line: Int
  }

  /// The settings in order.
  private(set) var entries: [Entry] = []
  /// The tables that were opened, each once.
  private(set) var tables: [(path: [String], line: Int)] = []
  /// The errors in the text.
  private(set) var errors: [TomlError] = []

  private var table: [String] = []
  private var linesByPath: [[String]: Int] = [:]
  private var linesByTable: [[String]: Int] = [:]

  /// Reads the bytes of a file.
  init(_ bytes: [UInt8]) {
    let text = blankingWhatIsNoText(bytes)
    var scanner = TomlScanner(text)
    while scanner.next != nil {
      let start = (position: scanner.position, line: scanner.line)
      do throws(TomlError) {
        try readStatement(&scanner)
      } catch {
        errors.append(error)
        scanner.position = start.position
        scanner.line = start.line
        scanner.dropLine()
        // The rest of a broken list is not reported again.
        while scanner.next != nil, scanner.line <= error.line || Self.continuesList(scanner),
          !Self.beginsStatement(scanner)
        {
          scanner.dropLine()
        }
      }
    }
  }

  /// Lines that are not UTF-8 become empty, each with an error.
  private mutating func blankingWhatIsNoText(_ bytes: [UInt8]) -> [UInt8] {
    guard String(validating: bytes, as: UTF8.self) == nil else { return bytes }
    var result = bytes
    var line = 1
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
      if String(validating: bytes[start..<end], as: UTF8.self) == nil {
        for index in start..<end { result[index] = 0x20 }
        errors.append(
          TomlError(
            line: line, reason: "the line is no UTF-8 text", wayOut: "save the file as UTF-8"))
      }
      start = end + 1
      line += 1
    }
    return result
  }

  private mutating func readStatement(_ scanner: inout TomlScanner) throws(TomlError) {
    if scanner.skipToNextLine() { return }
    let line = scanner.line
    if scanner.take("[") {
      if scanner.next == UInt8(ascii: "[") {
        throw scanner.error("no setting is a list of tables", "write [NAME]")
      }
      let path = try scanner.path()
      guard scanner.take("]") else { throw scanner.error("a [ has no ]", "write [NAME]") }
      try endLine(&scanner, after: "the name of a table")
      table = path
      if let first = linesByTable[path] {
        throw TomlError(
          line: line, reason: "[\(Self.text(path))] begins a second time",
          wayOut: "put its settings below line \(first)")
      }
      linesByTable[path] = line
      tables.append((path, line))
      return
    }
    let path = try scanner.path()
    guard scanner.take("=") else {
      throw scanner.error("\(Self.text(path)) has no value", "write NAME = VALUE")
    }
    scanner.skipSpaces()
    let value = try scanner.value()
    try endLine(&scanner, after: "a value")
    add(value, at: table + path, line)
  }

  private func endLine(_ scanner: inout TomlScanner, after what: String) throws(TomlError) {
    guard scanner.skipToNextLine() else {
      throw scanner.error("unexpected text after \(what)", "write one setting a line")
    }
  }

  private mutating func add(_ value: TomlValue, at path: [String], _ line: Int) {
    if case .table(let entries) = value {
      for entry in entries { add(entry.value, at: path + entry.path, line) }
      return
    }
    if let first = linesByPath[path] {
      errors.append(
        TomlError(
          line: line, reason: "\(Self.text(path)) is set a second time",
          wayOut: "the value of line \(first) counts; keep one"))
      return
    }
    linesByPath[path] = line
    entries.append(Entry(path: path, value: value, line: line))
  }

  /// A dotted name.
  static func text(_ path: [String]) -> String {
    path.map { part in
      !part.isEmpty && part.utf8.allSatisfy(TomlScanner.isBare) ? part : TomlValue.quoted(part)
    }.joined(separator: ".")
  }

  /// Whether a line looks like the middle or the end of a list.
  private static func continuesList(_ scanner: TomlScanner) -> Bool {
    var rest = scanner
    rest.skipSpaces()
    return rest.next.map { "]},\"'".utf8.contains($0) } ?? false
  }

  /// Whether a line looks like a table or a setting, and not like the rest of a list.
  private static func beginsStatement(_ scanner: TomlScanner) -> Bool {
    var rest = scanner
    rest.skipSpaces()
    if rest.next == UInt8(ascii: "#") { return true }
    let isHeader = rest.take("[")
    guard (try? rest.path()) != nil else { return false }
    return isHeader ? rest.take("]") && rest.skipToNextLine() : rest.take("=")
  }
}
