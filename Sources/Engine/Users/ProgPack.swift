/// A pack: memory that BPF programs share, in chunks of 64 bytes. Models `struct bpf_prog_pack`,
/// kernel/bpf/core.c, 6.1.
public struct ProgPack: Equatable, Sendable {
  /// The name of its area.
  public let name: Name
  /// How many chunks it has.
  public let chunks: Int
  /// Whether branch predictors may remember code of programs that were in it; see the policy `dirty-packs`.
  public internal(set) var isDirty = false
  private var bitmap: [UInt64]

  /// The bytes of a chunk (`BPF_PROG_CHUNK_SIZE`).
  public static let chunkBytes: UInt32 = 64

  init(name: Name, chunks: Int) {
    self.name = name
    self.chunks = chunks
    bitmap = [UInt64](repeating: 0, count: (chunks + 63) / 64)
  }

  /// How many chunks are in use.
  public var used: Int { bitmap.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether a chunk is in use.
  public func isUsed(_ chunk: Int) -> Bool { bitmap[chunk / 64] >> UInt64(chunk % 64) & 1 != 0 }

  /// The first row of this many free chunks (`bitmap_find_next_zero_area()`).
  func freeChunks(_ count: Int) -> Range<Int>? {
    var start = next(used: false, from: 0)
    while start + count <= chunks {
      let end = next(used: true, from: start)
      if end - start >= count { return start..<(start + count) }
      start = next(used: false, from: end)
    }
    return nil
  }

  /// The first chunk from a place on that is in use, or is not; `chunks` if there is none.
  private func next(used: Bool, from start: Int) -> Int {
    var place = start
    while place < chunks {
      let word = used ? bitmap[place / 64] : ~bitmap[place / 64]
      let rest = word >> UInt64(place % 64)
      if rest != 0 { return min(place + rest.trailingZeroBitCount, chunks) }
      place = (place / 64 + 1) * 64
    }
    return chunks
  }

  func add(to sum: inout Checksum) {
    name.add(to: &sum)
    sum.add(chunks)
    sum.add(isDirty)
    sum.add(bitmap) { $1.add($0) }
  }

  mutating func set(_ range: Range<Int>, used: Bool) {
    for chunk in range {
      let bit: UInt64 = 1 << UInt64(chunk % 64)
      if used { bitmap[chunk / 64] |= bit } else { bitmap[chunk / 64] &= ~bit }
    }
  }
}

/// A BPF program that is loaded.
public struct BPFProgram: Equatable, Sendable {
  /// Its name.
  public var name: Name
  /// The area of the pack that holds it; `nil`: it has an area of its own, of its name.
  public var pack: Name?
  /// Its chunks in the pack.
  public var chunks: Range<Int>
}

/// A page of memfd_secret.
public struct SecretPage: Equatable, Sendable {
  /// Its name.
  public var name: Name
  /// Its frame.
  public var pfn: PFN
  /// Whether the page came out of the direct map by a policy, not by secretmem itself.
  public var isUnmappedByPolicy: Bool
}
