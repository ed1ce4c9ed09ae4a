import Engine
import History
import Testing

/// The same calls on another machine, on a branch that leaves no other one.
struct AgainTests {
  private func booted(_ kernel: KernelProfile = .linux7_2) throws -> Machine {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    return try Machine(booting: description, kernel: kernel)
  }

  private func call(_ pfn: PFN, _ operation: SetMemory = .ro) -> Call {
    .setMemory(operation, .frame(pfn), 1)
  }

  @Test func `a branch on another machine is what that machine makes of the calls`() throws {
    var timeline = Timeline(try booted())
    for pfn in [0x14_0000, 0x14_0400, 0x14_0800] as [PFN] { try timeline.perform(call(pfn)) }
    let there = timeline.machine.checksum
    let leftOut = timeline.makeAgain(on: try booted(.linux5_11), named: "old")
    #expect(leftOut.isEmpty)
    var alone = try booted(.linux5_11)
    for pfn in [0x14_0000, 0x14_0400, 0x14_0800] as [PFN] { try alone.perform(call(pfn)) }
    #expect(timeline.machine.checksum == alone.checksum)
    // Each place on either branch is reached from each place on the other.
    for (index, expected) in [(0, there), (1, alone.checksum)] {
      timeline.switchBranch(to: index)
      for place in [0, 3, 1, 2, 3] {
        timeline.go(to: Moment(call: place))
        timeline.switchBranch(to: 1 - index)
        timeline.switchBranch(to: index)
        #expect(timeline.moment == Moment(call: place))
      }
      #expect(timeline.machine.checksum == expected)
      #expect(timeline.root == index)
    }
  }

  @Test func `a call that the machine lacks is left out, and its note stands before the next`()
    throws
  {
    var timeline = Timeline(try booted())
    try timeline.perform(call(0x14_0000, .rox), notes: ["first"])
    try timeline.perform(call(0x14_0000), notes: ["second"])
    let leftOut = timeline.makeAgain(on: try booted(.linux5_11), named: "old")
    #expect(leftOut.count == 1)
    #expect(timeline.steps.count == 1)
    #expect(timeline.steps[0].notes == ["first", "second"])
  }

  @Test func `the place is the same inside a call too, and going back and again are exact`() throws
  {
    var timeline = Timeline(try booted())
    try timeline.perform(call(0x14_0000))
    try timeline.perform(call(0x14_0400))
    timeline.go(to: Moment(call: 1, event: 5))
    let before = timeline.machine.checksum
    _ = timeline.makeAgain(on: try booted(.linux6_12), named: "other")
    #expect(timeline.moment == Moment(call: 1, event: 5))
    let after = timeline.machine.checksum
    let back = [timeline.goBackToOtherMachine(), timeline.goBackToOtherMachine()]
    #expect(back == [true, false])
    #expect(timeline.current == 0)
    #expect(timeline.machine.checksum == before)
    let again = [timeline.goAgainToOtherMachine(), timeline.goAgainToOtherMachine()]
    #expect(again == [true, false])
    #expect(timeline.machine.checksum == after)
    // A call of its own is undone first.
    try timeline.perform(call(0x14_0800))
    let isBack = timeline.goBackToOtherMachine()
    #expect(!isBack)
  }

  @Test func `branches and marks belong to the machine on which they were begun`() throws {
    var timeline = Timeline(try booted())
    try timeline.perform(call(0x14_0000))
    _ = timeline.makeAgain(on: try booted(.linux6_12), named: "main")
    #expect(timeline.branches.map(\.name) == ["main", "main-2"])
    try timeline.mark("a")
    timeline.go(to: .start)
    try timeline.perform(call(0x14_0400))
    #expect(timeline.branches[2].parent == 1)
    #expect(timeline.root == 1)
    #expect(timeline.sharedCalls(with: 0) == 0)
    timeline.switchBranch(to: 0)
    #expect(!timeline.passes(try timeline.mark(named: "a")))
    try timeline.go(toMark: "a")
    #expect(timeline.current == 1)
    #expect(timeline.twins == [0])
  }
}
