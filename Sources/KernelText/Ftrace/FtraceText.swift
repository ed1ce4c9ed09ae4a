/// The kernel's trace buffer as text: what `/sys/kernel/tracing/trace` shows.
///
/// Events that nothing here needs are counted and skipped. What a line says of an event that
/// matters must be whole.
public struct FtraceText: Sendable {
  /// A place where the kernel lost events: `CPU:0 [LOST 123 EVENTS]`.
  public struct Loss: Codable, Equatable, Sendable {
    /// The line number, from 1.
    public var line: Int
    /// How many events; `nil` if the kernel did not know.
    public var events: UInt64?

    /// Creates a loss.
    public init(line: Int, events: UInt64?) {
      self.line = line
      self.events = events
    }
  }

  /// The events that matter, in order.
  public private(set) var events: [FtraceEvent] = []
  /// Whether lines give the frames of each request.
  public private(set) var givesFrames = false
  /// Where events were lost.
  public private(set) var losses: [Loss] = []
  /// How often each event came that does not matter.
  public private(set) var ignored: [String: Int] = [:]
  /// The numbers of lines that are neither event nor comment.
  public private(set) var unreadableLines: [Int] = []
  /// The kernel version that a comment or a note gives: `# kernel 6.12.117`.
  public private(set) var kernelVersion: String?

  /// Reads the text.
  public init(_ text: some Sequence<UInt8>) throws(KernelTextError) {
    let bytes = ArraySlice(Array(text))
    var start = bytes.startIndex
    var number = 0
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      var line = bytes[start..<end]
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      number += 1
      try read(line, number)
      start = end < bytes.endIndex ? end + 1 : end
    }
    if events.isEmpty, ignored.isEmpty {
      throw .missing("events such as `insmod-105 [000] ..... 2.738854: set_memory_nx: ...`")
    }
  }

  private mutating func read(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(KernelTextError) {
    guard let line = FtraceLine(bytes, number: number) else {
      readOther(bytes, number)
      return
    }
    guard let event = try FtraceEvent(line) else {
      ignored[line.name, default: 0] += 1
      return
    }
    switch event.kind {
    case .note(let note) where note.name == "kernel": readVersion(line.arguments)
    case .frames: givesFrames = true
    default: break
    }
    events.append(event)
  }

  /// A comment, a loss, or nothing that can be read.
  private mutating func readOther(_ bytes: ArraySlice<UInt8>, _ number: Int) {
    var words = ByteWords(bytes)
    guard let first = words.next() else { return }
    if first.first == UInt8(ascii: "#") {
      readComment(bytes, number)
    } else if first.starts(with: "CPU:".utf8), let second = words.next(),
      second.elementsEqual("[LOST".utf8)
    {
      losses.append(Loss(line: number, events: words.next().flatMap { UInt64(traced: $0) }))
    } else {
      unreadableLines.append(number)
    }
  }

  /// `# entries-in-buffer/entries-written: 16664/16664   #P:1`, or `# kernel 6.12.117`.
  private mutating func readComment(_ bytes: ArraySlice<UInt8>, _ number: Int) {
    var words = ByteWords(bytes)
    _ = words.next()
    guard let key = words.next() else { return }
    if key.starts(with: "kernel".utf8) { readVersion(bytes.drop { $0 == 0x23 || $0 == 32 }) }
    guard key.elementsEqual("entries-in-buffer/entries-written:".utf8),
      let counts = words.next()?.split(separator: UInt8(ascii: "/")), counts.count == 2,
      let kept = UInt64(traced: counts[0]), let written = UInt64(traced: counts[1])
    else { return }
    if kept < written { losses.append(Loss(line: number, events: written - kept)) }
  }

  /// The word after `kernel`.
  private mutating func readVersion(_ bytes: ArraySlice<UInt8>) {
    var words = ByteWords(bytes)
    _ = words.next()
    if let word = words.next() { kernelVersion = String(decoding: word, as: UTF8.self) }
  }
}
