@unsafe @preconcurrency import Glibc

/// The files below a folder that `directmap install` writes, and the list of them that it keeps, by which
/// `--uninstall` removes them and nothing else.
///
/// Folders below the prefix are opened one after the other, without following a link that another
/// user could have made: what is installed lies below the prefix even where others may write.
nonisolated struct InstalledFiles {
  /// A file to be installed.
  struct New {
    /// Its place below the prefix.
    var path: String
    var bytes: [UInt8]
    var permissions: mode_t
  }

  /// The folder that all lies in, as an absolute path without a slash at its end.
  let prefix: String
  /// The folders that were made, as absolute paths.
  private var madeFolders: [String] = []
  /// Whether there is a list only since this run, and no file of it yet.
  private var isListNew = false

  /// The list, below the prefix.
  private static let listPath = "share/directmap/installed"

  init(prefix: String) { self.prefix = prefix }

  // MARK: - Installing

  /// Writes files, all of them or none: only when each is on the disk under another name they get their
  /// names. Signals that can wait do so.
  mutating func install(_ files: [New]) throws(UserError) {
    var waiting = sigset_t()
    unsafe sigemptyset(&waiting)
    for number in [SIGINT, SIGTERM, SIGHUP] { _ = unsafe sigaddset(&waiting, number) }
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, &waiting, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    do throws(UserError) {
      try write(files)
    } catch {
      if isListNew { try? removeList() }
      for folder in madeFolders.reversed() { _ = removeFolder(folder) }
      throw error
    }
  }

  private mutating func write(_ files: [New]) throws(UserError) {
    try makePrefix()
    let written = try list()
    let old = written ?? InstallationList()
    let listPlace = try place(of: Self.listPath)
    var places: [OutputPlace] = []
    for file in files { places.append(try place(of: file.path)) }
    // From here on a run that is killed can be taken back: the folders are on the list.
    var new = InstallationList()
    new.folders = old.folders + madeFolders.filter { !old.folders.contains($0) }
    new.files = old.files
    try listPlace.write(new.bytes, permissions: 0o644)
    isListNew = written == nil
    new.files = []
    var staged: [(place: OutputPlace, file: TemporaryFile)] = []
    for (file, place) in zip(files, places) {
      let temporary = try place.staged(file.bytes, permissions: file.permissions)
      staged.append((place, temporary))
      if let mark = temporary.mark { new.files.append((file.path, mark)) }
    }
    // A file that is not written this time, such as the program that runs, stays on the list.
    new.files += old.files.filter { kept in !files.contains { $0.path == kept.path } }
    // While the names are given, each may still be the file of before.
    var both = new
    both.files += old.files
    try place(of: Self.listPath).write(both.bytes, permissions: 0o644)
    isListNew = false
    for (place, file) in staged { try place.commit(file) }
    try place(of: Self.listPath).write(new.bytes, permissions: 0o644)
  }

  /// Where a file is to lie. Its folder is made.
  private mutating func place(of path: String) throws(UserError) -> OutputPlace {
    let parts = path.split(separator: "/").map(String.init)
    guard let name = parts.last, let folder = try folder(parts.dropLast(), making: true) else {
      throw UserError("\(prefix)/\(path) cannot be made")
    }
    return try OutputPlace("\(prefix)/\(path)", name, in: folder, .any, force: "")
  }

  /// The prefix with the folders above it, which may be links.
  private mutating func makePrefix() throws(UserError) {
    var path = ""
    for part in prefix.split(separator: "/") {
      path += "/" + part
      if unsafe mkdir(path, 0o755) == 0 {
        madeFolders.append(path)
        continue
      }
      let problem = errno
      var status = stat()
      guard unsafe stat(path, &status) == 0 else {
        throw UserError(
          "\(path) cannot be made" + (problem == EEXIST ? ": it is a link to nothing" : ""))
      }
      if status.st_mode & S_IFMT != S_IFDIR { throw UserError("\(path) is no folder") }
    }
  }

  /// Opens a folder below the prefix, one part after the other; nil if it is not there.
  private mutating func folder(
    _ parts: [String], making: Bool,
  ) throws(UserError) -> OutputFolder? {
    var path = prefix
    do throws(FileProblem) {
      var folder = try OutputFolder(prefix.isEmpty ? "/" : prefix)
      for part in parts {
        path += "/" + part
        var status = try folder.status(part)
        if status == nil {
          guard making else { return nil }
          guard unsafe mkdirat(folder.descriptor, part, 0o755) == 0 || errno == EEXIST else {
            throw FileProblem(number: errno)
          }
          madeFolders.append(path)
          status = try folder.status(part)
        }
        let isLink = status.map { $0.st_mode & S_IFMT == S_IFLNK } ?? false
        if isLink, !Self.isTrusted(status) || !Self.isClosed(folder) {
          throw FileProblem(number: ELOOP)
        }
        folder = try OutputFolder(part, in: folder.descriptor, follows: isLink)
      }
      return folder
    } catch {
      if !making, error.number == ENOENT { return nil }
      throw Self.error(error, path)
    }
  }

  private static func error(_ problem: FileProblem, _ path: String) -> UserError {
    switch problem.number {
    case ELOOP: UserError("\(path) is a link that another user made, or can change")
    case ENOTDIR: UserError("\(path) is no folder")
    default: UserError("\(path) cannot be made or entered")
    }
  }

  /// Whether something belongs to this user or to root.
  private static func isTrusted(_ status: stat?) -> Bool {
    status.map { $0.st_uid == 0 || $0.st_uid == geteuid() } ?? false
  }

  /// Whether nobody else can change what lies in a folder.
  private static func isClosed(_ folder: OutputFolder) -> Bool {
    let status = try? folder.status(".")
    return isTrusted(status) && status.map { $0.st_mode & 0o022 == 0 } ?? false
  }

  // MARK: - Removing

  /// What became of a file that was installed.
  enum Outcome: Equatable {
    /// It is gone, or would be.
    case removed
    /// It is no longer the file that was installed, and is left.
    case changed
  }

  /// Removes the files that were installed, the list of them, and the folders that were made for them and
  /// are empty. Nil if no list is there.
  ///
  /// - Parameter isTrial: whether nothing is to be removed.
  mutating func uninstall(
    isTrial: Bool,
  ) throws(UserError) -> (files: [(path: String, outcome: Outcome)], folders: [String])? {
    guard let list = try list() else { return nil }
    var files: [(path: String, outcome: Outcome)] = []
    for path in list.paths {
      let parts = path.split(separator: "/").map(String.init)
      guard let name = parts.last, let folder = try folder(parts.dropLast(), making: false),
        let status = try? folder.status(name)
      else { continue }
      let isSame = list.files.contains { $0.path == path && $0.mark == FileMark(status) }
      if isSame, !isTrial, !folder.remove(name) {
        throw UserError("\(prefix)/\(path) cannot be removed; check the permissions of its folder")
      }
      if !isTrial { TemporaryFile.sweep(folder) }
      files.append(("\(prefix)/\(path)", isSame ? .removed : .changed))
    }
    if isTrial { return (files, []) }
    try removeList()
    var folders: [String] = []
    for path in list.folders.sorted(by: { $0.utf8.count > $1.utf8.count }) {
      if removeFolder(path) { folders.append(path) }
    }
    return (files, folders)
  }

  private mutating func removeList() throws(UserError) {
    let parts = Self.listPath.split(separator: "/").map(String.init)
    if let folder = try folder(parts.dropLast(), making: false) { folder.remove(parts[2]) }
  }

  /// Removes a folder that is empty, below the prefix or above it; whether it is gone.
  private mutating func removeFolder(_ path: String) -> Bool {
    guard path.hasPrefix(prefix + "/") else {
      guard (prefix + "/").hasPrefix(path + "/") else { return false }
      return unsafe rmdir(path) == 0
    }
    let parts = path.dropFirst(prefix.count).split(separator: "/").map(String.init)
    guard let name = parts.last, !parts.contains(".."),
      let folder = try? folder(parts.dropLast(), making: false)
    else { return false }
    if let own = try? self.folder(parts, making: false) { TemporaryFile.sweep(own) }
    return unsafe unlinkat(folder.descriptor, name, AT_REMOVEDIR) == 0
  }

  /// The list of what is installed; nil if there is none that this user or root wrote.
  private mutating func list() throws(UserError) -> InstallationList? {
    let parts = Self.listPath.split(separator: "/").map(String.init)
    guard let folder = try folder(parts.dropLast(), making: false),
      let status = try? folder.status(parts[2]), Self.isTrusted(status),
      status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    return InstallationList(try CommandLine.text(ofFile: "\(prefix)/\(Self.listPath)"))
  }
}

/// What tells a file that was installed from one that was changed since: its length and its time.
nonisolated struct FileMark: Equatable {
  /// The length in bytes, the seconds and the nanoseconds, as the list has them.
  let words: String

  init(words: String) { self.words = words }

  init(_ status: stat) {
    words = "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}

/// The list of what was installed, as a text:
///
/// ```
/// directmap install 1
/// file 12345 1700000000.123 bin/directmap
/// folder /home/me/.local/bin
/// ```
private nonisolated struct InstallationList {
  var files: [(path: String, mark: FileMark)] = []
  var folders: [String] = []

  private static let head = "directmap install 1"

  init() {}

  /// Reads a list; what is no line of one is left out.
  init(_ text: String) {
    for line in text.split(separator: "\n").dropFirst() where text.hasPrefix(Self.head + "\n") {
      if line.hasPrefix("folder /") {
        folders.append(String(line.dropFirst("folder ".count)))
      }
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      guard words.count == 4, words[0] == "file", !words[3].hasPrefix("/"),
        !words[3].split(separator: "/").contains("..")
      else { continue }
      files.append((words[3], FileMark(words: "\(words[1]) \(words[2])")))
    }
  }

  /// The files, each once.
  var paths: [String] {
    var paths: [String] = []
    for file in files where !paths.contains(file.path) { paths.append(file.path) }
    return paths
  }

  var bytes: [UInt8] {
    let lines =
      [Self.head] + files.map { "file \($0.mark.words) \($0.path)" }
      + folders.map { "folder \($0)" }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }
}
