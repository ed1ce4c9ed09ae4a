import Engine
import TestSupport
import Testing

/// Random calls on arm64 machines of every kernel and all switches.
@Suite struct Arm64PropertyTests {
  private static func machine(_ random: inout SeededGenerator) throws -> Machine {
    // A whole GiB only in blocks: each entry is summed up again and again.
    let isLarge = random.oneIn(2)
    let end: UInt64 = isLarge ? 0x8_0000 : 0x4_0c00
    var description = MachineDescription.arm64(frames: [0x8000..<0x8523, 0x4_0000..<end])
    description.cpu[.kfence] = random.oneIn(3)
    if isLarge {
      description.cpu[.bbml2] = true
      return try Machine(booting: description, kernel: .linux7_0Arm64)
    }
    description.cpu[.rodataFull] = random.oneIn(2)
    description.cpu[.bbml2] = random.oneIn(2)
    description.cpu[.bbml2All] = !random.oneIn(4)
    description.cpu[.realm] = random.oneIn(4)
    return try Machine(booting: description, kernel: random.pick(KernelProfile.arm64))
  }

  private static func call(
    _ random: inout SeededGenerator, _ machine: Machine, _ count: Int,
  ) throws -> Call {
    let pfn = PFN(
      random.oneIn(3)
        ? 0x8000 + random.next(below: 0x523) : 0x4_0000 + random.next(below: 0xc00))
    let pages = PageCount(1 + random.next(below: random.pick([1, 16, 600, 9000])))
    let name = try #require(Name("a\(random.next(below: 6))"))
    let target =
      random.oneIn(4) ? Call.Target.frame(pfn) : .area(name, page: PageCount(random.next(below: 3)))
    switch random.next(below: 12) {
    case 0, 1: return .setMemory(random.pick(SetMemory.allCases), target, min(pages, 20))
    case 2: return .setDirectMap(random.oneIn(2) ? .invalid : .default, pfn, min(pages, 200))
    case 3: return .setDirectMapValid(pfn, pages, random.oneIn(2))
    case 4, 5: return .linearMap(.setMemoryValid(.frame(pfn), pages, random.oneIn(2)))
    case 6:
      var options = UserCall.VmallocOptions()
      options.allowsHuge = random.oneIn(3)
      return .user(.vmalloc(name, random.pick([1, 4, 600, 1024]), options))
    case 7: return .user(.vfree(name))
    case 8:
      var sizes = ModuleSizes()
      sizes[.text] = 20000
      sizes[.data] = 5000
      return .user(random.oneIn(2) ? .moduleLoad(name, sizes) : .moduleUnload(name))
    case 9: return .user(random.oneIn(2) ? .secretmemFault(name) : .secretmemRelease(name))
    case 10:
      return random.oneIn(2)
        ? .vmap(name, FrameStride(first: pfn, count: min(pages, 100)), at: nil) : .vunmap(name)
    default:
      return random.oneIn(2)
        ? .touch(.write, target, min(pages, 20)) : .linearMap(.addMemory(0x10_0000, 0x8000))
    }
  }

  @Test(arguments: 0..<16 as Range<UInt64>)
  func `what must hold holds after every call, and events are all there is to it`(
    seed: UInt64,
  ) throws {
    var random = SeededGenerator(seed: seed)
    var machine = try Self.machine(&random)
    var splits: UInt64 = 0
    for count in 0..<25 {
      let call = try Self.call(&random, machine, count)
      let before = machine
      let sum = machine.checksum
      var silent = machine
      var log = EventLog()
      let code: ReturnCode?
      do throws(CallError) {
        code = try machine.perform(call, into: &log)
      } catch {
        code = nil
        try #require(machine.checksum == sum && !error.description.isEmpty, "\(call)")
      }
      #expect((try? silent.perform(call)) == code)
      try #require(silent.checksum == machine.checksum, "\(call)")
      var replayed = before
      replayed.apply(log.events)
      try #require(replayed.checksum == machine.checksum, "\(call)")
      try #require(before.checksum == sum)
      try machine.checkInvariants()
      // No merging exists.
      #expect(machine.linearMapBooks.splits >= splits)
      splits = machine.linearMapBooks.splits
      if machine.cpu[.bbml2], machine.kernel.linearMap.hasBBML2 { continue }
      #expect(splits == 0, "\(call)")
    }
  }
}
