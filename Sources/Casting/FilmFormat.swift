public import Screen

/// The format of a recording.
public enum FilmFormat: String, CaseIterable, Sendable {
  /// asciicast, for asciinema and compatible players.
  case cast
  /// An animated picture; without a script, unless it is stepped.
  case svg
  /// A page that stands alone, with a player.
  case html
  /// The screens as text, one below the other.
  case txt

  /// The format for the extension of a file's name; nil for any other name.
  public init?(endingOf path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }

  /// A recorder of this format, on the clock that the options request.
  public func recorder(_ options: FilmSettings) -> any Recorder {
    let recorder: any Recorder =
      switch self {
      case .cast: CastRecorder(options)
      case .svg: SVGRecorder(options)
      case .html: HTMLRecorder(options)
      case .txt: TextRecorder(options)
      }
    return PacedRecorder(
      options.still.map { StillRecorder(recorder, $0) } ?? recorder, options.pace)
  }
}

extension FilmFormat {
  /// The text in a file that can be made again.
  static let mark = "directmap record"

  /// The number of leading bytes of a file that show whether it can be made again.
  public static var markLength: Int { 1024 }

  /// Whether a file that begins with these bytes can be made again: one of
  /// ``FilmSettings/isRemade``.
  public static func isRemade(beginning bytes: some Collection<UInt8>) -> Bool {
    let text = String(decoding: bytes.prefix(markLength), as: UTF8.self)
    return text.hasPrefix("\(mark): ")
      || text.hasPrefix("<svg ") && text.contains("<!-- \(mark) -->")
      || text.hasPrefix("<!doctype html>\n<!-- \(mark) -->\n")
      || text.hasPrefix("{\"version\": ") && text.contains("\"command\": \"\(mark)\"")
  }
}

/// The options of a recording.
public struct FilmSettings: Equatable, Sendable {
  /// The title of the recording; any text.
  public var title: String?
  /// The number of colours that the file uses.
  public var depth = ColorDepth.colors256
  /// The version of asciicast.
  public var castVersion = CastVersion.v2
  /// Whether the same recording can be made again, by `directmap record`. The file says so.
  public var isRemade = false
  /// When it was made, in seconds since 1970. Without it the same input gives the same bytes.
  public var timestamp: Int?
  /// Whether readers step through an animated picture by keys and clicks, where scripts run.
  public var isStepped = false
  /// The one picture that is kept; nil for all of them.
  public var still: StillChoice?
  /// The relation of the file's time to the screen's.
  public var pace = Pace()

  /// The default options.
  public init() {}
}

/// The versions of asciicast.
public enum CastVersion: Int, CaseIterable, Sendable {
  /// What asciinema before 3.0 can play too.
  case v2 = 2
  /// With the time since the previous event, and the status at the end.
  case v3 = 3
}
