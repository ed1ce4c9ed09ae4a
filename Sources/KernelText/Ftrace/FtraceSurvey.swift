/// What a trace says as a whole.
public struct FtraceSurvey: Equatable, Sendable {
  /// A place where the kernel lost events: `CPU:0 [LOST 123 EVENTS]`.
  public struct Loss: Codable, Equatable, Sendable {
    /// The line number, from 1.
    public var line: Int
    /// The number of events; `nil` if the kernel did not know.
    public var events: UInt64?

    /// Creates a loss.
    public init(line: Int, events: UInt64?) {
      self.line = line
      self.events = events
    }
  }

  /// The number of relevant events.
  public private(set) var eventCount = 0
  /// The number of them before the note `start`; nil if there is no such note.
  public private(set) var eventsBeforeStart: Int?
  /// Whether lines give the frames of each request.
  public private(set) var givesFrames = false
  /// Where events were lost.
  public private(set) var losses = FirstOnes<Loss>()
  /// The number of times that each irrelevant event occurred. Events beyond the first
  /// ``namesLimit`` kinds are counted as `others`.
  public private(set) var ignored: [String: Int] = [:]
  /// The numbers of lines that are neither events nor comments.
  public private(set) var unreadableLines = FirstOnes<Int>()
  /// The kernel version that a comment or a note gives: `# kernel 6.12.117`.
  public private(set) var kernelVersion: String?

  /// The most kinds of events that are counted one by one: a kernel has some 3000.
  public static let namesLimit = 10_000

  mutating func ignore(_ name: String) {
    let isKept = ignored.count < Self.namesLimit || ignored[name] != nil
    ignored[isKept ? name : "others", default: 0] += 1
  }

  mutating func take(_ event: FtraceEvent, _ line: FtraceLine) {
    switch event.kind {
    case .note(let note) where note.name == "kernel": readVersion(line.arguments)
    case .note(let note) where note.name == "start" && eventsBeforeStart == nil:
      eventsBeforeStart = eventCount
    case .frames: givesFrames = true
    default: break
    }
    eventCount += 1
  }

  /// A comment, a loss, or nothing that can be read.
  mutating func readOther(_ bytes: ArraySlice<UInt8>, _ number: Int) {
    var words = ByteWords(bytes)
    guard let first = words.next(), !TraceEntryReader.isOfStack(bytes) else { return }
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

/// The first of many, and their number: a report on a trace of any length fits on a page.
public struct FirstOnes<Element: Codable & Equatable & Sendable>: Codable, Equatable, Sendable,
  ExpressibleByArrayLiteral
{
  /// The first, at most ``limit``.
  public private(set) var first: [Element] = []
  /// Their number.
  public private(set) var count = 0

  /// The most that are kept.
  public static var limit: Int { 20 }

  /// Creates an empty list.
  public init() {}

  /// Creates a list of these.
  public init(arrayLiteral elements: Element...) {
    for element in elements { append(element) }
  }

  /// Whether there are none.
  public var isEmpty: Bool { count == 0 }

  package mutating func append(_ element: Element) {
    if count < Self.limit { first.append(element) }
    count += 1
  }
}
