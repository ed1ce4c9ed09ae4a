import CLinux
@unsafe @preconcurrency import Glibc

/// A folder that files are written to. It stays the same one whatever happens to the names above it.
nonisolated final class OutputFolder {
  /// The folder, to name files in it.
  let descriptor: Int32

  /// Opens the folder that a path names.
  ///
  /// - Throws: `ENOENT`, `ENOTDIR` or another number of the system, as ``FileProblem``.
  convenience init(_ path: String) throws(FileProblem) {
    try self.init(path, in: AT_FDCWD, follows: true)
  }

  /// Opens a folder in another one.
  ///
  /// - Parameter follows: whether its name may be a link.
  init(_ name: String, in folder: Int32, follows: Bool) throws(FileProblem) {
    descriptor = unsafe folder_open(folder, name, follows)
    guard descriptor >= 0 else { throw FileProblem(number: errno) }
  }

  deinit { close(descriptor) }

  /// What lies under a name, a link as itself; nil where nothing does.
  func status(_ name: String) throws(FileProblem) -> stat? {
    var status = stat()
    if unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
    guard errno == ENOENT else { throw FileProblem(number: errno) }
    return nil
  }

  /// What a link leads to.
  func target(_ name: String) -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe bytes.baseAddress.map { unsafe readlinkat(descriptor, name, $0, bytes.count) } ?? 0
    }
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  /// Takes a name away; whether it is gone.
  @discardableResult
  func remove(_ name: String) -> Bool {
    unsafe unlinkat(descriptor, name, 0) == 0 || errno == ENOENT
  }

  /// Sees to it that the names are on the disk. Some file systems cannot do that.
  func sync() {
    let folder = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    _ = fsync(folder)
    close(folder)
  }

  /// The names in it; empty if it cannot be listed.
  var names: [String] {
    let folder = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return [] }
    guard let listing = unsafe fdopendir(folder) else {
      close(folder)
      return []
    }
    defer { unsafe closedir(listing) }
    var names: [String] = []
    while let entry = unsafe readdir(listing) {
      unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
          names.append(unsafe String(cString: $0))
        }
      }
    }
    return names
  }
}

/// What the system says is wrong with a file.
nonisolated struct FileProblem: Error {
  /// The number of the error, such as `ENOSPC`.
  var number: Int32

  /// The line for a file that is to be written, with the way out.
  func writing(_ path: String) -> UserError {
    let name = path.utf8.count > 200 ? "..." + path.suffix(100) : path
    return switch number {
    case ENOENT, ENOTDIR: UserError("\(name) lies in no directory; make it, or give another name")
    case EACCES, EPERM, EROFS:
      UserError("\(name) cannot be written: no permission; give another name or directory")
    case ENOSPC, EDQUOT:
      UserError("\(name) is not saved: the disk is full; make room, or save elsewhere")
    case EFBIG:
      UserError("\(name) is not saved: it is larger than files may be here; save elsewhere")
    case ENAMETOOLONG: UserError("\(name) is too long for a file name; give a shorter one")
    case EISDIR: UserError("\(name) is a directory; give the name of a file")
    default: UserError("\(name) is not saved: error \(number); save elsewhere")
    }
  }
}
