import KernelText

/// The bytes of a file, piece by piece, however long it is.
nonisolated final class FileBytes: ByteSource {
  private let file: InputFile

  /// Opens a file.
  ///
  /// - Throws: what is wrong with the name, and the way out.
  init(_ path: String, _ kind: InputKind) throws(UserError) { file = try InputFile(path, kind) }

  func read(into buffer: inout [UInt8], from offset: Int) throws -> Int {
    try file.read(into: &buffer, from: offset)
  }
}
