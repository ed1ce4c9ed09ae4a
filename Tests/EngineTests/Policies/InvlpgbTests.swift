import TestSupport
import Testing

@testable import Engine

/// Flushes by broadcast.
@Suite struct InvlpgbTests {
  @Test(arguments: [
    (KernelProfile.linux6_18, [PolicyName](), Int64(3), Int64(3)),
    (.linux6_18, [.invlpgb], 3, 0), (.linux7_1, [.invlpgb], 3, 1), (.linux7_3, [.invlpgb], 3, 1),
    (.linux7_0, [.invlpgb], 3, 0),
  ])
  func `full flushes and those of ranges interrupt nobody`(
    kernel: KernelProfile, policies: [PolicyName], flushes: Int64, interrupts: Int64,
  ) throws {
    var machine = try Machine.booted(policies, kernel: kernel)
    let before = machine.counters
    // A leaf of 1G and one of 2M split, and the page is flushed.
    try machine.perform(.setMemory(.ro, .frame(0x140005), 1))
    let growth = machine.counters.since(before)
    #expect(growth.shootdowns == flushes)
    #expect(growth.interrupts(machine.kernel) == interrupts)
  }
}
