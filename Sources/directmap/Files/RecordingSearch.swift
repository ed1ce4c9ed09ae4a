@unsafe @preconcurrency import Glibc
import Recordings

/// A recording that a name leads to.
nonisolated enum FoundRecording: Sendable {
  /// A file that is a stream of lines.
  case file(String)
  /// The files of a recording in one text.
  case packed(String)
  /// A folder with a `run.json`: an arm64 machine that was looked at from outside.
  case folder(String)
  /// A folder with the leaves of an x86-64 machine after its boot.
  case boot(String)
  /// A text of an x86-64 kernel's zaps, or of a probe module.
  case text(String)
  /// Zaps, one a line, of the kernel that the name or a text beside it tells.
  case zapLines(String)

  /// Where it is.
  var path: String {
    switch self {
    case .file(let path), .packed(let path), .folder(let path), .boot(let path), .text(let path),
      .zapLines(let path):
      path
    }
  }
}

/// The files of a recording in its folder.
nonisolated struct RecordedFolder: RecordedFiles {
  /// The folder's name.
  let path: String

  func text(_ name: String) throws -> String? {
    let file = "\(path)/\(name)"
    return CommandLine.exists(file) ? try CommandLine.text(ofFile: file) : nil
  }
}

extension CommandLine {
  /// The greatest depth of folders that are searched.
  private nonisolated static var deepest: Int { 16 }

  /// The recordings under the given names, in the order of the names; a folder is searched in alphabetical
  /// order.
  ///
  /// - Throws: what is wrong with a folder, and the way out. A name that leads nowhere is handed on as a file.
  nonisolated static func recordings(under paths: [String]) throws(UserError) -> [FoundRecording] {
    var found: [FoundRecording] = []
    for path in paths {
      guard let folder = try? OutputFolder(path) else {
        found.append(recording(inFile: path) ?? .file(path))
        continue
      }
      let before = found.count
      search(folder, named: path.hasSuffix("/") ? String(path.dropLast()) : path, 0, &found)
      if found.count == before {
        throw UserError(
          "\(path) is a directory without a recording in it; give one with files such as *.jsonl, or "
            + "with run.json, or *.txt of a probe")
      }
    }
    return found
  }

  private nonisolated static func search(
    _ folder: OutputFolder, named path: String, _ depth: Int, _ found: inout [FoundRecording],
  ) {
    let names = folder.names.filter { !$0.hasPrefix(".") }.sorted()
    if names.contains("run.json") {
      found.append(.folder(path))
      return
    }
    if BootRecording.files.allSatisfy({ names.contains($0) }) {
      found.append(.boot(path))
      return
    }
    for name in names {
      guard let status = try? folder.status(name) else { continue }
      let inside = "\(path)/\(name)"
      switch status.st_mode & S_IFMT {
      case S_IFDIR where depth < deepest:
        guard let next = try? OutputFolder(inside) else { continue }
        search(next, named: inside, depth + 1, &found)
      case S_IFREG:
        if let recording = recording(inFile: inside) {
          found.append(recording)
        } else if name.hasSuffix(".jsonl") {
          found.append(.file(inside))
        }
      default: continue
      }
    }
  }

  /// The recording that a plain file is by its first bytes; `nil` if it may be a stream of lines.
  /// Pipes are not read.
  private nonisolated static func recording(inFile path: String) -> FoundRecording? {
    guard let file = try? InputFile(path, .fileOrPipe), file.stamp != nil else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    guard let count = try? file.read(into: &buffer) else { return nil }
    let bytes = buffer.prefix(count)
    if FilesInOneText.recognizes(bytes) { return .packed(path) }
    if X86Recording.recognizes(line: bytes) { return .zapLines(path) }
    return X86Recording.recognizes(String(decoding: bytes, as: UTF8.self)) ? .text(path) : nil
  }

  /// The kernel of a file of zaps that does not tell it: the first line of the text of the same name
  /// beside it, or else a folder's name such as `linux-6.12.117`.
  nonisolated static func release(besideZaps path: String) -> String {
    if path.hasSuffix(".jsonl"),
      let text = try? CommandLine.text(ofFile: String(path.dropLast(6)) + ".txt"),
      text.hasPrefix("# "), let line = text.split(separator: "\n").first
    {
      return String(line.dropFirst(2))
    }
    let names = path.split(separator: "/").reversed()
    return names.first { $0.hasPrefix("linux-") }.map { String($0.dropFirst(6)) } ?? ""
  }
}
