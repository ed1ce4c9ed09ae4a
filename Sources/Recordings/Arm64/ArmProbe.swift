import Engine
import KernelText

/// What the probe module did on arm64, and what it saw afterwards: `probe.txt`.
///
///     PROBE ro vmalloc pages=2 ret=0
///     PROBE   vmalloc+0 level 3 desc 0x00e0000045020783
///     PROBE   tlbi pages=2 ranges=0 all=0
///     PROBE   vmalloc+0 alias pfn 0x45020 level 3 desc 0x00e0000045020787
struct ArmProbe {
  /// A call that was made, and what was seen after it.
  struct Step {
    var words: String
    var call: Call
    var returned: Int64
    /// The TLBI instructions that it executed, if they were counted.
    var invalidations: Invalidations?
    var seen: [Seen] = []
  }

  /// How many TLBI instructions a call executes.
  struct Invalidations: Equatable {
    /// Of one page each, and of a range each (FEAT_TLBIRANGE).
    var single = ArmFlushes.Count()
    /// Of everything.
    var all: UInt64 = 0

    var words: String { "\(single.words), \(counted(all, "TLBI")) of everything" }
  }

  /// An entry that was seen.
  struct Seen {
    var place: Place
    var size: LeafSize
    var descriptor: UInt64
    var words: String
  }

  /// Where an entry lies.
  enum Place {
    /// A page of those that the module allocated, in the linear map.
    case linear(UInt64)
    /// A page of an area.
    case area(Name, UInt64)
    /// The linear-map page behind a page of an area.
    case alias(Name, UInt64)
  }

  /// The first frame of the pages that the module allocated.
  let first: PFN
  /// Its areas, in the order of time.
  let areas: [Call]
  /// The calls that can be compared.
  private(set) var steps: [Step] = []

  private static let small = name("vmalloc")
  private static let shown = name("vmap")
  private static let huge = name("huge")

  private static func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("A name of letters is one.") }
    return name
  }

  /// Reads the text.
  init(_ text: String) throws(KernelTextError) {
    let lines = TextLine.lines(of: text).compactMap { line -> TextLine? in
      guard let place = line.text.range(of: "PROBE ") else { return nil }
      return TextLine(number: line.number, text: line.text[place.upperBound...])
    }
    guard let start = lines.lazy.compactMap({ $0.text.after("linear pages at pfn ") }).first,
      let pfn = UInt64(hex: start), pfn < AddressLayout.arm64FrameLimit.rawValue
    else { throw .missing("`PROBE linear pages at pfn 0x...`") }
    first = PFN(pfn)
    var options = UserCall.VmallocOptions()
    options.allowsHuge = true
    areas = [
      .user(.vmalloc(Self.small, 4, UserCall.VmallocOptions())),
      .vmap(Self.shown, FrameStride(first: PFN(pfn), count: 4), at: nil),
      .user(.vmalloc(Self.huge, 1024, options)),
    ]
    // What is seen after a call that is not compared is not compared either.
    var isOpen = false
    for line in lines {
      if let invalidations = try Self.invalidations(line) {
        if isOpen { steps[steps.count - 1].invalidations = invalidations }
      } else if let seen = try Self.seen(line) {
        if isOpen { steps[steps.count - 1].seen.append(seen) }
      } else if let result = line.words.last?.after("ret=") {
        guard let returned = Self.number(result) else {
          throw .unexpected(line, "`ret=` and a number")
        }
        isOpen = false
        if let call = call(line.words.dropLast()) {
          steps.append(Step(words: "\(line.text)", call: call, returned: returned))
          isOpen = true
        }
      }
    }
    if steps.isEmpty { throw .missing("calls such as `ro vmalloc pages=2 ret=0`") }
  }

  /// `  tlbi pages=N ranges=N all=N`; `nil` for another line.
  private static func invalidations(_ line: TextLine) throws(KernelTextError) -> Invalidations? {
    let words = line.words
    guard line.text.hasPrefix("  "), words.first == "tlbi" else { return nil }
    let numbers = zip(["pages=", "ranges=", "all="], words.dropFirst()).compactMap { name, word in
      word.after(name).flatMap { UInt64(decimal: $0) }
    }
    guard words.count == 4, numbers.count == 3 else {
      throw .unexpected(line, "`tlbi pages=N ranges=N all=N`")
    }
    return Invalidations(
      single: ArmFlushes.Count(pages: numbers[0], ranges: numbers[1]), all: numbers[2])
  }

  private static func number(_ text: Substring) -> Int64? {
    guard text.first == "-" else { return UInt64(decimal: text).flatMap { Int64(exactly: $0) } }
    return UInt64(decimal: text.dropFirst()).flatMap { Int64(exactly: $0) }.map { -$0 }
  }

  /// The call of a line; `nil` for one that is not known.
  private func call(_ words: ArraySlice<Substring>) -> Call? {
    let page = first + 1
    switch words.joined(separator: " ") {
    case "set_direct_map_invalid": return .setDirectMap(.invalid, page, 1)
    case "set_direct_map_default": return .setDirectMap(.default, page, 1)
    case "set_direct_map_valid false": return .setDirectMapValid(page, 1, false)
    case "set_direct_map_valid true": return .setDirectMapValid(page, 1, true)
    case "set_memory_valid 0": return .linearMap(.setMemoryValid(.frame(page), 1, false))
    case "set_memory_valid 1": return .linearMap(.setMemoryValid(.frame(page), 1, true))
    default: break
    }
    guard words.count == 3, let operation = SetMemory(rawValue: String(words[0])),
      let pages = words[2].after("pages=").flatMap({ UInt64(decimal: $0) })
    else { return nil }
    let count = PageCount(pages)
    switch words[1] {
    case "linear": return .setMemory(operation, .frame(first), count)
    case "vmalloc", "vmalloc-unaligned", "vmalloc-zero-pages", "vmalloc-past-area":
      return .setMemory(operation, .area(Self.small, page: 0), count)
    case "vmalloc-second": return .setMemory(operation, .area(Self.small, page: 2), count)
    case "vmap": return .setMemory(operation, .area(Self.shown, page: 0), count)
    case "huge", "huge-all": return .setMemory(operation, .area(Self.huge, page: 0), count)
    default: return nil
    }
  }

  /// `  vmalloc+0 alias pfn 0x45020 level 3 desc 0x00e0000045020787`; `nil` for another line.
  private static func seen(_ line: TextLine) throws(KernelTextError) -> Seen? {
    let words = line.words
    guard line.text.hasPrefix("  "), words.count == 5 || words.count == 8 else { return nil }
    let isAlias = words.count == 8
    let parts = words[0].split(separator: "+")
    let rest = words[(words.count - 4)...]
    guard parts.count == 2, let index = UInt64(decimal: parts[1]), index < 1024,
      rest[rest.startIndex] == "level", let level = UInt8(rest[rest.startIndex + 1]),
      let descriptor = UInt64(hex: rest[rest.startIndex + 3])
    else { throw .unexpected(line, "`PLACE level N desc 0x...`") }
    // Levels count from the root, of which there are four: 3 has pages.
    let sizes: [UInt8: LeafSize] = [3: .size4K, 2: .size2M, 1: .size1G]
    guard let size = sizes[level] else { throw .unexpected(line, "a level from 1 to 3") }
    let place: Place
    switch (parts[0], isAlias) {
    case ("linear", false): place = .linear(index)
    case ("vmalloc", false): place = .area(small, index)
    case ("vmalloc", true): place = .alias(small, index)
    case ("huge", false): place = .area(huge, index)
    case ("huge", true): place = .alias(huge, index)
    default: return nil
    }
    return Seen(
      place: place, size: size, descriptor: descriptor,
      words: words.prefix(isAlias ? 2 : 1).joined(separator: " "))
  }
}

extension ArmProbe {
  /// Makes the calls on a machine and compares what they return and what becomes of the entries.
  ///
  /// Which frames an area gets is indeterminate, and so is where among contiguous groups they lie; their
  /// numbers, and where blocks are split the size and CONT of leaves of the linear map, are not compared.
  ///
  /// - Parameter hasRanges: whether the processor has TLBIs of ranges (FEAT_TLBIRANGE), of which the kernel
  ///   needs fewer; then they are not compared.
  /// - Returns: the first difference; `nil` if there is none.
  func difference(on machine: Machine, hasRanges: Bool = false) -> String? {
    var machine = machine
    do {
      for area in areas where try machine.perform(area) != .success {
        return "an area cannot be made"
      }
      for step in steps {
        var log = EventLog()
        let code = try machine.perform(step.call, into: &log)
        guard Int64(code.rawValue) == step.returned else {
          return "\(step.words): returns \(code.rawValue)"
        }
        if let counted = step.invalidations, !hasRanges {
          let own = Self.invalidations(of: log)
          if own != counted { return "\(step.words): \(own.words), the kernel \(counted.words)" }
        }
        for seen in step.seen {
          if let difference = difference(machine, seen) { return "\(step.words): \(difference)" }
        }
      }
    } catch {
      return "\(error)"
    }
    return nil
  }

  /// What a call executes on a processor without TLBIs of ranges.
  private static func invalidations(of log: EventLog) -> Invalidations {
    var own = Invalidations()
    for event in log.events {
      guard let flush = event.facts.flush, flush.target == .tlb else { continue }
      if flush.isFull { own.all += 1 } else { own.single.pages += flush.pages.rawValue }
    }
    return own
  }

  private static let addressBits: UInt64 = 0x0003_ffff_ffff_f000
  private static let contiguous: UInt64 = 1 << 52

  private func difference(_ machine: Machine, _ seen: Seen) -> String? {
    var address: VirtualAddress
    var isFrameKnown = false
    var isSizeKnown = true
    switch seen.place {
    case .linear(let page):
      address = machine.directMapAddress(of: first + PageCount(page))
      // Where blocks are split, the module's own pages may have split the one that holds these.
      isSizeKnown = !machine.splitsBlocks
      isFrameKnown = isSizeKnown
    case .area(let name, let page), .alias(let name, let page):
      guard let area = machine.areas.area(named: name) else { return "there is no area" }
      address = area.start + PageCount(page)
    }
    if case .alias = seen.place {
      guard let leaf = machine.tables.lookup(address) else { return "an area has no page" }
      let inside = (address.rawValue & (leaf.size.bytes - 1)) >> 12
      address = machine.directMapAddress(of: leaf.pfn + PageCount(inside))
      isSizeKnown = !machine.splitsBlocks
    }
    guard let leaf = machine.tables.lookup(address) else { return "\(seen.words): nothing there" }
    var own = machine.armDescriptor(leaf.entry, leaf.size, at: address).word
    var recorded = seen.descriptor
    if !isFrameKnown {
      own &= ~Self.addressBits
      recorded &= ~Self.addressBits
    }
    guard isSizeKnown else {
      // TYPE too tells a page from a block.
      let compared = ~(Self.contiguous | 2)
      return own & compared == recorded & compared ? nil : words(seen, leaf.size, own)
    }
    return own == recorded && leaf.size == seen.size ? nil : words(seen, leaf.size, own)
  }

  private func words(_ seen: Seen, _ size: LeafSize, _ own: UInt64) -> String {
    "\(seen.words) is \(size.name) 0x\(String(own, radix: 16)), the kernel has \(seen.size.name) "
      + "0x\(String(seen.descriptor, radix: 16))"
  }
}
