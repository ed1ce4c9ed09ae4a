import Engine
import TestSupport
import Testing

/// The warning of `verify_rwx()`: for which changes it comes.
@Suite struct VerifyRWXTests {
  /// What a call says of one page of the direct map, after other calls on it.
  private func warnings(
    _ operation: SetMemory, after earlier: [SetMemory], on kernel: KernelProfile = .linux6_12,
  ) throws -> Int {
    var machine = Machine.ofLargeLeaves(kernel: kernel)
    let target = Call.Target.frame(Machine.largeLeavesStart + 9)
    for call in earlier { try machine.perform(.setMemory(call, target, 1)) }
    var log = EventLog()
    try machine.perform(.setMemory(operation, target, 1), into: &log)
    return log.events.count {
      if case .decided(.writableAndExecutable) = $0 { true } else { false }
    }
  }

  @Test func `a page that becomes writable and executable is warned of, whichever comes last`()
    throws
  {
    #expect(try warnings(.x, after: []) == 1)
    #expect(try warnings(.rw, after: [.ro, .x]) == 1)
    #expect(try warnings(.x, after: [.ro]) == 0)
    #expect(try warnings(.ro, after: [.x]) == 0)
  }

  /// Nobody can write or execute what is not present. Seen in 6.12.117 and 7.3.4: `set_memory_x` behind
  /// `set_memory_np` comes to `__warn()`, and `set_memory_p` behind both does not.
  @Test func `the warning comes for a page that is not present, and not when it is present again`()
    throws
  {
    #expect(try warnings(.x, after: [.np]) == 1)
    #expect(try warnings(.rw, after: [.ro, .x, .np]) == 1)
    // Making it present again changes neither bit.
    #expect(try warnings(.p, after: [.np, .x]) == 0)
  }

  @Test func `kernels that take every address for read-only above its leaf never warn`() throws {
    for kernel in KernelProfile.x86 {
      let warns = kernel == .linux6_12 || kernel == .linux7_3
      #expect(try warnings(.x, after: [], on: kernel) == (warns ? 1 : 0), "\(kernel.name)")
    }
  }
}
