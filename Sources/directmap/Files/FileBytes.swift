import FoundationEssentials
import KernelText
import SystemPackage

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

/// The bytes of standard input, piece by piece.
nonisolated final class StandardInputBytes: ByteSource {
  func read(into buffer: inout [UInt8], from offset: Int) throws -> Int {
    try InputFile.read(
      .standardInput, named: "standard input", into: &buffer, from: offset, waits: true)
  }
}

/// A file that is read from its beginning more than once. A plain file is opened each time; what comes
/// through a pipe is held.
nonisolated struct RereadFile {
  private let path: String
  private let held: Data?

  /// Looks at a file.
  ///
  /// - Throws: what is wrong with the name, and the way out.
  init(_ path: String) throws(UserError) {
    self.path = path
    let isPlain = try InputFile(path, .fileOrPipe).stamp != nil
    held = isPlain ? nil : try CommandLine.bytes(ofFile: path, .fileOrPipe, as: .pipedTrace)
  }

  /// The bytes from the beginning on.
  func open() throws(UserError) -> any ByteSource {
    if let held { return BytesInMemory(held) }
    return try FileBytes(path, .file)
  }
}
