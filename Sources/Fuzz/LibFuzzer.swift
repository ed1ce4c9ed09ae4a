#if LIBFUZZER
  @unsafe @preconcurrency import Glibc

  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt,
  ) -> CInt

  /// The parser that libFuzzer feeds.
  private nonisolated(unsafe) var fed = FuzzTarget.recording

  /// libFuzzer, from the toolchain.
  enum LibFuzzer {
    /// Runs it with its own arguments and returns its status.
    static func run(_ target: FuzzTarget, _ arguments: [String]) -> CInt {
      unsafe fed = target
      var words = unsafe (["Fuzz"] + arguments).map { unsafe strdup($0) } + [nil]
      var count = CInt(words.count - 1)
      return unsafe words.withUnsafeMutableBufferPointer { buffer in
        var base = unsafe buffer.baseAddress
        return unsafe runDriver(&count, &base) { bytes, count in
          let input = unsafe UnsafeBufferPointer(start: bytes, count: count)
          unsafe fed.read(Array(input))
          return 0
        }
      }
    }
  }
#endif
