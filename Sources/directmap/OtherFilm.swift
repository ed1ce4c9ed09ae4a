/// A format that the program does not write, and that ffmpeg makes of its pictures.
nonisolated struct OtherFilm {
  private static let all: Set = ["gif", "webm", "mp4"]

  /// The extension, in small letters.
  private let name: String

  /// The format for the extension of a file's name; nil for any other name.
  init?(endingOf path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    name = path[path.index(after: dot)...].lowercased()
    guard Self.all.contains(name) else { return nil }
  }

  /// What makes such a file, as a line for a shell.
  ///
  /// Each picture is a still of its time, five a second; the version of ffmpeg must read SVG, as
  /// Debian's does.
  func advice(_ file: String, _ output: String) -> String {
    let pixels = name == "mp4" ? "-pix_fmt yuv420p " : ""
    return
      "directmap writes no .\(name); ffmpeg makes one of stills, here of the first 60 seconds: "
      + "for t in $(seq -w 0 0.2 60); do directmap record \(file.quotedForShell) "
      + "--still ${t}s -o still-$t.svg; done; "
      + "ffmpeg -framerate 5 -pattern_type glob -i 'still-*.svg' \(pixels)\(output.quotedForShell)"
  }
}

extension String {
  /// The text as one word of a shell.
  fileprivate nonisolated var quotedForShell: String {
    let isPlain = allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
    if isPlain, !isEmpty, !hasPrefix("-") { return self }
    return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
