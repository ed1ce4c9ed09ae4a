public import Engine

extension LeafRun {
  /// The first page at which two readings of the same addresses differ, in words; `nil` if they do not.
  ///
  /// - Parameters:
  ///   - base: the address from which pages are counted.
  ///   - names: what the two readings are called.
  public static func firstDifference(
    _ one: [LeafRun], _ other: [LeafRun], base: VirtualAddress, names: (one: String, other: String),
  ) -> String? {
    if one == other { return nil }
    var ones = one[...]
    var others = other[...]
    while let a = ones.first, let b = others.first {
      if a.size != b.size || a.flags != b.flags {
        let page = (max(a.start, b.start) - base).rawValue
        return "page \(page): \(names.one) \(a.shortText), \(names.other) \(b.shortText)"
      }
      let aEnd = a.start + a.pages
      let bEnd = b.start + b.pages
      if aEnd <= bEnd { ones.removeFirst() }
      if bEnd <= aEnd { others.removeFirst() }
    }
    return "the leaves end at different pages"
  }

  /// Size and flags, as a recording writes them.
  fileprivate var shortText: String {
    guard let size else { return "nothing mapped" }
    return "\(size.name) 0x\(String(flags.rawValue, radix: 16))"
  }
}
