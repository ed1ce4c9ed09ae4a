import Engine
import Narration

/// A property that a call breaks.
struct Finding: Equatable, Sendable {
  /// What tells findings of one call apart: the rest is found again at every state.
  struct Sign: Hashable, Sendable {
    var property: Property
    /// What is wrong, as the property has it: an address region, flags, a size.
    var code: UInt64
  }

  var sign: Sign
  /// Where; 0 where that says nothing.
  var address: UInt64 = 0
  /// How often the call flushed all TLBs, and the other one; `nil` where that is not the point.
  var fullFlushes: FullFlushes?

  /// What two machines flushed.
  struct FullFlushes: Equatable, Sendable {
    var here: Int64
    var there: Int64
  }

  init(_ property: Property, _ code: UInt64 = 0, at address: VirtualAddress? = nil) {
    sign = Sign(property: property, code: code)
    self.address = address?.rawValue ?? 0
  }

  /// Whether the opposite of the call shows it.
  var needsInverse: Bool { sign.property == .inverse }

  /// What is wrong, in words.
  var words: String {
    let place = address == 0 ? "" : " at 0x" + String(address, radix: 16)
    let flags = EntryFlags(rawValue: sign.code)
    switch sign.property {
    case .flush:
      let region = AddressRegion(rawValue: UInt8(truncatingIfNeeded: sign.code)) ?? .other
      return "an entry\(place), in \(region.words), lost a right and is not flushed"
    case .wx:
      let words = "an entry\(place) is writable and executable"
      return sign.code == Self.withoutWarning ? "\(words), and the kernel does not warn" : words
    case .release: return "the call gives memory back, and splits a leaf\(place)"
    case .merge: return "the leaf\(place) gives \(flags.rightsWords) that an entry did not give"
    case .counters:
      let size = LeafSize(rawValue: UInt8(truncatingIfNeeded: sign.code)) ?? .size4K
      // As /proc/meminfo spells it.
      let name = size == .size4K ? "4k" : size.name
      return "DirectMap\(name) does not move as the leaves do"
    case .inverse: return "the call and its opposite change \(flags.text(.size4K))\(place)"
    case .cacheTypes: return "a frame has another cache type\(place) than in the direct map"
    case .atomic: return "the call returns an error and changes \(flags.text(.size4K))\(place)"
    case .bug: return "the kernel stops"
    case .drift: return "what the policy keeps with the table\(place) is not what the table holds"
    case .heals: return "the leaf\(place) can never be one again by calls of the alphabet"
    case .same:
      return sign.code == Self.otherReturn
        ? "the other returns something else" : "the leaves\(place) are not those of the other"
    case .monotone: return "more leaves are split than on the other"
    case .flushes:
      let counts = fullFlushes.map { ": \($0.here) times here, \($0.there) there" }
      return "the call flushes all TLBs more often than on the other\(counts ?? "")"
    }
  }

  /// The code of a difference in what a call returned.
  static let otherReturn: UInt64 = 1
  /// The code of an entry of which `verify_rwx()` does not warn in the same call.
  static let withoutWarning: UInt64 = 1
}

extension EntryFlags {
  /// The rights among them, in words: writing where there is RW, executing where there is NX, which stands
  /// for its opposite here.
  fileprivate var rightsWords: String {
    switch (contains(.writable), contains(.nx)) {
    case (true, true): "the rights to write and to execute"
    case (false, true): "the right to execute"
    case (_, false): "the right to write"
    }
  }
}
