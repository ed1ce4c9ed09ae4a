public import Screen

/// Writes asciicast, version 2 or 3, for asciinema.
///
/// Source: doc/asciicast-v2.md and doc/asciicast-v3.md of github.com/asciinema/asciinema.
public struct CastRecorder: Recorder {
  private let options: FilmSettings
  private var encoder: ANSIEncoder
  private var size: Size?
  private var last = 0

  /// A recorder of the version in the options. Its times are those of the file.
  public init(_ options: FilmSettings) {
    self.options = options
    encoder = ANSIEncoder(options.depth)
  }

  /// The header with the first picture, and events.
  public mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String {
    var piece = ""
    if size == nil {
      piece += header(canvas.size, theme)
    } else if size != canvas.size {
      piece += event("r", "\(canvas.size)", at: milliseconds)
    }
    size = canvas.size
    let output = encoder.show(canvas, theme: theme)
    if !output.isEmpty { piece += event("o", output, at: milliseconds) }
    for sentence in sentences { piece += event("m", sentence.harmlessLine, at: milliseconds) }
    return piece
  }

  /// Shows the cursor again; version 3 also has the exit status of the program.
  public func ending(at milliseconds: Int) -> String {
    var copy = self
    guard size != nil else { return "" }
    let output = copy.event("o", encoder.leaving(), at: milliseconds)
    return options.castVersion == .v2
      ? output : output + copy.event("x", "0", at: milliseconds)
  }

  /// A line of the file. Version 2 counts from the beginning, version 3 from the event before.
  private mutating func event(_ code: String, _ data: String, at milliseconds: Int) -> String {
    let time = max(last, milliseconds)
    defer { last = time }
    let shown = options.castVersion == .v2 ? time : time - last
    return "[\(seconds(shown)), \"\(code)\", \(data.quotedForJSON)]\n"
  }

  private func header(_ size: Size, _ theme: Theme) -> String {
    let looks = Looks(theme)
    let palette = (0..<16).map { Palette.rgb($0).hexadecimal }.joined(separator: ":")
    let colors =
      "{\"fg\": \"\(looks.ink.hexadecimal)\", \"bg\": \"\(looks.paper.hexadecimal)\", "
      + "\"palette\": \"\(palette)\"}"
    var fields = ["\"version\": \(options.castVersion.rawValue)"]
    if options.castVersion == .v2 {
      fields += ["\"width\": \(size.width)", "\"height\": \(size.height)"]
    } else {
      fields.append(
        "\"term\": {\"cols\": \(size.width), \"rows\": \(size.height), "
          + "\"type\": \"\(options.depth.terminalType)\", \"theme\": \(colors)}")
    }
    if let timestamp = options.timestamp { fields.append("\"timestamp\": \(timestamp)") }
    if let limit = options.pace.idleLimitMilliseconds {
      fields.append("\"idle_time_limit\": \(seconds(limit))")
    }
    if options.isRemade { fields.append("\"command\": \"\(FilmFormat.mark)\"") }
    if let title = options.title {
      fields.append("\"title\": \(title.harmlessLine.quotedForJSON)")
    }
    if options.castVersion == .v2 {
      fields.append("\"env\": {\"TERM\": \"\(options.depth.terminalType)\"}")
      fields.append("\"theme\": \(colors)")
    }
    return "{\(fields.joined(separator: ", "))}\n"
  }
}

extension ColorDepth {
  /// The terminfo name of a terminal with this number of colours.
  fileprivate var terminalType: String {
    switch self {
    case .colors256: "xterm-256color"
    case .colors16: "xterm-16color"
    case .colors8: "xterm"
    case .monochrome: "vt100"
    }
  }
}
