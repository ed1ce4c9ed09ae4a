@unsafe @preconcurrency import Glibc

/// A file that is whole at every moment: pieces in order, and an ending that the next piece is written
/// over.
///
/// There are two files, and each piece goes to the one that nobody sees, which then takes the place of
/// the other in one step. A program that is killed, or a disk that is full, leaves all pieces up to
/// there; before the first piece there is no file.
nonisolated final class FilmFile {
  /// The name.
  var path: String { place.path }
  private let place: OutputPlace
  /// The file that has the name.
  private var shown: Copy?
  /// The other one, from the second piece on.
  private var hidden: Copy?
  /// The pieces that the other one lacks.
  private var late: [UInt8] = []
  private var ending: [UInt8] = []
  /// Whether the file system can put a file in the place of another in one step.
  private var canExchange = true

  /// A file, and where its next piece goes.
  private struct Copy {
    var file: TemporaryFile
    var end = 0
  }

  /// Makes a file, at a name that may be taken.
  ///
  /// - Parameter force: what to say to replace a file that is there; nil if it is to be replaced.
  init(_ path: String, force: String?) throws(UserError) {
    place = try OutputPlace(path, force == nil ? .any : .remade, force: force ?? "")
  }

  /// Makes a file with the first free name of `directmap-1.cast`, `directmap-2.cast` and so on.
  static func numbered() throws(UserError) -> FilmFile {
    for number in 1..<10_000 {
      let path = "directmap-\(number).cast"
      if !CommandLine.exists(path) { return try FilmFile(path, force: "record! \(path)") }
    }
    throw UserError("there are 9999 recordings here already; give a name: record FILE")
  }

  /// Writes a piece in the place of the ending, and a new ending behind it. Where that fails, the file
  /// is as it was.
  func write(_ piece: String, ending next: String) throws(UserError) {
    let (piece, next) = (Array(piece.utf8), Array(next.utf8))
    if piece.isEmpty, next == ending, shown != nil { return }
    guard let shown else { return try begin(piece, next) }
    do throws(FileProblem) {
      if canExchange {
        try writeBeside(shown, piece, next)
      } else {
        try writeOver(shown, piece, next)
      }
    } catch {
      throw UserError(Self.words(error, path))
    }
    ending = next
  }

  /// The first piece: only when it is written the file has its name.
  private func begin(_ piece: [UInt8], _ next: [UInt8]) throws(UserError) {
    let file: TemporaryFile
    do throws(FileProblem) {
      file = try place.begin()
      try file.write(piece + next)
    } catch {
      throw error.writing(path)
    }
    try place.commit(file)
    shown = Copy(file: file, end: piece.count)
    late = piece
    ending = next
  }

  /// Writes to the file that nobody sees, and shows it.
  private func writeBeside(
    _ shown: Copy, _ piece: [UInt8], _ next: [UInt8],
  ) throws(FileProblem) {
    var copy: Copy
    if let hidden { copy = hidden } else { copy = Copy(file: try place.begin()) }
    try copy.file.write(late + piece + next, at: copy.end)
    do throws(FileProblem) {
      try place.exchange(copy.file, with: shown.file)
    } catch  where error.number == EINVAL {
      canExchange = false
      hidden = nil
      return try writeOver(shown, piece, next)
    }
    copy.end += late.count + piece.count
    (self.shown, hidden, late) = (copy, shown, piece)
  }

  /// Writes to the file itself, where there is no other way.
  private func writeOver(
    _ shown: Copy, _ piece: [UInt8], _ next: [UInt8],
  ) throws(FileProblem) {
    guard place.holds(shown.file) else { throw FileProblem(number: ESTALE) }
    do throws(FileProblem) {
      try shown.file.write(piece + next, at: shown.end)
    } catch {
      // These bytes were there before: they need no room.
      try? shown.file.write(ending, at: shown.end)
      throw error
    }
    self.shown?.end += piece.count
  }

  private static func words(_ problem: FileProblem, _ path: String) -> String {
    let (reason, way) =
      switch problem.number {
      case ENOSPC, EDQUOT: ("the disk is full", "make room and ")
      case EFBIG: ("a limit on the size of files is reached", "")
      case ESTALE:
        ("\(path) was moved or replaced while it was recorded", "")
      default: ("the recording cannot be written", "")
      }
    let rest = problem.number == ESTALE ? "" : "\(path) has all up to here; "
    return "\(reason); \(rest)\(way)record to another file"
  }
}
