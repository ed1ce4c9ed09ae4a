@unsafe @preconcurrency import Glibc
import SystemPackage

/// A file that is whole at every moment: pieces in order, and an ending that the next piece is written
/// over. Whoever ends the program, or fills the disk, leaves all pieces up to there.
final class FilmFile {
  /// The name.
  let path: String
  private let file: Int32
  /// Where the next piece goes.
  private var end = 0
  private var ending: [UInt8] = []

  /// Makes a file; one that is there already stays as it is.
  init(_ path: String) throws(UserError) {
    file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    self.path = path
    guard file >= 0 else {
      throw switch errno {
      case EEXIST: UserError("\(path) exists; give another name, or remove it")
      case ENOENT, ENOTDIR: UserError("\(path) lies in no directory; make it, or give another name")
      case EACCES, EPERM, EROFS:
        UserError("\(path) cannot be written: no permission; give another name or directory")
      default: UserError("\(path) cannot be made: error \(errno); give another name")
      }
    }
    // A limit on the size of files is to be an error like a full disk, not the end of the program.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Makes a file with the first free name of `directmap-1.cast`, `directmap-2.cast` and so on.
  static func numbered() throws(UserError) -> FilmFile {
    for number in 1..<10_000 {
      let path = "directmap-\(number).cast"
      if !CommandLine.exists(path) { return try FilmFile(path) }
    }
    throw UserError("there are 9999 recordings here already; give a name: record FILE")
  }

  deinit { close(file) }

  /// Writes a piece in the place of the ending, and a new ending behind it. Where that fails, the file
  /// is as it was.
  func write(_ piece: String, ending next: String) throws(UserError) {
    let (piece, next) = (Array(piece.utf8), Array(next.utf8))
    if piece.isEmpty, next == ending { return }
    let length = end + piece.count + next.count
    if let problem = put(piece + next) ?? cut(to: length) {
      // These bytes were there before: they need no room.
      _ = put(ending)
      _ = cut(to: end + ending.count)
      throw UserError(
        "\(problem); \(path) has all up to here; \(problem == Self.full ? "make room and " : "")"
          + "record to another file")
    }
    end += piece.count
    ending = next
  }

  private static let full = "the disk is full"

  /// Writes bytes where the next piece goes; what is wrong otherwise.
  private func put(_ bytes: [UInt8]) -> String? {
    do {
      try FileDescriptor(rawValue: file).writeAll(toAbsoluteOffset: Int64(end), bytes)
      return nil
    } catch Errno.noSpace, Errno.diskQuotaExceeded {
      return Self.full
    } catch Errno.fileTooLarge {
      return "a limit on the size of files is reached"
    } catch {
      return "the recording cannot be written"
    }
  }

  private func cut(to length: Int) -> String? {
    while ftruncate(file, length) != 0 {
      if errno != EINTR { return "the recording cannot be cut to its length" }
    }
    return nil
  }
}
