import Engine
import Testing

@Suite struct VirtualAddressTests {
  /// An address between the halves has no tables; the CPU faults before it looks at any.
  @Test func `the halves of the address space end at bit 47`() {
    let last: [UInt64] = [0, 0x7fff_ffff_ffff, 0xffff_8000_0000_0000, .max]
    for address in last { #expect(VirtualAddress(address).isCanonical) }
    let between: [UInt64] = [0x8000_0000_0000, 0xffff_7fff_ffff_ffff, 1 << 63]
    for address in between { #expect(!VirtualAddress(address).isCanonical) }
  }
}
