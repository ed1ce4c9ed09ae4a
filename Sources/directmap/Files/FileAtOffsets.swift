import Maps

/// A file of which parts are read, in any order, such as the memory of a kernel.
nonisolated final class FileAtOffsets: BytesAtOffsets {
  private let file: InputFile

  /// Opens a plain file.
  ///
  /// - Throws: what is wrong with the name, and the way out.
  init(_ path: String) throws(UserError) { file = try InputFile(path, .file) }

  /// How many bytes it has.
  var size: UInt64 { file.size }

  func read(_ count: Int, at offset: UInt64) throws -> [UInt8] { try file.read(count, at: offset) }
}
