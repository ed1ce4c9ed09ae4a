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

/// What may be chosen about a recording.
public struct FilmSettings: Equatable, Sendable {
  /// What the recording is called; any text.
  public var title: String?
  /// How many colours the file uses.
  public var depth = ColorDepth.colors256
  /// The version of asciicast.
  public var castVersion = CastVersion.v2
  /// The line of the shell that the recording stands for, for the header of a cast.
  public var command: String?
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
