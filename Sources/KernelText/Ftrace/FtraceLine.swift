/// One line of the kernel's trace buffer, cut into its parts.
///
///     insmod-105     [000] .....     2.738228: execmem_alloc: (execmem_alloc+0x4/0x1c0) type=0
///     TASK-PID       CPU#  FLAGS     TIMESTAMP FUNCTION       arguments
///
/// The flags, and a thread group in brackets after the task, may be there or not. Models
/// `trace_print_context()`, kernel/trace/trace_output.c, 6.12.
///
/// `perf script` has a blank between the task's name and its number, and the group before the event:
///
///     insmod     105 [000]     2.738228: directmap:set_memory_ro: (ffffffff8107f0e0) addr=0x1000
public struct FtraceLine {
  typealias Bytes = ArraySlice<UInt8>

  /// The line number, from 1.
  let number: Int
  /// The whole line.
  let bytes: Bytes
  /// The process.
  let task: UInt64
  /// The event.
  let name: String
  /// What follows the event and its colon.
  let arguments: Bytes

  /// The parts of a line; `nil` if it is not an event.
  public init?(_ bytes: ArraySlice<UInt8>, number: Int) {
    var words = ByteWords(bytes)
    var task: UInt64?
    var lastNumber: UInt64?
    // A task's name may hold blanks: the pid is what stands before the first `[CPU]`.
    while let word = words.next() {
      if Self.isCPU(word) { break }
      if word.first == UInt8(ascii: "("), word.last == UInt8(ascii: ")") { continue }
      // perf writes the process and the thread, or the process alone.
      lastNumber = UInt64(decimal: word.behindLast(UInt8(ascii: "/")))
      guard let dash = word.lastIndex(of: UInt8(ascii: "-")) else { continue }
      task = UInt64(decimal: word[word.index(after: dash)...]) ?? task
    }
    guard let task = lastNumber ?? task else { return nil }
    repeat {
      guard let word = words.next() else { return nil }
      if Self.isTime(word) { break }
    } while true
    guard let word = words.next(), word.last == UInt8(ascii: ":") else { return nil }
    self.number = number
    self.bytes = bytes
    self.task = task
    name = String(decoding: word.dropLast().behindLast(UInt8(ascii: ":")), as: UTF8.self)
    arguments = bytes[words.index...]
  }

  /// `[000]`.
  private static func isCPU(_ word: Bytes) -> Bool {
    word.first == UInt8(ascii: "[") && word.last == UInt8(ascii: "]")
      && UInt64(decimal: word.dropFirst().dropLast()) != nil
  }

  /// `2.738228:`.
  private static func isTime(_ word: Bytes) -> Bool {
    guard word.last == UInt8(ascii: ":"), let dot = word.firstIndex(of: UInt8(ascii: ".")) else {
      return false
    }
    return UInt64(decimal: word[..<dot]) != nil
      && UInt64(decimal: word[word.index(after: dot)...].dropLast()) != nil
  }

  /// The task's name, which may hold blanks.
  var taskName: String {
    let suffix = "-\(task)"
    var words = ByteWords(bytes)
    var name = ""
    while let word = words.next(), !Self.isCPU(word) {
      let text = String(decoding: word, as: UTF8.self)
      if text.hasSuffix(suffix) {
        name += (name.isEmpty ? "" : " ") + text.dropLast(suffix.count)
        break
      }
      name += (name.isEmpty ? "" : " ") + text
    }
    return name
  }

  /// The value of `KEY=VALUE` among the arguments.
  func value(of key: String) -> Bytes? {
    var words = ByteWords(arguments)
    while let word = words.next() {
      guard let equals = word.firstIndex(of: UInt8(ascii: "=")),
        word[..<equals].elementsEqual(key.utf8)
      else { continue }
      return word[word.index(after: equals)...]
    }
    return nil
  }

  /// The number of `KEY=NUMBER`, decimal or hexadecimal with `0x`.
  func number(of key: String) -> UInt64? { value(of: key).flatMap { UInt64(traced: $0) } }

  /// The error for this line.
  func unexpected(_ expected: String) -> KernelTextError {
    let text = String(decoding: arguments, as: UTF8.self)
    let line = TextLine(number: number, text: "\(name):\(text)")
    return .unexpected(line, expected)
  }
}

extension ArraySlice<UInt8> {
  /// What stands behind the last of some bytes; all of it where there is none.
  fileprivate func behindLast(_ byte: UInt8) -> Self {
    lastIndex(of: byte).map { self[index(after: $0)...] } ?? self
  }
}

/// The words of a line, one after the other. Readers of other rooms go over every line of a map by it, so it
/// can be inlined there.
public struct ByteWords {
  @usableFromInline let bytes: ArraySlice<UInt8>
  @usableFromInline var place: Int

  /// Begins at the first word.
  @inlinable
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  /// Where the rest begins.
  @inlinable public var index: Int { place }

  /// The next word; `nil` at the end.
  @inlinable
  public mutating func next() -> ArraySlice<UInt8>? {
    while place < bytes.endIndex, Self.isBlank(bytes[place]) { place += 1 }
    let start = place
    while place < bytes.endIndex, !Self.isBlank(bytes[place]) { place += 1 }
    return start < place ? bytes[start..<place] : nil
  }

  @inlinable
  static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}

extension UInt64 {
  /// The number that decimal digits alone write; `nil` for anything else.
  @inlinable
  public init?(decimal digits: ArraySlice<UInt8>) { self.init(digits, base: 10) }

  /// The number that hexadecimal digits write, with or without `0x`; `nil` for anything else.
  @inlinable
  public init?(hex digits: ArraySlice<UInt8>) {
    let isMarked = digits.count > 1 && digits.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")])
    self.init(isMarked ? digits.dropFirst(2) : digits, base: 16)
  }

  /// The number that a trace shows: decimal, or hexadecimal with `0x`.
  @inlinable
  public init?(traced bytes: ArraySlice<UInt8>) {
    let prefix: [UInt8] = [UInt8(ascii: "0"), UInt8(ascii: "x")]
    if bytes.starts(with: prefix) {
      self.init(bytes.dropFirst(2), base: 16)
    } else {
      self.init(bytes, base: 10)
    }
  }

  @inlinable
  init?(_ digits: ArraySlice<UInt8>, base: UInt64) {
    guard !digits.isEmpty else { return nil }
    var number: UInt64 = 0
    for byte in digits {
      let digit: UInt64
      switch byte {
      case 48...57: digit = UInt64(byte) - 48
      case 97...102 where base == 16: digit = UInt64(byte) - 87
      case 65...70 where base == 16: digit = UInt64(byte) - 55
      default: return nil
      }
      let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: base)
      let (sum, isTooLargeNow) = shifted.addingReportingOverflow(digit)
      if isTooLarge || isTooLargeNow { return nil }
      number = sum
    }
    self = number
  }
}
