@unsafe @preconcurrency import Glibc
import KernelText

/// A recording that a name leads to.
nonisolated enum FoundRecording: Sendable {
  /// A file that is a stream of lines.
  case file(String)
  /// The files of a recording in one text.
  case packed(String)
  /// A folder with a `run.json`: an arm64 machine that was looked at from outside.
  case folder(String)
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
        found.append(holdsFiles(path) ? .packed(path) : .file(path))
        continue
      }
      let before = found.count
      search(folder, named: path.hasSuffix("/") ? String(path.dropLast()) : path, 0, &found)
      if found.count == before {
        throw UserError(
          "\(path) is a directory without a recording in it; give one with files such as *.jsonl, or "
            + "with run.json")
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
    for name in names {
      guard let status = try? folder.status(name) else { continue }
      let inside = "\(path)/\(name)"
      switch status.st_mode & S_IFMT {
      case S_IFDIR where depth < deepest:
        guard let next = try? OutputFolder(inside) else { continue }
        search(next, named: inside, depth + 1, &found)
      case S_IFREG where holdsFiles(inside): found.append(.packed(inside))
      case S_IFREG where name.hasSuffix(".jsonl"): found.append(.file(inside))
      default: continue
      }
    }
  }

  /// Whether a plain file holds the files of a recording in one text. Pipes are not read.
  private nonisolated static func holdsFiles(_ path: String) -> Bool {
    guard let file = try? InputFile(path, .fileOrPipe), file.stamp != nil else { return false }
    var buffer = [UInt8](repeating: 0, count: 8)
    guard let count = try? file.read(into: &buffer) else { return false }
    return FilesInOneText.recognizes(buffer.prefix(count))
  }
}
