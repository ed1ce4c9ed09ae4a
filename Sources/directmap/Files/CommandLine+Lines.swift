import KernelText

extension CommandLine {
  /// Hands out the lines of a file or a pipe, however long it is, with room for one of them. Bytes that
  /// are no UTF-8 become replacement characters.
  ///
  /// - Parameter visit: takes a line without its end; returns whether to go on.
  nonisolated static func forEachLine(
    ofFile path: String, _ visit: (String) -> Bool,
  ) throws(UserError) {
    var lines = LineStream(try FileBytes(path, .fileOrPipe))
    do {
      while try lines.advance() {
        var line = lines.text
        if line.hasSuffix("\r") { line.removeLast() }
        guard visit(line) else { return }
      }
    } catch {
      throw UserError(reading: path, error)
    }
  }
}
