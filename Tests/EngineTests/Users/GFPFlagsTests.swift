import Engine
import Testing

@Suite struct GFPFlagsTests {
  /// The order of the enumeration in include/linux/gfp_types.h, 6.12, from bit 0.
  @Test func `each flag is the bit of the kernel`() {
    let bits: [(GFPFlags, UInt32)] = [
      (.highmem, 1), (.dma32, 2), (.movable, 3), (.reclaimable, 4), (.zero, 8), (.nowarn, 13),
      (.retryMayFail, 14), (.hardwall, 20), (.account, 22),
    ]
    for (flag, bit) in bits { #expect(flag.rawValue == 1 << bit, "bit \(bit)") }
    // Direct reclaim and kswapd are bits 10 and 11, I/O and file systems 6 and 7, reserves 5.
    #expect(GFPFlags.kernel.rawValue == 1 << 10 | 1 << 11 | 1 << 6 | 1 << 7)
    #expect(GFPFlags.nofs.rawValue == 1 << 10 | 1 << 11 | 1 << 6)
    #expect(GFPFlags.user.rawValue == GFPFlags.kernel.rawValue | 1 << 20)
    #expect(GFPFlags.atomic.rawValue == 1 << 5 | 1 << 11)
    #expect(GFPFlags.nowait.rawValue == 1 << 11)
  }
}
