import Engine
import TestSupport

extension SeededGenerator {
  private mutating func bits() -> UInt32 {
    pick([0, 1, 4096, 24 << 10, .max, UInt32(truncatingIfNeeded: next())])
  }

  private mutating func gfp() -> GFPFlags {
    pick([.kernel, .atomic, [.kernel, .nowarn, .highmem], GFPFlags(rawValue: bits())])
  }

  private mutating func vmallocOptions() -> UserCall.VmallocOptions {
    var options = UserCall.VmallocOptions()
    options.node = pick([nil, nil, 0, 1, 1023])
    options.gfp = gfp()
    if next(below: 2) == 0 { options.flags.insert(.group) }
    if next(below: 2) == 0 { options.flags.insert(.resetsPermissions) }
    options.allowsHuge = next(below: 2) == 0
    options.isInterleaved = next(below: 3) == 0
    options.place = pick([nil, nil, VirtualAddress(0xffff_c900_0064_d000)])
    return options
  }

  private mutating func sizes() -> ModuleSizes {
    var sizes = ModuleSizes()
    for part in ModuleSizes.Part.allCases where next(below: 2) == 0 { sizes[part] = bits() }
    return sizes
  }

  /// Any call of a user.
  mutating func userCall() -> UserCall {
    switch next(below: 29) {
    case 0: .vmalloc(name(), count(), vmallocOptions())
    case 1: .vfree(name())
    case 2: .moduleLoad(name(), sizes())
    case 3: .moduleUnload(name())
    case 4: .bpfLoad(name(), bytes: bits(), isClassic: next(below: 2) == 0)
    case 5: .bpfFree(name())
    case 6: .ftraceLoad(name(), count())
    case 7: .ftraceFree(name())
    case 8: .kprobeLoad(name())
    case 9: .kprobeFree(name())
    case 10: .secretmemFault(name())
    case 11: .secretmemRelease(name())
    case 12: .execmemAlloc(name(), count())
    case 13: .execmemRestore(name())
    case 14: .execmemFree(name())
    case 15: .ioremap(name(), frame(), count(), align: pick([nil, 0, 4096, 1 << 32, 3 << 20]))
    case 16: .iounmap(name())
    case 17: .walk(name())
    case 18: .gmemFault(name(), count(), flushes: next(below: 2) == 0)
    case 19: .gmemRelease(name())
    case 20: .rmpUpdate(frame(), count())
    case 21: .hwpoison(frame())
    case 22: .unpoison(frame())
    case 23: .kexecLoad(name())
    case 24: .kexecUnload(name())
    case 25: .gmemWrite(name(), count(), flushes: next(below: 2) == 0)
    case 26: .mermapGet(name(), frame(), count())
    case 27: .mermapPut(name())
    default: .kfence(protects: next(below: 2) == 0, frame())
    }
  }

  /// Any call to policies or to the page supply.
  mutating func policyCall() -> PolicyCall {
    let policy = pick(PolicyName.allCases)
    return switch next(below: 8) {
    case 0: .enable(policy, next(below: 2) == 0)
    case 1: .shrink(policy, node: pick([-1, 0, 1, 1023]), pages: bits(), gfp: gfp())
    case 2: .reclaim(policy, node: pick([-1, 0, 1]), priority: next(below: 13))
    case 3:
      .supply(
        next(below: 4) == 0
          ? .scan(pick(PolicyName.allCases), node: next(below: 9) - 1, pages: next(below: 999))
          : .block(order: next(below: 11), next(below: 3) == 0 ? nil : frame()))
    case 4: .failBlocks(next(below: 2) == 0)
    case 6: .failTables(next(below: 2) == 0)
    case 5:
      .failRequests(
        pick([nil, PageSupply.Refusals(after: 0, times: nil), .init(after: 3, times: 1)]))
    default: .failPages(after: pick([nil, 0, 3, Int.max]))
    }
  }

  /// Any call of a process.
  mutating func processCall() -> ProcessCall {
    switch next(below: 4) {
    case 0:
      let traits: [UserRange.Traits] = [[], .dirty, .file, [.file, .dirty]]
      return .mmap(
        name(), count(), order: next(below: UserRange.orderLimit + 1), pick(traits),
        at: next(below: 2) == 0 ? nil : VirtualAddress(next() >> 17))
    case 1: return .munmap(name(), rangePart())
    case 2: return .exitMmap
    default: return .zap(name(), rangePart())
    }
  }

  private mutating func rangePart() -> ProcessCall.Part? {
    let first = pick([0, 1, count()])
    let count = first == 0 || next(below: 2) == 0 ? count() : nil
    return next(below: 3) == 0 ? nil : ProcessCall.Part(first: first, count: count)
  }
}
