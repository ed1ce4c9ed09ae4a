import Screen

extension Canvas {
  /// How every cell looks in a theme at a depth of colour: a letter for each look, and below what the
  /// letters mean; colours by their indices, `own` for the terminal's own.
  ///
  /// - Parameter shown: the rows that are written; nil for all.
  public func looks(
    _ theme: Theme, _ depth: ColorDepth, rows shown: Range<Int>? = nil,
  ) -> String {
    var letters: [ResolvedStyle: Character] = [:]
    var legend: [String] = []
    let supply = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    var rows: [String] = []
    for y in shown ?? 0..<size.height {
      var row = ""
      for x in 0..<size.width {
        let look = theme.style(self[x, y].ink, self[x, y].modifiers).resolved(for: depth)
        if self[x, y].isBlank {
          row.append(" ")
        } else if let letter = letters[look] {
          row.append(letter)
        } else {
          let letter = supply[letters.count % supply.count]
          letters[look] = letter
          legend.append("\(letter) \(look.words)")
          row.append(letter)
        }
      }
      rows.append("|\(row)|")
    }
    return (["looks \(size)"] + rows + ["meaning"] + legend).joined(separator: "\n") + "\n"
  }
}

extension ResolvedStyle {
  /// The look in words: `32 on own, bold`.
  fileprivate var words: String {
    let names: [(Attributes, String)] = [
      (.bold, "bold"), (.underline, "underline"), (.reverse, "reverse"), (.dim, "dim"),
    ]
    let colors = [foreground, background].map { $0.map(String.init) ?? "own" }
    return
      ([colors.joined(separator: " on ")]
      + names.filter { attributes.contains($0.0) }.map(\.1)).joined(separator: ", ")
  }
}
