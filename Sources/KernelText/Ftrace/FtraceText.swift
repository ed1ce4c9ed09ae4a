/// The kernel's trace buffer as text: what `/sys/kernel/tracing/trace` shows.
///
/// Irrelevant events are counted and skipped. A line with a relevant event must be complete.
public struct FtraceText: Sendable {
  /// The relevant events, in order.
  public private(set) var events: [FtraceEvent] = []
  /// What the trace says as a whole.
  public let survey: FtraceSurvey

  /// Reads the text.
  public init(_ text: some Sequence<UInt8>) throws(KernelTextError) {
    do {
      var stream = FtraceStream(LineStream(of: text))
      while let event = try stream.next() { events.append(event) }
      survey = try stream.wholeSurvey()
    } catch let error as KernelTextError {
      throw error
    } catch {
      preconditionFailure("A text in memory can be read.")
    }
  }
}

/// The kernel's trace buffer as text that is read event by event; it may have any length.
public struct FtraceStream {
  /// What the trace says as a whole, as far as it has been read.
  public private(set) var survey = FtraceSurvey()
  private var lines: LineStream

  /// Begins to read a trace.
  public init(_ source: any ByteSource) { self.init(LineStream(source)) }

  init(_ lines: LineStream) { self.lines = lines }

  /// Reads to the end.
  ///
  /// - Parameter take: receives each event.
  /// - Returns: what the trace says as a whole.
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public static func survey(
    _ source: any ByteSource, _ take: (FtraceEvent) throws -> Void = { _ in },
  ) throws -> FtraceSurvey {
    var stream = FtraceStream(source)
    while let event = try stream.next() { try take(event) }
    return try stream.wholeSurvey()
  }

  /// What the trace says as a whole, when it has been read.
  func wholeSurvey() throws(KernelTextError) -> FtraceSurvey {
    if survey.eventCount == 0, survey.ignored.isEmpty {
      throw .missing("events such as `insmod-105 [000] ..... 2.738854: set_memory_nx: ...`")
    }
    return survey
  }

  /// Continues to the next relevant event.
  ///
  /// - Returns: the event; nil at the end.
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public mutating func next() throws -> FtraceEvent? {
    while try advance() {
      let bytes = lines.content
      guard let line = FtraceLine(bytes, number: lines.number) else {
        survey.readOther(bytes, lines.number)
        continue
      }
      guard let event = try FtraceEvent(line) else {
        survey.ignore(line.name)
        continue
      }
      survey.take(event, line)
      return event
    }
    return nil
  }

  private mutating func advance() throws -> Bool {
    do {
      return try lines.advance()
    } catch let error as LineTooLong {
      throw KernelTextError.tooLarge("\(error)")
    }
  }
}
