import Engine
import Narration
import TestSupport
import Testing

/// Places where something begins or ends on the machine `teaching-4g`.
private let addresses: [UInt64] = [
  0xffff_8000_0000_0000, 0xffff_8880_0000_0000, 0xffff_8880_000f_f000, 0xffff_8880_7ffd_b000,
  0xffff_8880_7ffd_c000, 0xffff_8881_0000_0000, 0xffff_8881_3fff_f000, 0xffff_8881_7fff_f000,
  0xffff_8881_8000_0000, 0xffff_c87f_ffff_f000, 0xffff_c880_0000_0000, 0xffff_c900_0000_0000,
  0xffff_c900_0020_0000, 0xffff_e8ff_ffff_f000, 0xffff_e900_0000_0000, 0xffff_ffff_8000_0000,
  0xffff_ffff_8100_0000, 0xffff_ffff_81ff_f000, 0xffff_ffff_8200_0000, 0xffff_ffff_82aa_7000,
  0xffff_ffff_83bf_f000, 0xffff_ffff_83c0_0000, 0xffff_ffff_9fff_f000, 0xffff_ffff_a000_0000,
  0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_ffff,
]

/// Frames where something begins or ends there.
private let frames: [UInt64] = [
  0, 1, 0x9e, 0x9f, 0xa0, 0xff, 0x100, 0x1ff, 0x200, 0x1000, 0x1fff, 0x2000, 0x2aa7, 0x2c00,
  0x3bff, 0x3c00, 0x7fdff, 0x7ffdb, 0x7ffdc, 0x80000, 0xfffff, 0x100000, 0x13ffff, 0x140000,
  0x17ffff, 0x180000, 0x3_ffff_ffff,
]

@Suite struct EdgeCallTests {
  private func target(_ random: inout SeededGenerator) -> Call.Target {
    switch random.next(below: 3) {
    case 0: .frame(PFN(random.pick(frames)))
    case 1: .virtual(VirtualAddress(random.pick(addresses)))
    default: .area(random.name(), page: random.pick([0, 1, 511, 512, 0x100_0000_0000]))
    }
  }

  private func call(_ random: inout SeededGenerator) -> Call {
    let pages: PageCount = random.pick([1, 2, 32, 33, 34, 511, 512, 513, 1024, 0x100_0000_0000])
    let pfn = PFN(random.pick(frames))
    let place: VirtualAddress? =
      random.next(below: 2) == 0 ? nil : VirtualAddress(random.pick(addresses))
    let list = FrameStride(
      first: pfn, stride: random.pick([0, 1, 2, 512, 0x100_0000_0000]), count: pages)
    return switch random.next(below: 10) {
    case 0, 1: .setMemory(random.pick(SetMemory.allCases), target(&random), pages)
    case 2: .setPages(random.pick(SetPages.allCases), pfn, pages)
    case 3: .setPagesArray(random.pick(SetPagesArray.allCases), list)
    case 4: .setDirectMap(random.pick(SetDirectMap.allCases), pfn, pages)
    case 5: .touch(random.pick(Call.Access.allCases), target(&random), pages)
    case 6: .vmap(random.name(), list, at: place)
    case 7: .vmapPageRange(random.name(), pfn, pages, at: place)
    case 8: .vunmap(random.name())
    default: .collapse(target(&random), pages)
    }
  }

  @Test(arguments: KernelProfile.x86.map(\.name), 0..<12)
  func `never traps at the edges of memory, areas and the kernel image`(
    kernel: String, seed: Int,
  ) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    for name in CPUFeatures.Switch.allCases
    where name != .debugPagealloc && name.works(on: .x86_64) {
      if random.next(below: 4) == 0 { description.cpu[name].toggle() }
    }
    let profile = try #require(KernelProfile(named: kernel))
    var machine = try Machine(booting: description, kernel: profile)
    let kilobytes = LeafSize.allCases.reduce(0) { $0 + machine.directMapKilobytes($1) }
    for _ in 0..<80 {
      let call = call(&random)
      let before = machine
      var log = EventLog()
      do throws(CallError) {
        _ = try machine.perform(call, into: &log)
      } catch {
        #expect(machine.counters == before.counters, "\(call.scenarioText)")
        #expect(machine.areas == before.areas, "\(call.scenarioText)")
        #expect(!error.description.isEmpty)
        continue
      }
      var replayed = before
      replayed.apply(log.events)
      #expect(replayed.counters == machine.counters, "\(call.scenarioText)")
    }
    #expect(LeafSize.allCases.reduce(0) { $0 + machine.directMapKilobytes($1) } == kilobytes)
  }
}
