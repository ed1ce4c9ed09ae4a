import CLinux
@unsafe @preconcurrency import Glibc

/// Programs that run beside this one and end with it.
enum Program {
  /// Starts a program; its process, or the negative error number.
  static func start(
    _ program: String, _ arguments: [String], keeping kept: [Int32], output: Int32,
  ) -> Int32 {
    var words: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map {
      unsafe strdup($0)
    }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    return unsafe process_start(program, words, kept, kept.count, output)
  }
}
