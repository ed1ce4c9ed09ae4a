import Engine
import History
import TestSupport
import Testing

@testable import Lab

/// A real kernel with five levels of page tables, and randomised addresses.
@Suite(.waitsForGuests) struct FiveLevelGuestTests {
  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `does what the simulation does, and its memory shows a machine with five levels`() throws {
    var options = try GuestOptions(
      translating: try #require(LabKernels.x86), ram: 1 << 30)
    options.cpu = "qemu64,+la57,+pdpe1gb"
    options.randomises = true
    let guest = try Guest(booting: options)
    #expect(guest.facts.cpu[.la57])
    #expect(VirtualAddress(guest.layout.direct(0)).needsFiveLevels)
    var state = try LabState(guest, nil)
    #expect(state.booted.layout == .x86FiveLevels)
    var machine = state.booted
    let first = state.firstPage()
    let page = try #require(first)
    let name = try #require(Name("window"))
    let calls: [Call] = [
      .setMemory(.ro, .frame(page), 1),
      .vmap(name, FrameStride(first: page, count: 4), at: nil),
      .setMemory(.ro, .area(name, page: 1), 2),
      .setMemory(.rw, .virtual(machine.directMapAddress(of: page)), 1), .vunmap(name),
    ]
    var made: [Call] = []
    for call in calls {
      let seen = try state.observe(call, on: &machine, after: &made)
      #expect(seen.difference == nil, "\(call)")
    }
    try machine.checkInvariants()
    #expect(machine.tables.lookup(machine.directMapAddress(of: page))?.size == .size4K)
    try GuestImages(guest: guest).check()
    let folder = try Folder()
    try guest.qemu.monitor.command("dump-guest-memory \(folder.path)/elf")
    let dump = try Program.run(["open", "--format", "ptdump", "\(folder.path)/elf"])
    #expect(dump.output.contains("\n0xff11000000001000-"))
    #expect(dump.output.contains(" p4d\n"))
  }
}
