extension String {
  /// The text in one line, without anything that a terminal would obey: line breaks and tabs become
  /// spaces, and other invisible characters `?`: one column for one character, as on a canvas.
  public var harmlessLine: String {
    var scalars = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      let shown = TextWidth.harmless(scalar)
      if TextWidth.columns(shown) > 0 || TextWidth.isCombining(shown) { scalars.append(shown) }
    }
    return String(scalars)
  }

  /// The text for XML 1.0, between tags and between quotation marks; characters that XML cannot
  /// hold become `?`.
  ///
  /// Every `>` is written as an entity, so that no `]]>` is left.
  public var escapedForXML: String {
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x3C: escaped += "&lt;"
      case 0x3E: escaped += "&gt;"
      case 0x26: escaped += "&amp;"
      case 0x22: escaped += "&quot;"
      case 0x09, 0x0A, 0x0D: escaped += " "
      case 0xFFFE, 0xFFFF: escaped += "?"
      case _ where scalar.isUnseen: escaped += "?"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
