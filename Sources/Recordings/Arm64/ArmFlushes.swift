import Engine
import KernelText

/// What `tlbi-set_memory.txt` counted: the TLB invalidations from each call of `set_memory_ro()` to the next
/// one of `set_memory_rw()`, by the instruction that made them.
///
///     == from..to
///     tlbi at 0xffff8000800614d4 op 0xd50883e0 op1=0,CRm=3,op2=7 (vaale1) ... count 2
struct ArmFlushes {
  /// What `flush_tlb_kernel_range()` made of some ranges.
  struct Count: Equatable {
    /// Invalidations of a single page.
    var pages: UInt64 = 0
    /// Invalidations of a range (FEAT_TLBIRANGE).
    var ranges: UInt64 = 0

    var words: String {
      "\(counted(pages, "TLBI")) of a page and \(counted(ranges, "TLBI")) of a range"
    }

    /// Adds a range, as long as it is not so long that everything is flushed. Models
    /// `__flush_tlb_range_op()`, asm/tlbflush.h: the largest pieces that one instruction can name, and the
    /// last odd page by itself.
    mutating func add(_ flushed: PageCount, hasRanges: Bool) {
      guard hasRanges else {
        pages += flushed.rawValue
        return
      }
      var left = flushed.rawValue
      for scale in (0..<4 as Range<UInt64>).reversed() where left > 1 {
        let shift = 5 * scale + 1
        let units = min(left >> shift, 32)
        if units > 0 { ranges += 1 }
        left -= units << shift
      }
      pages += left
    }
  }

  /// The stretches, in the order of time: what arch/arm64/mm/pageattr.c flushed.
  private(set) var stretches: [Count] = []
  /// Whether the CPU has invalidations of ranges.
  let hasRanges: Bool

  /// Reads the counts of the instructions that lie in some code; those elsewhere flush for others.
  init(_ text: String, in code: Range<UInt64>, hasRanges: Bool) throws(KernelTextError) {
    self.hasRanges = hasRanges
    for line in TextLine.lines(of: text) {
      if line.text.hasPrefix("== ") { stretches.append(Count()) }
      guard line.text.hasPrefix("tlbi at ") else { continue }
      let words = line.words
      guard words.count > 6, let place = UInt64(hex: words[2]), words[words.count - 2] == "count",
        let count = UInt64(decimal: words[words.count - 1]), !stretches.isEmpty
      else { throw .unexpected(line, "`tlbi at 0x... op 0x... op1=N,CRm=N,op2=N ... count N`") }
      guard code.contains(place) else { continue }
      // TLBI operations on ranges have CRm 2, 5 and 6.
      let isRange = ["CRm=2", "CRm=5", "CRm=6"].contains {
        words[5].split(separator: ",").contains($0)
      }
      if isRange {
        stretches[stretches.count - 1].ranges += count
      } else {
        stretches[stretches.count - 1].pages += count
      }
    }
    if stretches.isEmpty { throw .missing("stretches that begin with `==`") }
  }

  /// The code of arch/arm64/mm/pageattr.c, by what `/proc/kallsyms` shows around it.
  static func code(_ symbols: String) throws(KernelTextError) -> Range<UInt64> {
    func address(_ name: String) throws(KernelTextError) -> UInt64 {
      for line in TextLine.lines(of: symbols) {
        let words = line.words
        if words.count > 2, words[2] == name, let address = UInt64(hex: words[0]) { return address }
      }
      throw .missing("the symbol \(name)")
    }
    let start = try address("__cpu_replace_ttbr1")
    let end = try address("kernel_page_present")
    guard start < end else { throw .missing("kernel_page_present behind __cpu_replace_ttbr1") }
    return start..<end
  }

  /// How the stretches here differ; `nil` if they do not. What the kernel flushed before the probe came is
  /// in the first one.
  func difference(from own: [Count]) -> String? {
    guard own.count == stretches.count else {
      return "\(own.count) stretches, the kernel has \(stretches.count)"
    }
    for (index, (ours, theirs)) in zip(own, stretches).enumerated().dropFirst() where ours != theirs
    {
      return "stretch \(index): \(ours.words), the kernel has \(theirs.words)"
    }
    return nil
  }
}

extension ArmProbe {
  /// What the calls from each `set_memory_ro()` to the next `set_memory_rw()` flush.
  func flushes(on machine: Machine, hasRanges: Bool) -> [ArmFlushes.Count] {
    var machine = machine
    for area in areas { _ = try? machine.perform(area) }
    var stretches: [ArmFlushes.Count] = []
    var isOpen = false
    for step in steps {
      if case .setMemory(let operation, _, _) = step.call {
        if operation == .rw { isOpen = false }
        if operation == .ro, !isOpen {
          stretches.append(ArmFlushes.Count())
          isOpen = true
        }
      }
      var log = EventLog()
      _ = try? machine.perform(step.call, into: &log)
      guard isOpen else { continue }
      for case .linearMap(.flushedRange(let pages)) in log.events {
        stretches[stretches.count - 1].add(pages, hasRanges: hasRanges)
      }
    }
    return stretches
  }
}
