@unsafe @preconcurrency import Glibc
import Interface
import SystemPackage

/// What may stand under a name that is read.
nonisolated enum InputKind {
  /// A plain file: what a file names, or a user in the middle of a session.
  case file
  /// A plain file, or a pipe that a shell has opened, as in `directmap run <(make-scenario)`: what is
  /// given to a command when it starts.
  case fileOrPipe
}

/// A file that is open for reading. The one place where the program opens files to read them.
///
/// A name may lead to anything. What would make the program wait without an end, act, or read without
/// an end is refused: named pipes, devices, sockets, directories. Opening never waits, and a read of a
/// plain file does not either, as one of `/proc/kmsg` would.
nonisolated struct InputFile: ~Copyable {
  /// The name, for errors.
  private let path: String
  private let descriptor: FileDescriptor
  private let isPipe: Bool
  /// Which file it is, and its state when it was opened; nil for a pipe.
  let stamp: FileStamp?

  /// Opens a file.
  ///
  /// - Throws: what is wrong with the name, and the way out.
  init(_ path: String, _ kind: InputKind) throws(UserError) {
    if path.isEmpty { throw UserError("a file name is empty; give the name of a file") }
    // Asked before it is opened: opening a device, or a pipe to which another program waits to write,
    // already does something.
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw Self.error(errno, path) }
    if let problem = Self.refusal(status, path, kind) { throw problem }
    let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard file >= 0 else { throw Self.error(errno, path) }
    let descriptor = FileDescriptor(rawValue: file)
    // What was opened may not be what was asked about.
    let isKnown = unsafe fstat(file, &status) == 0
    if let problem = isKnown ? Self.refusal(status, path, kind) : Self.error(EACCES, path) {
      try? descriptor.close()
      throw problem
    }
    self.path = path
    self.descriptor = descriptor
    isPipe = status.st_mode & S_IFMT == S_IFIFO
    stamp = isPipe ? nil : FileStamp(status)
  }

  deinit { try? descriptor.close() }

  /// The number of its descriptor, which is open as long as this is there.
  var number: Int32 { descriptor.rawValue }

  /// How many bytes a plain file has now.
  var size: UInt64 {
    var status = stat()
    return unsafe fstat(descriptor.rawValue, &status) == 0 ? UInt64(clamping: status.st_size) : 0
  }

  /// Reads the next bytes.
  ///
  /// - Parameter offset: where in the buffer they go.
  /// - Returns: how many there were; 0 at the end.
  func read(into buffer: inout [UInt8], from offset: Int = 0) throws(UserError) -> Int {
    try Self.read(descriptor, named: path, into: &buffer, from: offset, waits: isPipe)
  }

  /// Reads bytes from a place on; fewer than asked for where they end, or where the file has none, as
  /// `/proc/kcore` for addresses that are not mapped.
  func read(_ count: Int, at offset: UInt64) throws(UserError) -> [UInt8] {
    guard let start = off_t(exactly: offset) else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let done = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor.rawValue, buffer.baseAddress.map { unsafe $0 + filled }, count - filled,
          start &+ off_t(filled))
      }
      if done < 0, errno == EINTR { continue }
      guard done > 0 else { break }
      filled += done
    }
    return filled == count ? bytes : Array(bytes.prefix(filled))
  }

  /// Reads the next bytes of an open file.
  ///
  /// - Parameters:
  ///   - offset: where in the buffer they go.
  ///   - waits: whether to wait for bytes where there are none yet.
  static func read(
    _ descriptor: FileDescriptor, named name: String, into buffer: inout [UInt8],
    from offset: Int = 0, waits: Bool,
  ) throws(UserError) -> Int {
    while true {
      do {
        return unsafe try buffer.withUnsafeMutableBytes {
          unsafe try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[offset...]))
        }
      } catch Errno.wouldBlock where waits {
        var wanted = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&wanted, 1, -1)
      } catch Errno.wouldBlock {
        throw UserError("\(name) has no end yet; save it to a file, and give that")
      } catch {
        throw UserError("\(name) cannot be read; give the name of a file")
      }
    }
  }

  /// Why something is not read; nil if it is.
  private static func refusal(
    _ status: stat, _ path: String, _ kind: InputKind,
  ) -> UserError? {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return UserError("\(path) is a directory; give the name of a file")
    case S_IFIFO:
      guard kind == .fileOrPipe else {
        return UserError("\(path) is a pipe, not a file; give the name of a file")
      }
      // A pipe that a shell opened has a writer; one with a name may wait for it without an end.
      if status.st_dev == pipeDevice { return nil }
      return UserError(
        "\(path) is a named pipe, which may never have an end; give a file, or <(cat \(path))")
    case S_IFSOCK: return UserError("\(path) is a socket; give the name of a file")
    default: return UserError("\(path) is a device; give the name of a file")
    }
  }

  /// The device number of the file system that all pipes without a name lie on; nil if there can be no
  /// pipe.
  private static let pipeDevice: dev_t? = {
    guard let (reader, writer) = try? FileDescriptor.pipe() else { return nil }
    defer {
      try? reader.close()
      try? writer.close()
    }
    var status = stat()
    return unsafe fstat(reader.rawValue, &status) == 0 ? status.st_dev : nil
  }()

  private static func error(_ number: Int32, _ path: String) -> UserError {
    switch number {
    case ENOENT, ENOTDIR, ELOOP: UserError("\(path) does not exist; check the name")
    case ENAMETOOLONG:
      UserError("\(path.prefix(40))... is too long for a file name; check it")
    case ENXIO, ENODEV: UserError("\(path) is a device or a socket; give the name of a file")
    default: UserError("\(path) cannot be read; check its permissions")
    }
  }
}

extension FileStamp {
  /// The stamp of what the system says of a file.
  nonisolated init(_ status: stat) {
    self.init(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
      seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
  }
}
