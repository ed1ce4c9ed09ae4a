import Engine
import TestSupport
import Testing

/// The warning of `verify_rwx()`: for which changes it comes.
@Suite struct VerifyRWXTests {
  /// What a call says of one page of the direct map, after other calls on it.
  private func warnings(_ operation: SetMemory, after earlier: [SetMemory]) throws -> Int {
    var machine = Machine.ofLargeLeaves()
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

  /// Nobody can write or execute what is not present, and free pages of the direct map are so where
  /// a policy or secretmem took them out: the warning would name pages that are out of reach.
  @Test func `a page that is not present may become writable and executable without a warning`()
    throws
  {
    #expect(try warnings(.x, after: [.np]) == 0)
    #expect(try warnings(.rw, after: [.ro, .x, .np]) == 0)
    // Making it present again changes neither bit.
    #expect(try warnings(.p, after: [.np, .x]) == 0)
  }
}
