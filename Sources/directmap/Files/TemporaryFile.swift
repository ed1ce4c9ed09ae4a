import CLinux
@unsafe @preconcurrency import Glibc
import Interface
import SystemPackage

/// A file that is written under a name of its own, `.directmap-PROCESS-NUMBER.tmp`, until it is whole.
///
/// It is locked as long as it is open. One that a killed run left is locked by nobody, and goes when the
/// next file is written in the same folder.
nonisolated final class TemporaryFile {
  private let folder: OutputFolder
  private let descriptor: FileDescriptor
  /// Its own name; nil once it has another.
  private(set) var name: String?

  /// Makes an empty file.
  init(in folder: OutputFolder) throws(FileProblem) {
    // A limit on the size of files is to be an error as a full disk is, not the end of the program.
    signal(SIGXFSZ, SIG_IGN)
    Self.sweep(folder)
    for number in 0..<10_000 {
      let name = ".directmap-\(getpid())-\(number).tmp"
      let file = unsafe openat(
        folder.descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard file >= 0 else {
        if errno == EEXIST { continue }
        throw FileProblem(number: errno)
      }
      // Before it was locked another run may have taken it for one that was left. Where files cannot
      // be locked, none is.
      var status = stat()
      let isLocked = flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
      if isLocked, unsafe fstat(file, &status) == 0, status.st_nlink > 0 {
        self.folder = folder
        self.name = name
        descriptor = FileDescriptor(rawValue: file)
        return
      }
      close(file)
    }
    throw FileProblem(number: EEXIST)
  }

  deinit {
    if let name { folder.remove(name) }
    try? descriptor.close()
  }

  /// Which file it is, and its state.
  var stamp: FileStamp? { status.map { FileStamp($0) } }

  /// What tells it from a file that was changed.
  var mark: FileMark? { status.map { FileMark($0) } }

  private var status: stat? {
    var status = stat()
    return unsafe fstat(descriptor.rawValue, &status) == 0 ? status : nil
  }

  /// Gives it the owner and the permissions of another file. The owner only where that is allowed.
  func resemble(_ other: stat) throws(FileProblem) {
    if other.st_uid != geteuid() || other.st_gid != getegid() {
      _ = fchown(descriptor.rawValue, other.st_uid, other.st_gid)
    }
    try allow(other.st_mode & 0o7777)
  }

  /// Sets what may be done with it.
  func allow(_ permissions: mode_t) throws(FileProblem) {
    if fchmod(descriptor.rawValue, permissions) != 0 { throw FileProblem(number: errno) }
  }

  /// Writes bytes at a place, and ends the file behind them.
  func write(_ bytes: [UInt8], at place: Int = 0) throws(FileProblem) {
    do {
      try descriptor.writeAll(toAbsoluteOffset: Int64(place), bytes)
    } catch {
      throw FileProblem(number: (error as? Errno)?.rawValue ?? EIO)
    }
    while ftruncate(descriptor.rawValue, off_t(place + bytes.count)) != 0 {
      if errno != EINTR { throw FileProblem(number: errno) }
    }
  }

  /// Waits until it is on the disk.
  func sync() throws(FileProblem) {
    if fsync(descriptor.rawValue) != 0 { throw FileProblem(number: errno) }
  }

  /// Gives it a name for good.
  ///
  /// - Parameter replaces: whether another file of the name goes; else the name must be free.
  func rename(to new: String, replaces: Bool) throws(FileProblem) {
    guard let name else { return }
    let problem: Int32
    if replaces {
      let isDone = unsafe renameat(folder.descriptor, name, folder.descriptor, new) == 0
      problem = isDone ? 0 : errno
    } else {
      problem = unsafe folder_rename_to_free(folder.descriptor, name, new)
    }
    guard problem == 0 else { throw FileProblem(number: problem) }
    self.name = nil
  }

  /// Takes the place of a file that has a name for good, which gets this one's.
  ///
  /// - Throws: `EINVAL` where the file system cannot do that, `ESTALE` where something else has the name.
  func exchange(with shown: TemporaryFile, named final: String) throws(FileProblem) {
    guard let name, try shown.has(final) else { throw FileProblem(number: ESTALE) }
    let problem = unsafe folder_exchange(folder.descriptor, name, final)
    guard problem == 0 else { throw FileProblem(number: problem) }
    // What came to lie there in between is not this program's: it gets its name back.
    guard try shown.has(name) else {
      _ = unsafe folder_exchange(folder.descriptor, name, final)
      throw FileProblem(number: ESTALE)
    }
    (shown.name, self.name) = (name, nil)
  }

  /// Whether a name is this file's.
  func has(_ name: String) throws(FileProblem) -> Bool {
    guard let there = try folder.status(name), let own = status else { return false }
    return there.st_dev == own.st_dev && there.st_ino == own.st_ino
  }

  // MARK: - What was left

  /// Removes the files of killed runs: plain ones of this user, under such a name, that nobody holds.
  static func sweep(_ folder: OutputFolder) {
    for name in folder.names where isOwn(name) {
      guard let there = try? folder.status(name), isLeft(there) else { continue }
      let file = unsafe openat(
        folder.descriptor, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      guard file >= 0 else { continue }
      defer { close(file) }
      var status = stat()
      guard unsafe fstat(file, &status) == 0, isLeft(status),
        flock(file, LOCK_EX | LOCK_NB) == 0, let now = try? folder.status(name),
        now.st_ino == status.st_ino, now.st_dev == status.st_dev
      else { continue }
      folder.remove(name)
    }
  }

  private static func isLeft(_ status: stat) -> Bool {
    status.st_mode & S_IFMT == S_IFREG && status.st_uid == geteuid()
  }

  /// Whether a name is one that this program gives: `.directmap-PROCESS-NUMBER.tmp`.
  private static func isOwn(_ name: String) -> Bool {
    guard name.hasPrefix(".directmap-"), name.hasSuffix(".tmp") else { return false }
    let numbers = name.dropFirst(".directmap-".count).dropLast(".tmp".count)
      .split(separator: "-", omittingEmptySubsequences: false)
    return numbers.count == 2 && numbers.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
