import Engine
import History
import TestSupport
import Testing

@testable import Lab

/// Memory that a real kernel gets while it runs.
@Suite(.waitsForGuests) struct HotplugTests {
  @Test func `pluggable memory lies behind all RAM`() throws {
    var options = GuestOptions(kernel: [], named: "")
    #expect(PluggableMemory(options, .x86) == nil)
    options.hotplug = 1 << 30
    for (ram, start) in [(2, 4), (3, 5), (8, 10)] as [(UInt64, UInt64)] {
      options.ram = ram << 30
      let memory = try #require(PluggableMemory(options, .x86))
      #expect(memory.frames == PFN(start << 18)..<PFN((start + 1) << 18))
      #expect(memory.ownFile?.start == start << 30 && memory.machineRAM == ram << 30)
    }
    options.ram = 2 << 30
    let memory = try #require(PluggableMemory(options, .arm64))
    #expect(memory.start == 3 << 30 && memory.ownFile == nil && memory.machineRAM == 3 << 30)
    #expect(memory.words.first == "mem=2048M")
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `the direct map grows by memory that is plugged in, and shrinks again`() throws {
    let path = try #require(LabKernels.x86)
    var options = try GuestOptions(translating: path, ram: 1 << 30)
    options.hotplug = 512 << 20
    var state = try LabState(try Guest(booting: options), nil)
    let booted = state.booted
    var machine = booted
    var made: [Call] = []
    func make(_ call: Call) throws -> Observation {
      try state.observe(call, on: &machine, after: &made)
    }
    let (first, pages) = (PFN(0x10_0000), PageCount(0x10000))
    #expect(!machine.memory.contains(first))
    let add = Call.linearMap(.addMemory(first, pages))
    #expect(try make(add).returned == .success)
    #expect(machine.memory.contains(first..<first + pages))
    let leaf = try #require(machine.tables.lookup(machine.directMapAddress(of: first)))
    #expect(leaf.size == .size2M && leaf.pfn == first && leaf.flags.contains(.nx))
    #expect(machine.counters[.directMap2M] - booted.counters[.directMap2M] == 128)

    // Its pages are pages like all others: the simulation does the same.
    let changed = try make(.setMemory(.ro, .frame(first + 5), 1))
    #expect(changed.difference == nil && changed.returned ?? .success == .success)
    _ = try make(.setMemory(.rw, .frame(first + 5), 1))

    // The kernel refuses what is there, and what nobody has; the lab what the machine has not.
    #expect(try make(add).returned?.rawValue == -17)
    #expect(throws: LabError.self) { try make(.linearMap(.addMemory(0x80_0000, pages))) }

    // A page that was named stays in use.
    let taken = FunctionCall(
      "offline_and_remove_memory", [.number(first.rawValue << 12), .number(pages.bytes)])
    #expect(throws: LabError.self) { try make(.function(taken)) }

    // The other half goes again, leaf by leaf.
    let second = first + pages
    let half = Call.linearMap(.addMemory(second, pages))
    #expect(try make(half).returned == .success)
    let grown = machine.counters[.directMap2M]
    let remove = FunctionCall(
      "offline_and_remove_memory", [.number(second.rawValue << 12), .number(pages.bytes)])
    #expect(try make(.function(remove)).returned == .success)
    #expect(machine.tables.lookup(machine.directMapAddress(of: second)) == nil)
    #expect(machine.counters[.directMap2M] == grown - 128)

    // In the past it was not there.
    machine = booted
    made = []
    #expect(try make(add).returned == .success)
    #expect(machine.memory.contains(first))
  }
}
