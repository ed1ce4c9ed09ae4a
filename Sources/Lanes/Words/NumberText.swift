/// Numbers as the screen writes them.
package enum NumberText {
  /// A number with its thousands apart.
  package static func grouped(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return value < 0 ? "-" + result : result
  }

  /// A length in the largest unit that divides it.
  package static func length(_ pages: UInt64) -> String {
    var value = pages * 4
    for unit in ["KiB", "MiB", "GiB"] {
      if value % 1024 != 0 || value == 0 { return "\(value) \(unit)" }
      value /= 1024
    }
    return "\(value) TiB"
  }
}
