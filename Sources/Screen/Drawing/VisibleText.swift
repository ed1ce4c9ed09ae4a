extension Unicode.Scalar {
  /// Whether a terminal would obey the scalar, or a reader could not see it: control characters (C0
  /// with line feed and tab, DEL, C1), direction marks, zero-width characters that are not accents,
  /// line and paragraph separators, fillers.
  public var isUnseen: Bool {
    switch value {
    case 0x20..<0x7F: false
    case 0x00..<0xA0: true
    case 0xA0..<0x300: value == 0xAD
    // Blocks, lines and arrows are drawn by the thousand.
    case 0x2500..<0x2600, 0x2190..<0x2200: false
    default:
      switch properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
      default: properties.isDefaultIgnorableCodePoint
      }
    }
  }

  /// The scalar as shown where it cannot be printed: `\u{1b}`.
  public var shownCode: String { "\\u{\(String(value, radix: 16))}" }
}

extension String {
  /// The text as it may go to a terminal: invisible characters become `\u{1b}` and the like; line
  /// feeds and tabs stay.
  public var visibleText: String {
    showing {
      $0 == 0x0A || $0 == 0x09
    } code: {
      $0.shownCode
    }
  }

  /// The same in one line: a line feed becomes `\u{a}` too.
  public var visibleLine: String {
    showing {
      $0 == 0x09
    } code: {
      $0.shownCode
    }
  }

  /// The text of a JSON document with all invisible characters as JSON escapes them, `\u009b`:
  /// outside of strings such a document has none.
  public var visibleJSON: String {
    showing {
      $0 == 0x0A || $0 == 0x09
    } code: {
      $0.codeUnits { "\\u" + $0 }
    }
  }

  private func showing(
    except isKept: (UInt32) -> Bool, code: (Unicode.Scalar) -> String,
  ) -> String {
    // Nearly all text is like this, and there may be megabytes of it.
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || isKept(UInt32($0)) && $0 < 0x80 }) {
      return self
    }
    var shown = ""
    shown.reserveCapacity(utf8.count + 16)
    for scalar in unicodeScalars {
      if scalar.isUnseen, !isKept(scalar.value) {
        shown += code(scalar)
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}

extension Unicode.Scalar {
  /// Its UTF-16 code units, each in four hexadecimal digits, in the format of `form`.
  public func codeUnits(_ form: (String) -> String) -> String {
    String(self).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return form(String(repeating: "0", count: 4 - digits.count) + digits)
    }.joined()
  }
}
