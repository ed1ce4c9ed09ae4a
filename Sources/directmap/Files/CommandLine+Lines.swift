extension CommandLine {
  /// The most bytes of a line that are looked at; the rest of a longer one is passed over.
  private nonisolated static let lineLimit = 1 << 16

  /// Hands out the lines of a file or a pipe, however long it is, with room for one of them. Bytes that
  /// are no UTF-8 become replacement characters.
  ///
  /// - Parameter visit: takes a line without its end; returns whether to go on.
  nonisolated static func forEachLine(
    ofFile path: String, _ visit: (String) -> Bool,
  ) throws(UserError) {
    let file = try InputFile(path, .fileOrPipe)
    var line: [UInt8] = []
    var isFirst = true
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try file.read(into: &buffer), count > 0 {
      var rest = buffer[..<count]
      // The mark that some editors put before UTF-8.
      if isFirst, rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
      isFirst = false
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        append(rest[..<end], to: &line)
        guard visit(text(&line)) else { return }
        rest = rest[(end + 1)...]
      }
      append(rest, to: &line)
    }
    if !line.isEmpty { _ = visit(text(&line)) }
  }

  private nonisolated static func append(_ bytes: ArraySlice<UInt8>, to line: inout [UInt8]) {
    line += bytes.prefix(max(0, lineLimit - line.count))
  }

  /// The line as text, without a carriage return; the next one begins.
  private nonisolated static func text(_ line: inout [UInt8]) -> String {
    defer { line.removeAll(keepingCapacity: true) }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return String(decoding: line, as: UTF8.self)
  }
}
