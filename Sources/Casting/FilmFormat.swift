public import Screen

/// What a recording becomes.
public enum FilmFormat: String, CaseIterable, Sendable {
  /// asciicast, which asciinema and its kin play.
  case cast
  /// A picture that moves by itself, without a script.
  case svg
  /// The screens as text, one below the other.
  case txt

  /// The format that a file's name ends with; nil for any other name.
  public init?(endingOf path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }

  /// A recorder of this format, on the clock that the options ask for.
  public func recorder(_ options: FilmSettings) -> any Recorder {
    let recorder: any Recorder =
      switch self {
      case .cast: CastRecorder(options)
      case .svg: SVGRecorder(options)
      case .txt: TextRecorder(options)
      }
    return PacedRecorder(
      options.still.map { StillRecorder(recorder, $0) } ?? recorder, options.pace)
  }
}

extension FilmFormat {
  /// What a file says that can be made again.
  static let mark = "directmap record"

  /// How many bytes of a file tell whether it can be made again.
  public static var markLength: Int { 1024 }

  /// Whether a file that begins with these bytes can be made again: one of
  /// ``FilmSettings/isRemade``.
  public static func isRemade(beginning bytes: some Collection<UInt8>) -> Bool {
    let text = String(decoding: bytes.prefix(markLength), as: UTF8.self)
    return text.hasPrefix("\(mark): ")
      || text.hasPrefix("<svg ") && text.contains("<!-- \(mark) -->")
      || text.hasPrefix("{\"version\": ") && text.contains("\"command\": \"\(mark)\"")
  }
}

/// What may be chosen about a recording.
public struct FilmSettings: Equatable, Sendable {
  /// What the recording is called; any text.
  public var title: String?
  /// How many colours the file uses.
  public var depth = ColorDepth.colors256
  /// The version of asciicast.
  public var castVersion = CastVersion.v2
  /// Whether the same recording can be made again, by `directmap record`. The file says so.
  public var isRemade = false
  /// When it was made, in seconds since 1970. Without it the same input gives the same bytes.
  public var timestamp: Int?
  /// The one picture that is kept; nil for all of them.
  public var still: StillChoice?
  /// How the time of the file follows from that of the screen.
  public var pace = Pace()

  /// The usual options.
  public init() {}
}

/// The versions of asciicast.
public enum CastVersion: Int, CaseIterable, Sendable {
  /// What asciinema before 3.0 plays too.
  case v2 = 2
  /// With the time since the event before, and the status of the end.
  case v3 = 3
}
