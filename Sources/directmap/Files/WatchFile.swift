@unsafe @preconcurrency import Glibc
import SystemPackage

/// The file that a watch is recorded in: it only grows, is the owner's alone, and is written through no
/// link.
nonisolated final class WatchFile {
  private let path: String
  /// The bytes from which on a new file is begun.
  private let limit: UInt64
  private var descriptor: FileDescriptor?
  private var size: UInt64 = 0
  /// Whether nothing was written to it yet, so that it needs the head and all leaves.
  private(set) var isNew = true

  /// Makes the file. A recording that is there already gets the name with `.1` behind it.
  ///
  /// - Parameter limit: the bytes from which on the same is done again; 0 for no limit.
  init(_ path: String, limit: UInt64) throws(UserError) {
    self.path = path
    self.limit = limit
    if CommandLine.exists(path) {
      // A recording may go aside; anything else must stay.
      guard let file = try? FileAtOffsets(path), let bytes = try? file.read(20, at: 0),
        bytes.starts(with: "# directmap watch".utf8)
      else {
        throw UserError("\(path) exists, and is no recording of a watch; give another name")
      }
      setAside()
    }
    try begin()
  }

  deinit { try? descriptor?.close() }

  private func begin() throws(UserError) {
    let file = unsafe open(
      path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw FileProblem(number: errno).writing(path) }
    descriptor = FileDescriptor(rawValue: file)
    size = 0
    isNew = true
  }

  private func setAside() {
    // The older one goes.
    _ = unsafe rename(path, "\(path).1")
  }

  /// Adds text at the end.
  func write(_ text: String) throws(UserError) {
    guard let descriptor else { return }
    do {
      try descriptor.writeAll(text.utf8)
    } catch {
      throw FileProblem(number: (error as? Errno)?.rawValue ?? EIO).writing(path)
    }
    size += UInt64(text.utf8.count)
    isNew = false
  }

  /// Begins a new file, where the limit is reached.
  func turnIfFull() throws(UserError) {
    guard limit > 0, size >= limit else { return }
    try? descriptor?.close()
    setAside()
    try begin()
  }

  /// Opens the file by its name again, which another program has given to nothing, or to another file,
  /// meanwhile. One that still has the name stays open.
  func reopen() throws(UserError) {
    var own = stat()
    var named = stat()
    if let descriptor, unsafe fstat(descriptor.rawValue, &own) == 0,
      unsafe lstat(path, &named) == 0
    {
      if own.st_dev == named.st_dev, own.st_ino == named.st_ino { return }
      throw UserError("\(path) is another file now; the recording goes on in the old one")
    }
    try? descriptor?.close()
    try begin()
  }

  /// Waits until all is on the disk.
  func close() {
    if let descriptor { _ = fsync(descriptor.rawValue) }
    try? descriptor?.close()
    descriptor = nil
  }
}
