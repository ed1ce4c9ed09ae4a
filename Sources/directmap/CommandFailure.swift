import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// Why a command cannot go on: told in one line on standard error, exit status 2.
nonisolated struct CommandFailure: Error, Equatable {
  /// The file or option it is about.
  var place: String
  /// What is wrong, and the way out.
  var reason: String

  /// Writes the line to standard error.
  func print() {
    let line = Array("directmap: \(place): \(reason)\n".utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
  }
}

/// The bytes of a file.
nonisolated func readFile(_ path: String) throws(CommandFailure) -> Data {
  do {
    return try Data(contentsOf: URL(filePath: path))
  } catch {
    throw CommandFailure(place: path, reason: "cannot be read")
  }
}
