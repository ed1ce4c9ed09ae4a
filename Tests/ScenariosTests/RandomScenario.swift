import Engine
import Language
import Narration
import TestSupport

extension SeededGenerator {
  /// An index below a bound.
  mutating func next(below bound: Int) -> Int { Int(next(below: UInt64(max(1, bound)))) }
}

extension SeededGenerator {
  mutating func name() -> Name {
    let names = ["a", "area-1", "nf_tables", "x.y", "at", "read", "pfn", "last", "stride", "RW"]
    guard let name = Name(pick(names)) else { return name() }
    return name
  }

  mutating func count() -> PageCount {
    pick([1, 1, 2, 33, 512, 262144, PageCount(next() % (1 << 40) + 1)])
  }

  mutating func frame() -> PFN { PFN(next() % AddressLayout.pfnLimit.rawValue) }

  mutating func frames() -> FrameStride {
    FrameStride(first: frame(), stride: pick([1, 1, 2, 0, 4097]), count: count())
  }

  mutating func place() -> VirtualAddress? {
    next(below: 2) == 0 ? nil : VirtualAddress(next() | 0xff00_0000_0000_0000)
  }

  mutating func target() -> Call.Target {
    switch next(below: 3) {
    case 0: .frame(frame())
    case 1: .virtual(VirtualAddress(next() | 0xff00_0000_0000_0000))
    default: .area(name(), page: pick([0, 1, count()]))
    }
  }

  /// Any call there is.
  mutating func call() -> Call {
    switch next(below: 27) {
    case 0: .setMemory(pick(SetMemory.allCases), target(), count())
    case 1: .setPages(pick(SetPages.allCases), frame(), count())
    case 2: .setPagesArray(pick(SetPagesArray.allCases), frames())
    case 3: .setDirectMap(pick(SetDirectMap.allCases), frame(), count())
    case 4: .setDirectMapValid(frame(), count(), next(below: 2) == 0)
    case 5: .touch(pick(Call.Access.allCases), target(), count())
    case 6: .vmap(name(), frames(), at: place())
    case 7: .vmapPageRange(name(), frame(), count(), at: place())
    case 8: .vunmap(name())
    case 9:
      .allocPages(
        name(), order: next(below: 11), pick([.movable, .reclaimable, .unmovable, .unmapped]),
        node: next(below: 2) == 0 ? nil : next(below: 1024), pick([[], .zeroed, .atomic]))
    case 10:
      switch next(below: 4) {
      case 0: .freePages(name())
      case 1: .freePages(name(), inSoftirq: true)
      case 2: .drainPages
      default: .freePagesAt(frame(), order: next(below: 11))
      }
    case 11: .age(seed: next(), operations: next(below: PhysicalMemory.agingLimit + 1))
    case 12: .scatter(name(), count(), percentFreed: next(below: 101), seed: next())
    case 13...18: .user(userCall())
    case 19, 20: .policy(policyCall())
    case 21, 22: .process(processCall())
    case 23:
      .linearMap(
        pick([
          .mapMem, .addMemory(frame(), count()),
          .setMemoryValid(target(), count(), next(below: 2) == 0),
          .setMemoryPkey(target(), count(), next(below: 2) == 0),
          .tablesAlloc(name(), count()), .tablesFree(name()),
        ]))
    case 24: .function(functionCall())
    case 25:
      .poke(
        target(),
        EntryPoke(
          set: pick([.writable, [.global, .nx], .pat]),
          clear: pick([[], .present, [.dirty, .user]]),
          flushes: next(below: 2) == 0))
    default: .collapse(target(), count())
    }
  }

  mutating func functionCall() -> FunctionCall {
    var arguments: [FunctionCall.Argument] = []
    for _ in 0..<next(below: FunctionCall.argumentsMax + 1) {
      switch next(below: 4) {
      case 0: arguments.append(.number(pick([0, 9, 10, next()])))
      case 1: arguments.append(.frame(frame()))
      case 2: arguments.append(.area(name(), page: pick([0, 1, count()])))
      default: arguments.append(.page(frame()))
      }
    }
    return FunctionCall(pick(["set_memory_ro", "cpa_flush.isra.0", "__vmalloc_noprof"]), arguments)
  }

  /// Any expression, no deeper than so many operators.
  mutating func expression(_ depth: Int) -> Expression {
    guard depth > 0 else { return term() }
    switch next(below: 6) {
    case 0: return .not(expression(depth - 1))
    case 1: return .negative(expression(depth - 1))
    case 2: return term()
    default:
      return .binary(
        pick(Expression.Operator.allCases), expression(depth - 1), expression(depth - 1))
    }
  }

  private mutating func term() -> Expression {
    switch next(below: 10) {
    case 0: .number(pick([0, 1, 0xffff_ffff_ffff_ffff, next(), next() % 1000]))
    case 1: .length(pick([0, 4096, 1 << 21, 1 << 30, 3 << 40, 1024]))
    case 2: .flags(pick([.present, [.present, .writable, .nx], .pageKernel, [.pse, .global]]))
    case 3: .constant(pick(Expression.Constant.allCases))
    case 4: .reading(pick(Reading.all))
    case 5: .last(pick(Reading.all))
    case 6: .returned
    case 7:
      next(below: 2) == 0
        ? .quantity(pick(Expression.Quantity.allCases))
        : .tlb(pick(Expression.TLBMeasure.allCases), next(below: 2) == 0 ? nil : name())
    case 8: .area(pick(Expression.AreaProperty.allCases), name())
    default: .leaf(pick(Expression.Property.allCases), target())
    }
  }
}
