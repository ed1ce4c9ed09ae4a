import Casting
@unsafe @preconcurrency import Glibc
import Interface
import SystemPackage

/// Where a file is to be written, and what may go for it. The one place where this is decided, for every
/// file that the program writes.
///
/// Nothing is written through a symbolic link, nor into what is no plain file. A file that is there goes
/// only by the rule that the writer gives, and only as it was when it was asked about.
nonisolated struct OutputPlace {
  /// Which file that is there may go.
  enum Rule {
    /// None: the name must be free.
    case free
    /// The one that was read or saved last, if it is as it was then and nothing of it would go.
    case own(KeptFile)
    /// One that `directmap record` made, which can be made again.
    case remade
    /// Any plain file.
    case any
  }

  /// The name, as it was given.
  let path: String
  private let folder: OutputFolder
  /// The name in its folder.
  private let name: String
  /// What is there and may go; nil where nothing is.
  private let old: stat?
  /// What to say to replace a file all the same, such as `--force`.
  private let force: String

  /// Looks at a place.
  ///
  /// - Parameters:
  ///   - rule: what may go.
  ///   - force: what to say to replace a file all the same, such as `--force`.
  /// - Throws: why nothing can be written there, and the way out.
  init(_ path: String, _ rule: Rule, force: String) throws(UserError) {
    let slash = path.lastIndex(of: "/")
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    if path.isEmpty { throw UserError("a file name is empty; give the name of a file") }
    if ["", ".", ".."].contains(name) { throw FileProblem(number: EISDIR).writing(path) }
    let folder: OutputFolder
    do throws(FileProblem) {
      folder = try OutputFolder(slash.map { String(path[...$0]) } ?? ".")
    } catch {
      throw error.writing(path)
    }
    try self.init(path, name, in: folder, rule, force: force)
  }

  /// Looks at a place in a folder that is open.
  ///
  /// - Parameters:
  ///   - path: what errors call the file.
  ///   - name: its name in the folder.
  init(
    _ path: String, _ name: String, in folder: OutputFolder, _ rule: Rule, force: String,
  ) throws(UserError) {
    self.path = path
    self.name = name
    self.folder = folder
    self.force = force
    do throws(FileProblem) {
      old = try folder.status(name)
    } catch {
      throw error.writing(path)
    }
    if let old { try check(old, rule) }
  }

  /// Whether a file lies there.
  var isTaken: Bool { old != nil }

  /// Writes a file under another name, down to the disk, and gives it this one.
  ///
  /// - Parameter permissions: what may be done with it; without any, as with the file that was there,
  ///   or as with any file that is made.
  /// - Returns: its state.
  @discardableResult
  func write(_ bytes: [UInt8], permissions: mode_t? = nil) throws(UserError) -> FileStamp? {
    try commit(try staged(bytes, permissions: permissions))
  }

  /// Writes a file under another name, down to the disk.
  func staged(
    _ bytes: [UInt8], permissions: mode_t? = nil,
  ) throws(UserError) -> TemporaryFile {
    do throws(FileProblem) {
      let file = try begin()
      if let permissions { try file.allow(permissions) }
      try file.write(bytes)
      try file.sync()
      return file
    } catch {
      throw error.writing(path)
    }
  }

  /// A file under another name, for what is written piece by piece.
  func begin() throws(FileProblem) -> TemporaryFile {
    let file = try TemporaryFile(in: folder)
    if let old { try file.resemble(old) }
    return file
  }

  /// Gives a file this name.
  @discardableResult
  func commit(_ file: TemporaryFile) throws(UserError) -> FileStamp? {
    do throws(FileProblem) {
      guard let old else {
        try file.rename(to: name, replaces: false)
        folder.sync()
        return file.stamp
      }
      guard let now = try folder.status(name), FileStamp(now) == FileStamp(old) else {
        throw FileProblem(number: EEXIST)
      }
      try file.rename(to: name, replaces: true)
      folder.sync()
      return file.stamp
    } catch  where error.number == EEXIST {
      throw UserError("\(path) was written by another program meanwhile; look at it, and try again")
    } catch {
      throw error.writing(path)
    }
  }

  /// Puts a file in the place of one that was committed here before.
  func exchange(_ file: TemporaryFile, with shown: TemporaryFile) throws(FileProblem) {
    try file.exchange(with: shown, named: name)
  }

  /// Whether a file that was committed here still has the name.
  func holds(_ file: TemporaryFile) -> Bool { (try? file.has(name)) ?? false }

  // MARK: - What is there

  private func check(_ old: stat, _ rule: Rule) throws(UserError) {
    switch old.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFLNK:
      throw UserError(
        "\(path) is a symbolic link, and nothing is written through one; "
          + "give the name of the file itself: \(folder.target(name))")
    case S_IFDIR: throw FileProblem(number: EISDIR).writing(path)
    default: throw UserError("\(path) is no ordinary file; give another name")
    }
    if let reason = refusal(old, rule) { throw UserError(reason) }
    // A file that may not be written is not to be replaced either.
    if unsafe faccessat(folder.descriptor, name, W_OK, AT_EACCESS) != 0 {
      throw FileProblem(number: errno).writing(path)
    }
  }

  /// Why a plain file that is there must stay; nil if it may go.
  private func refusal(_ old: stat, _ rule: Rule) -> String? {
    let ways = "\(force) replaces it, another name leaves it as it is"
    switch rule {
    case .any: return nil
    case .free: return "\(path) exists; \(ways)"
    case .remade:
      return isRemade ? nil : "\(path) exists, and directmap record did not make it; \(ways)"
    case .own(let kept):
      guard FileStamp(old) == kept.stamp else {
        return kept.path == path
          ? "\(path) changed since it was read or saved here; \(ways)" : "\(path) exists; \(ways)"
      }
      guard let loss = kept.losses.first else { return nil }
      let more = kept.losses.count == 1 ? "" : " (and \(kept.losses.count - 1) more)"
      return "\(path) has what this session lacks: \(loss)\(more); "
        + "\(force) leaves it out, another name keeps the file"
    }
  }

  /// Whether the file that is there says that it can be made again.
  private var isRemade: Bool {
    let file = unsafe openat(
      folder.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: FilmFormat.markLength)
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe (try? FileDescriptor(rawValue: file).read(into: $0)) ?? 0
    }
    return FilmFormat.isRemade(beginning: buffer.prefix(count))
  }
}
