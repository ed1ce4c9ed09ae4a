import Engine

/// How much a sentence says.
public enum SentenceForm: Sendable {
  /// For a panel: about 50 columns, no more than what happened.
  case short
  /// For a reader: a full sentence that says why.
  case long
}

// Pieces that sentences are made of.

/// A number of bytes in the largest unit that divides it.
package func lengthText(_ bytes: UInt64) -> String {
  var value = bytes
  var unit = ""
  for larger in ["K", "M", "G", "T"] where value % 1024 == 0 && (value > 0 || unit.isEmpty) {
    value /= 1024
    unit = larger
  }
  return "\(value)\(unit)"
}

extension PageCount {
  /// The count with its noun: `1 page`, `512 pages`.
  public var words: String { rawValue == 1 ? "1 page" : "\(rawValue) pages" }
}

extension VirtualAddress {
  /// What a reader knows the address as: a frame in the direct map, else the address.
  public var words: String {
    AddressLayout.directMapFrame(of: self).map { "pfn \($0.hex)" } ?? hex
  }
}

extension LeafSize {
  /// What a leaf of this size splits into: `512 x 2M`; a 4K leaf has nothing to split into.
  var splitWords: String { "512 x \(smaller?.name ?? name)" }

  /// The leaf of this size that maps an address, by its first page.
  func leafWords(at address: VirtualAddress, _ article: String = "the") -> String {
    "\(article) \(name) leaf at \(address.alignedDown(to: self).words)"
  }
}

extension EntryFlags {
  /// What changes on the way to other flags: `sets NX, clears RW D`, or `changes nothing`.
  ///
  /// - Parameters:
  ///   - set: the verb before the bits that come.
  ///   - clear: the verb before the bits that go.
  public func changeWords(
    to new: EntryFlags, _ size: LeafSize, set: String = "sets", clear: String = "clears",
  ) -> String {
    let gained = new.subtracting(self)
    let lost = subtracting(new)
    var parts: [String] = []
    if !gained.isEmpty { parts.append("\(set) \(gained.text(size, of: union(new)))") }
    if !lost.isEmpty { parts.append("\(clear) \(lost.text(size, of: union(new)))") }
    return parts.isEmpty ? "changes nothing" : parts.joined(separator: ", ")
  }
}

extension MemoryType {
  /// The name of the type, as the kernel's books print it in capitals: `WB`, `WC`, `UC-`, `WT`.
  public var name: String {
    switch self {
    case .wb: "WB"
    case .wc: "WC"
    case .ucMinus: "UC-"
    case .wt: "WT"
    }
  }

  /// The type in full: `write-back`.
  var words: String {
    switch self {
    case .wb: "write-back"
    case .wc: "write-combining"
    case .ucMinus: "uncached (UC-)"
    case .wt: "write-through"
    }
  }
}

extension PermissionClass {
  /// What the bits of an entry allow, in a few words: those of the class, and for uncached memory its
  /// type.
  public static func words(of flags: EntryFlags, _ size: LeafSize) -> String {
    let permission = PermissionClass(flags, size)
    guard permission == .uncached else { return permission.words }
    let small = size == .size4K ? flags : flags.largeTo4K
    let bits = small.intersection(.cacheMask)
    let type = MemoryType.allCases.first { $0.entryBits == bits }?.words ?? "uncached (UC)"
    return "\(small.contains(.writable) ? "RW" : "RO") \(small.contains(.nx) ? "NX" : "X"), \(type)"
  }
}

extension ReturnCode {
  /// What the code means, in a few words.
  public var meaning: String {
    switch self {
    case .success: "success"
    case .fault: "nothing is mapped there"
    case .noMemory: "no zone has free pages for it"
    case .busy: "a page has another cache type"
    case .invalid: "a page is not as the call needs it"
    case .notImplemented: "this kernel has no such call"
    case .bug: "the kernel stopped in it"
    case .shrinkStop: "reclaim may not work for this request"
    case .shrinkEmpty: "there was nothing to free"
    default: rawValue > 0 ? "a number of pages" : "an error"
    }
  }
}

extension PermissionClass {
  /// The class in a few words, for a legend.
  public var words: String {
    switch self {
    case .rwNX: "RW NX, ordinary"
    case .roNX: "RO NX"
    case .roX: "RO X"
    case .rwX: "RW X, never right"
    case .notPresent: "not present"
    case .uncached: "uncached, write-combining or write-through"
    case .hole: "no RAM"
    }
  }

  /// The letter that stands for the class where colours do not.
  public var letter: Character {
    switch self {
    case .rwNX: "w"
    case .roNX: "r"
    case .roX: "x"
    case .rwX: "W"
    case .notPresent: "-"
    case .uncached: "u"
    case .hole: "."
    }
  }
}

extension AddressRegion {
  /// What a sentence calls it.
  public var words: String {
    switch self {
    case .directMap: "the direct map"
    case .vmalloc: "vmalloc space"
    case .modules: "the module area"
    case .kernelImage: "the high map of the kernel image"
    case .user: "a process"
    case .other: "another part of the kernel's addresses"
    }
  }
}
