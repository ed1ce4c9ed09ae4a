/// Lines of a name and a number: `/proc/meminfo` and `/proc/vmstat`.
///
///     DirectMap4k:       28544 kB
///     direct_map_level2_splits 3
public struct NameValueText: Equatable, Sendable {
  /// The names, in the order of the lines.
  public private(set) var names: [String] = []
  private var values: [String: UInt64] = [:]

  /// Reads the text. If a name occurs again, the last value counts.
  public init(_ text: String) throws(KernelTextError) {
    for line in TextLine.lines(of: text) where !line.isBlank {
      let words = line.unquoted.words
      guard words.count == 2 || words.count == 3 && words[2] == "kB",
        let value = UInt64(decimal: words[1])
      else { throw .unexpected(line, "a name and a number, with or without kB") }
      let name = String(words[0].hasSuffix(":") ? words[0].dropLast() : words[0])
      if values.updateValue(value, forKey: name) == nil { names.append(name) }
    }
    if names.isEmpty { throw .missing("names with numbers") }
  }

  /// The value of a name, if there is a line for it.
  public subscript(name: String) -> UInt64? { values[name] }
}
