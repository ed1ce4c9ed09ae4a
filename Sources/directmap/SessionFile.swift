import ArgumentParser
import FoundationEssentials
@unsafe @preconcurrency import Glibc
import Interface
import Scenarios
import SystemPackage

/// Sessions as files. Whoever ends the program while it saves finds the old file or the new one, whole.
enum SessionFile {
  /// Saves or opens a session as the model asks, and tells the model what came of it.
  static func carryOut(_ effect: Effect, for model: inout Model) {
    switch effect {
    case .save(let path, let text, let replaces):
      _ = model.update(.saved(save(text, to: path, replaces: replaces)))
    case .open(let path):
      switch open(path) {
      case .success(let loaded): model.replace(with: loaded.model, problems: loaded.problems)
      case .failure(let error): model.refuse(error.description)
      }
    case .quit, .suspend, .redraw, .mouse, .bell, .tick, .noTick, .startRecording, .stopRecording:
      break
    }
  }

  /// Opens a file as `directmap play` does, without its options.
  static func open(_ path: String) -> Result<PlayedModel.Loaded, UserError> {
    do {
      return .success(
        try PlayedModel.load(expanded(path), MachineOptions.parse([]), [], from: .file))
    } catch let error as UserError {
      return .failure(error)
    } catch {
      return .failure(UserError("\(error)"))
    }
  }

  /// Saves a text in a file of its own, which then takes the place of the old one.
  ///
  /// - Parameter replaces: whether it may take the place of a file that is there.
  static func save(_ text: String, to path: String, replaces: Bool) -> SaveOutcome {
    do throws(UserError) {
      let place = try FilePlace(expanded(path), replaces: replaces)
      try place.write(Array(text.utf8))
      return .saved(path: path)
    } catch {
      return .failed(error.description)
    }
  }

  /// A path with the home directory in the place of `~/`.
  private static func expanded(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"] else {
      return path
    }
    return home + path.dropFirst(1)
  }
}

/// Where a file is to be, and what is there.
nonisolated struct FilePlace {
  /// The file itself; where a link stands, what it leads to.
  let path: String
  /// What is there; nil where nothing is.
  var old: stat?

  /// The directory, with its slash; empty for the one that the program runs in.
  private var folder: String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }

  init(_ name: String, replaces: Bool) throws(UserError) {
    var status = stat()
    guard unsafe lstat(name, &status) == 0 else {
      guard errno == ENOENT else { throw Self.error(errno, name) }
      path = name
      return
    }
    guard let target = unsafe realpath(name, nil) else {
      throw errno == ENOENT
        ? UserError("\(name) is a link to nothing; give the name of a file")
        : Self.error(errno, name)
    }
    defer { unsafe free(target) }
    path = unsafe String(cString: target)
    guard unsafe stat(path, &status) == 0 else { throw Self.error(errno, name) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw UserError("\(name) is a directory; give the name of a file")
    default: throw UserError("\(name) is no ordinary file; give another name")
    }
    if !replaces {
      throw UserError("\(name) exists; save! \(name) replaces it, another name leaves it as it is")
    }
    // A file that may not be written is not to be replaced either.
    if unsafe access(path, W_OK) != 0 { throw Self.error(errno, name) }
    old = status
  }

  /// Writes a file beside it, down to the disk, and gives that its name.
  ///
  /// - Parameter permissions: what may be done with the file; without any, as with the old one, or
  ///   as with any file that is made.
  func write(_ bytes: [UInt8], permissions: mode_t? = nil) throws(UserError) {
    let (file, beside) = try openBeside()
    var problem: Int32 = 0
    if let old {
      // The owner is kept where that is allowed; so are the permissions.
      if old.st_uid != geteuid() || old.st_gid != getegid() {
        _ = fchown(file, old.st_uid, old.st_gid)
      }
      if fchmod(file, old.st_mode & 0o7777) != 0 { problem = errno }
    }
    if problem == 0, let permissions, fchmod(file, permissions) != 0 { problem = errno }
    if problem == 0 { problem = Self.writeAll(bytes, to: file) }
    if problem == 0, fsync(file) != 0 { problem = errno }
    if close(file) != 0, problem == 0 { problem = errno }
    if problem == 0, unsafe rename(beside, path) != 0 { problem = errno }
    guard problem == 0 else {
      _ = unsafe unlink(beside)
      throw Self.error(problem, path)
    }
    // The name is on the disk when its directory is. Some file systems cannot do that.
    let directory = unsafe Glibc.open(
      folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    _ = fsync(directory)
    _ = close(directory)
  }

  /// A new file in the same directory. One that an earlier end of the program left is passed over.
  private func openBeside() throws(UserError) -> (file: Int32, path: String) {
    for number in 0..<1000 {
      let name = "\(folder).directmap-\(getpid())-\(number).tmp"
      let file = unsafe Glibc.open(
        name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      if file >= 0 { return (file, name) }
      guard errno == EEXIST else { throw Self.error(errno, path) }
    }
    throw UserError("\(path) cannot be saved: remove the files .directmap-*.tmp beside it")
  }

  /// Writes all bytes; 0, or the number of what went wrong.
  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32 {
    do {
      try FileDescriptor(rawValue: file).writeAll(bytes)
      return 0
    } catch {
      return (error as? Errno)?.rawValue ?? EIO
    }
  }

  static func error(_ number: Int32, _ path: String) -> UserError {
    let name = path.utf8.count > 200 ? "..." + path.suffix(100) : path
    return switch number {
    case ENOENT, ENOTDIR: UserError("\(name) lies in no directory; make it, or give another name")
    case EACCES, EPERM, EROFS:
      UserError("\(name) cannot be written: no permission; give another name or directory")
    case ENOSPC, EDQUOT:
      UserError("\(name) is not saved: the disk is full; make room, or save elsewhere")
    case EFBIG: UserError("\(name) is not saved: a limit on the size of files stands against it")
    case ENAMETOOLONG: UserError("\(name) is too long for a file name; give a shorter one")
    case ELOOP: UserError("\(name) is a link to itself; give the name of a file")
    case EISDIR: UserError("\(name) is a directory; give the name of a file")
    default: UserError("\(name) is not saved: error \(number); save elsewhere")
    }
  }
}
