import Configuration
@unsafe @preconcurrency import Glibc
import Interface
import SystemPackage

/// Reads lines, lets the session answer them, prints the answers; nothing else happens here.
enum PlainLoop {
  /// Runs until the end of the input or the word quit, and returns the exit status.
  ///
  /// - Parameter tellsAll: whether all is told at once and nothing is read. An input that is no
  ///   terminal and ends before its first line means the same.
  static func run(
    _ start: Model, _ configuration: Configuration, _ notice: String?,
    tellsAll: Bool,
  ) throws(UserError) -> Int32 {
    var model = start
    model.adopt(
      keymap: configuration.keymap, options: configuration.viewOptions,
      paceIndex: configuration.speed.value - 1, notice: notice)
    var session = PlainSession(model, text: PlainText(isASCII: isASCII(configuration)))
    let isReader = isatty(STDIN_FILENO) == 1
    let prompt = isReader && CommandLine.isRead ? "> " : ""
    var isOpen = try say(session.opening)
    if tellsAll { return try tellAll(&session) }
    let answering = PlainWork(stopsAtInterrupt: isReader)
    var input = InputLines()
    var count = 0
    while isOpen, !session.isOver {
      _ = try CommandLine.converse(prompt)
      let line: String
      switch input.next() {
      case .end:
        if count == 0, !isReader { return try tellAll(&session) }
        if !prompt.isEmpty { _ = try CommandLine.converse("\n") }
        _ = try say(session.closing())
        return session.status
      case .tooLong:
        isOpen = try say(["Not done: a line is longer than \(InputLines.lengthMax) bytes."])
        count += 1
        continue
      case .line(let text): line = text
      }
      count += 1
      isOpen = try answering.watching { () throws(UserError) in
        try answer(line, &session, answering)
      }
    }
    return isOpen ? session.status : brokenPipeStatus
  }

  /// Answers a line, and tells what it sets going; whether anybody still reads that.
  private static func answer(
    _ line: String, _ session: inout PlainSession, _ answering: PlainWork,
  ) throws(UserError) -> Bool {
    let lines = answering.run(String(line.prefix(100)), &session) { session, progress in
      session.line(line) + session.runErrands { SessionFile.carryOut($0, for: &$1, progress) }
    }
    guard let lines else { return try say(["Stopped; nothing was changed."]) }
    guard try say(lines) else { return false }
    while true {
      let told = answering.run("playing", &session) { session, _ in session.next() }
      guard let told else { return try say(["Stopped before the next call."]) }
      guard let lines = told else { return true }
      guard try say(lines) else { return false }
    }
  }

  /// What a shell makes of a process that SIGPIPE ended: for those whose parent ignores that signal.
  private static var brokenPipeStatus: Int32 { 128 + SIGPIPE }

  private static func tellAll(_ session: inout PlainSession) throws(UserError) -> Int32 {
    session.playAll()
    let answering = PlainWork(stopsAtInterrupt: false)
    while let told = answering.run("playing", &session, { session, _ in session.next() }),
      let lines = told
    {
      guard try say(lines) else { return brokenPipeStatus }
    }
    return session.status
  }

  /// Whether the locale has no more than ASCII, or no more is wanted.
  private static func isASCII(_ configuration: Configuration) -> Bool {
    switch configuration.glyphs.value {
    case .ascii: return true
    case .unicode: return false
    case .auto: break
    }
    _ = unsafe setlocale(LC_CTYPE, "")
    guard let name = unsafe nl_langinfo(nl_item(CODESET)) else { return true }
    return unsafe String(cString: name) != "UTF-8"
  }

  // MARK: - Writing

  /// Prints lines; whether anybody still reads them.
  private static func say(_ lines: [String]) throws(UserError) -> Bool {
    try CommandLine.converse(lines.map { $0 + "\n" }.joined())
  }
}

/// The lines of standard input, one at a time, as they come.
struct InputLines {
  /// The most bytes that a line can have.
  static let lengthMax = 4096

  /// What the next line is.
  enum Line {
    /// A line; what is no UTF-8 in it is replaced.
    case line(String)
    /// More than anybody means to say.
    case tooLong
    /// Nothing comes any more.
    case end
  }

  private var bytes: [UInt8] = []
  private var place = 0
  private var isAtEnd = false

  /// Waits for the next line. The last one need not end in a line feed.
  mutating func next() -> Line {
    var line: [UInt8] = []
    var isTooLong = false
    var hasBegun = false
    while true {
      if place == bytes.count, !fill() {
        guard hasBegun else { return .end }
        return isTooLong ? .tooLong : .line(String(decoding: line, as: UTF8.self))
      }
      hasBegun = true
      let end = bytes[place...].firstIndex(of: 0x0A)
      let piece = bytes[place..<(end ?? bytes.count)]
      if line.count + piece.count > Self.lengthMax { isTooLong = true } else { line += piece }
      place = end.map { $0 + 1 } ?? bytes.count
      if end != nil {
        return isTooLong ? .tooLong : .line(String(decoding: line, as: UTF8.self))
      }
    }
  }

  /// Takes in what there is; whether there is more.
  private mutating func fill() -> Bool {
    if isAtEnd { return false }
    place = 0
    bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count =
      unsafe bytes.withUnsafeMutableBytes {
        unsafe try? FileDescriptor.standardInput.read(into: $0)
      } ?? 0
    bytes.removeLast(bytes.count - count)
    isAtEnd = count == 0
    return !isAtEnd
  }
}
