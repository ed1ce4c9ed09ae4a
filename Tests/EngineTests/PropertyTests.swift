import Engine
import TestSupport
import Testing

@Suite struct PropertyTests {
  static let seeds: Range<UInt64> = 0..<48

  /// A machine that differs from seed to seed in kernel and CPU.
  private static func machine(_ seed: UInt64) -> Machine {
    let kernels = KernelProfile.x86
    var cpu = CPUFeatures()
    cpu[.pti] = seed % 5 == 0
    cpu[.gbpages] = seed % 7 != 0
    cpu[.clflush] = seed % 11 != 0
    cpu[.nx] = seed % 13 != 0
    cpu[.sev] = seed % 17 == 3
    cpu[.la57] = seed % 3 == 1
    return Machine.ofLargeLeaves(
      size: cpu[.gbpages] ? .size1G : .size2M, kernel: kernels[Int(seed) % kernels.count], cpu: cpu)
  }

  private static func kilobytes(_ machine: Machine) -> Int64 {
    LeafSize.allCases.reduce(0) { $0 + machine.directMapKilobytes($1) }
  }

  @Test(arguments: seeds)
  func `what must hold of a machine holds after every call`(seed: UInt64) throws {
    var machine = Self.machine(seed)
    var calls = RandomCalls(seed: seed)
    let sum = Self.kilobytes(machine)
    for _ in 0..<60 {
      let call = calls.next(on: machine)
      let before = machine.checksum
      do throws(CallError) {
        try machine.perform(call)
      } catch {
        try #require(machine.checksum == before, "\(call) failed and left a trace")
      }
      do throws(Machine.BrokenInvariant) {
        try machine.checkInvariants()
      } catch {
        Issue.record("after \(call): \(error)")
        return
      }
      try #require(Self.kilobytes(machine) == sum, "after \(call)")
    }
  }

  @Test(arguments: seeds)
  func `events applied to the machine before a call give the machine after it`(
    seed: UInt64
  ) throws {
    var machine = Self.machine(seed)
    var calls = RandomCalls(seed: seed)
    for _ in 0..<60 {
      let call = calls.next(on: machine)
      let before = machine
      var silent = machine
      var log = EventLog()
      let returned = try? machine.perform(call, into: &log)
      let returnedInSilence = try? silent.perform(call)
      try #require(returned == returnedInSilence)
      try #require(silent.checksum == machine.checksum, "\(call)")
      var replayed = before
      replayed.apply(log.events)
      try #require(replayed.checksum == machine.checksum, "\(call)")
    }
  }

  @Test(arguments: seeds.prefix(16))
  func `a copy never changes and the same calls give the same machine`(seed: UInt64) throws {
    var machine = Self.machine(seed)
    var calls = RandomCalls(seed: seed)
    var copies: [(machine: Machine, checksum: UInt64)] = []
    var made: [Call] = []
    for _ in 0..<50 {
      let call = calls.next(on: machine)
      copies.append((machine, machine.checksum))
      made.append(call)
      _ = try? machine.perform(call)
    }
    for (copy, checksum) in copies { #expect(copy.checksum == checksum) }
    var again = Self.machine(seed)
    for call in made { _ = try? again.perform(call) }
    #expect(again.checksum == machine.checksum)
  }

  @Test(arguments: seeds.prefix(12))
  func `every entered function is left again`(seed: UInt64) throws {
    var machine = Self.machine(seed)
    var calls = RandomCalls(seed: seed)
    for _ in 0..<40 {
      var log = EventLog()
      let call = calls.next(on: machine)
      _ = try? machine.perform(call, into: &log)
      var open: [KernelFunction] = []
      for event in log.events {
        if case .entered(let function, _, _) = event { open.append(function) }
        if case .left(let function, _) = event { #expect(open.popLast() == function) }
      }
      #expect(open.isEmpty, "\(call)")
    }
  }

  @Test func `an invariant that is broken is found`() throws {
    var machine = Machine.ofLargeLeaves()
    let start = AddressLayout.directMapAddress(of: Machine.largeLeavesStart)
    let leaf = try #require(machine.tables.lookup(start))
    let broken = Entry(leaf.pfn, leaf.flags.subtracting(.present))
    machine.apply([.entryWritten(start, .size1G, old: leaf.entry, new: broken)])
    #expect(throws: Machine.BrokenInvariant.flagsOfAbsentEntry(start, broken.flags(.size1G))) {
      try machine.checkInvariants()
    }
    let moved = Entry(leaf.pfn + LeafSize.size1G.pages, leaf.flags)
    machine.apply([.entryWritten(start, .size1G, old: broken, new: moved)])
    #expect(throws: Machine.BrokenInvariant.wrongFrame(start, moved.pfn(.size1G))) {
      try machine.checkInvariants()
    }
  }
}
