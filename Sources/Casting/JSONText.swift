import Screen

extension String {
  /// The text as JSON writes it, with its quotation marks. Invisible characters are escaped;
  /// everything else is unchanged.
  var quotedForJSON: String {
    var quoted = "\""
    quoted.reserveCapacity(utf8.count + 16)
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x22: quoted += "\\\""
      case 0x5C: quoted += "\\\\"
      case _ where scalar.isUnseen: quoted += scalar.codeUnits { "\\u" + $0 }
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// Milliseconds as seconds with three decimals: `12.034`.
func seconds(_ milliseconds: Int) -> String {
  let rest = String(milliseconds % 1000)
  return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
}
