/// How the physical memory of a machine lies in a file without a header.
public enum MemoryForm: Sendable {
  /// Each byte at its physical address.
  case addresses
  /// As QEMU keeps the RAM of a guest: piece behind piece, without the holes between them.
  case guest

  /// The ways in which the pieces may lie, the most usual first.
  ///
  /// Source: hw/i386/pc_q35.c, hw/i386/pc_piix.c, hw/arm/virt.c, hw/arm/sbsa-ref.c, QEMU 7.2.
  func pieces(of size: UInt64) -> [[CoreFile.Segment]] {
    func piece(_ physical: UInt64, _ offset: UInt64, _ size: UInt64) -> CoreFile.Segment {
      CoreFile.Segment(address: physical, physical: physical, offset: offset, size: size)
    }
    let whole = [piece(0, 0, size)]
    guard self == .guest else { return [whole] }
    // What x86's machines have below 4 GiB: q35 2 GiB where there is more than 2816 MiB, pc 3 GiB.
    let split = Self.lower.filter { size > $0 }.map { lower in
      [piece(0, 0, lower), piece(1 << 32, lower, size - lower)]
    }
    // Where arm64's machines have it.
    let moved = Self.starts.map { [piece($0, 0, size)] }
    return split + [whole] + moved
  }

  private static let lower: [UInt64] = [0x8000_0000, 0xc000_0000, 0xb000_0000, 0xe000_0000]
  private static let starts: [UInt64] = [1 << 30, 1 << 40]
}
