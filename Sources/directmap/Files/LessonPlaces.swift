import FoundationEssentials
@unsafe @preconcurrency import Glibc

/// Where a user stopped in each lesson, kept between runs in `$XDG_STATE_HOME/directmap/lessons`; where
/// that variable is not set, in `~/.local/state/directmap/lessons`.
///
/// ```
/// # Where each lesson continues: its name and its part.
/// one-page 5
/// ```
///
/// Nothing depends on the file: where it cannot be read or written, lessons begin at their first part.
nonisolated struct LessonPlaces: Sendable {
  /// The folder of the state of all programs; nil where the environment names none.
  private let base: String?

  private static let folder = "directmap"
  private static let file = "lessons"
  private static let head = "# Where each lesson continues: its name and its part."

  /// The most bytes of the file; a longer one was not written by this program.
  private static let limit = 64 << 10

  /// Looks where the file is.
  init(_ environment: [String: String]) {
    // A relative path in this variable has no meaning, says its specification.
    if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") {
      self.base = base
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      base = "\(home)/.local/state"
    } else {
      base = nil
    }
  }

  private func path(below base: String) -> String { "\(base)/\(Self.folder)/\(Self.file)" }

  /// The parts at which lessons go on, from 2 on, by the names of the lessons.
  ///
  /// - Throws: why the file cannot be read. That there is none is no error.
  func read() throws(UserError) -> [String: Int] {
    guard let base, CommandLine.exists(path(below: base)) else { return [:] }
    let bytes = try CommandLine.bytes(
      ofFile: path(below: base), .file, as: .configuration(limit: Self.limit))
    var parts: [String: Int] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let part = Int(words[1]), part > 1 else { continue }
      parts[String(words[0])] = part
    }
    return parts
  }

  /// Keeps the part at which a lesson goes on.
  ///
  /// - Parameters:
  ///   - part: from 1 on; nil where the lesson is over.
  ///   - finished: lessons that are over too.
  /// - Returns: whether the place is kept; false where the environment names no folder.
  /// - Throws: why the file cannot be written.
  func keep(_ name: String, part: Int?, finished: [String]) throws(UserError) -> Bool {
    guard let base else { return false }
    // A file that cannot be read is not replaced either: it may be somebody else's.
    let old = try read()
    var new = old
    for lesson in finished { new[lesson] = nil }
    new[name] = part.flatMap { $0 > 1 ? $0 : nil }
    guard new != old else { return true }
    let lines = [Self.head] + new.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let text = lines.joined(separator: "\n") + "\n"
    try OutputPlace(
      path(below: base), Self.file, in: try Self.makeFolder(below: base), .any, force: ""
    ).write(Array(text.utf8), permissions: 0o600)
    return true
  }

  /// The folder of the file. Folders above it may be links, as everywhere; it itself may not.
  private static func makeFolder(below base: String) throws(UserError) -> OutputFolder {
    var path = ""
    for part in base.split(separator: "/") {
      path += "/" + part
      _ = unsafe mkdir(path, 0o700)
    }
    do throws(FileProblem) {
      let above = try OutputFolder(base)
      _ = unsafe mkdirat(above.descriptor, folder, 0o700)
      return try OutputFolder(folder, in: above.descriptor, follows: false)
    } catch {
      throw error.writing("\(base)/\(folder)/\(file)")
    }
  }
}
