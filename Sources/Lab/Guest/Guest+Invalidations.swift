import Engine

/// How a TLBI instruction of arm64 invalidates addresses of the kernel.
private enum Invalidation: String, CaseIterable {
  /// One page.
  case pages
  /// A range of pages (FEAT_TLBIRANGE).
  case ranges
  /// Everything.
  case all

  /// What an instruction is; `nil` for one that invalidates nothing of the kernel, or is no TLBI.
  ///
  /// Source: Arm Architecture Reference Manual for A-profile, C5.1.3, SYS; a TLBI has CRn 8, or 9 with FEAT_XS.
  init?(_ word: UInt32) {
    guard word & 0xfff8_e000 == 0xd508_8000, word >> 16 & 7 == 0 else { return nil }
    switch (word >> 5 & 7, word >> 8 & 15) {
    case (0, 1), (0, 3), (0, 7): self = .all
    // VAAE1 and VAALE1: the address in every address space.
    case (3, 2), (7, 2), (3, 5), (7, 5), (3, 6), (7, 6): self = .ranges
    case (3, _), (7, _): self = .pages
    default: return nil
    }
  }
}

extension Guest {
  /// The places of the TLBI instructions in the kernel's code, as it is now: compilers put them into many
  /// functions, and boot replaces some by others.
  func invalidations() throws(LabError) -> [UInt64: CountedFunction] {
    let end = try address(of: ["_etext"])
    var place = try address(of: ["_stext"]) & ~0xfff
    var found: [UInt64: CountedFunction] = [:]
    while place < end {
      if let physical = reader.physical(place) {
        unsafe qemu.memory.withTable(at: physical & ~0xfff) { words in
          for index in 0..<512 {
            let both = unsafe words[index]
            for (half, word) in [UInt32(truncatingIfNeeded: both), UInt32(both >> 32)].enumerated()
            {
              guard let kind = Invalidation(word) else { continue }
              found[place + UInt64(index) * 8 + UInt64(half) * 4] = CountedFunction(kind.rawValue)
            }
          }
        }
      }
      place += 4096
    }
    return found
  }
}

extension EntryCounts {
  /// `tlbi pages=N ranges=N all=N`, as recordings have it.
  var invalidations: String {
    let words = Invalidation.allCases.map { "\($0.rawValue)=\(calls[$0.rawValue] ?? 0)" }
    return "tlbi \(words.joined(separator: " "))"
  }
}
