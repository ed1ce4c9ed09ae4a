public import Screen

/// Writes an animated picture: SVG with CSS, without its own fonts, so that it also plays inside
/// `<img>`.
///
/// Each picture is a group that paints its differences over the ones before. It is hidden until its
/// time, and all are hidden again when the animation restarts. The times come last, in the ending:
/// each one is a fraction of the total.
/// ```
/// <svg ...> <g first picture> <g class="f" ... what differs> ... <style>times</style> </svg>
/// ```
/// With ``FilmSettings/isStepped`` a script ends the animation where scripts run, and the pictures
/// follow keys and clicks.
public struct SVGRecorder: Recorder {
  private let options: FilmSettings
  private var pictures: SVGPictures
  private var sentences: [String] = []
  private var steps: [Int] = []

  /// The shortest time that the last picture stays before the first one returns.
  public static let lastPictureMilliseconds = 2000

  /// A recorder. Its times are those of the file.
  public init(_ options: FilmSettings) {
    self.options = options
    pictures = SVGPictures(options, .animated)
  }

  /// The window with the first picture, or a group with the differences from the previous one.
  ///
  /// A canvas of another size than the first is scaled to fit.
  public mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String {
    self.sentences += sentences
    let piece = pictures.show(canvas, theme: theme, at: milliseconds)
    if !sentences.isEmpty { steps.append(pictures.times.count) }
    return piece
  }

  /// The times of all pictures, and a description of the events for screen readers.
  public func ending(at milliseconds: Int) -> String {
    guard pictures.size != nil else { return "" }
    let times = pictures.times
    let length = max(milliseconds, (times.last ?? 0) + Self.lastPictureMilliseconds)
    var ending = SVGPictures.ending
    if !sentences.isEmpty {
      ending +=
        "<desc id=\"d\">\(sentences.joined(separator: "\n").escapedForXML)</desc>\n"
    }
    guard !times.isEmpty else { return ending + "</svg>\n" }
    if options.isStepped { ending += SVGSteps(steps, pictures: times.count).elements }
    ending += """
      <style>.f{visibility:hidden;animation-duration:\(seconds(length))s;\
      animation-timing-function:step-end;animation-iteration-count:infinite}
      @media(prefers-reduced-motion:reduce){.f{animation:none;visibility:visible}}

      """
    for (index, time) in times.enumerated() {
      // A picture at the very start is never hidden.
      let part = Self.percentage(of: max(time, 1), in: length)
      ending += "@keyframes f\(index + 1){0%{visibility:hidden}\(part)%,to{visibility:visible}}\n"
    }
    return ending + "</style>\n</svg>\n"
  }

  /// A fraction in percent, to a millionth: a time to the millisecond within a quarter of an hour.
  private static func percentage(of part: Int, in whole: Int) -> String {
    let millionths = (part * 1_000_000 + whole / 2) / max(1, whole)
    let rest = String(millionths % 10_000)
    return "\(millionths / 10_000)." + String(repeating: "0", count: 4 - rest.count) + rest
  }
}
