import Engine

/// Records areas of vmalloc and ioremap: made, changed in parts, and freed. The form is that of a probe in
/// `docs/formats.md`.
struct VmallocRecorder {
  private let guest: Guest
  private var numbers: SeededNumbers
  private var text = ""

  /// What is counted while an area is made.
  private static let functions = [
    CountedFunction("alloc_pages", .numbers(0, 1)),
    CountedFunction("alloc_pages_noprof", .numbers(0, 1)),
    CountedFunction("set_direct_map_invalid_noflush"),
    CountedFunction("set_direct_map_default_noflush"),
  ]
  /// Physical addresses of QEMU's machines at which there is no RAM.
  private static let devices: UInt64 = 0xd000_0000

  init(_ guest: Guest, seed: UInt64) {
    self.guest = guest
    numbers = SeededNumbers(seed: seed)
  }

  /// The recording of this many areas.
  consuming func record(_ steps: Int) throws(LabError) -> String {
    text = "# \(guest.facts.release) \(guest.facts.commandLine)\n> !cat /proc/iomem\n"
    text += guest.facts.iomem.split(separator: "\n").map { "\($0)\n" }.joined()
    for step in 1...max(steps, 1) { try area(step) }
    return text
  }

  private enum Kind: String, CaseIterable { case vmalloc, huge, ioremap }

  private mutating func area(_ step: Int) throws(LabError) {
    let kind = numbers.pick(Kind.allCases)
    let pages = numbers.pick([
      1, numbers.next(below: 64) + 1, 512, 513, 1024, numbers.next(below: 2048) + 1, 511,
    ])
    text += "# step \(step) \(kind.rawValue), \(pages) pages\n"
    var arguments: [UInt64]
    let names: [String]
    switch kind {
    case .vmalloc, .huge:
      (names, arguments) = GuestCalls.vmalloc(PageCount(pages), allowsHuge: kind == .huge)
      // Recordings show the node where the function takes one.
      if kind == .huge, !guest.has([names[0]]) { arguments.removeLast() }
    case .ioremap:
      names = ["ioremap"]
      arguments = [Self.devices + numbers.pick([0, 1, 512]) << 12, pages << 12]
    }
    let address = try make(names, arguments)
    guard address != 0 else { return }
    if kind != .ioremap {
      for _ in 0..<numbers.index(below: 5) { try change(address, pages) }
      // The next user of its pages must be able to write to them.
      for operation in [SetMemory.p, .rw, .nx] { try change(address, pages, operation) }
    }
    let free = kind == .ioremap ? "iounmap" : "vfree"
    _ = try guest.call([free], [address])
    text += "> call \(free) $a\nret 0 0\n"
  }

  /// Makes an area, and tells what its leaves are.
  private mutating func make(
    _ names: [String], _ arguments: [UInt64],
  ) throws(LabError) -> UInt64 {
    let name = names.first { guest.has([$0]) } ?? names[0]
    let (address, counts) = try guest.counting(Self.functions) { () throws(LabError) in
      try guest.call([name], arguments, looking: true)
    }
    let words = arguments.map { $0 == UInt64(UInt32.max) ? "-1" : "0x" + String($0, radix: 16) }
    text += "> let a call \(name) \(words.joined(separator: " "))\n"
    text += "ret \(String(address, radix: 16)) \(Int32(truncatingIfNeeded: address))\n"
    if address != 0 {
      if name != "ioremap" { text += "> counts\n" + counts.text }
      showLeaves(address, arguments[name == "ioremap" ? 1 : 0] >> 12)
    }
    return address
  }

  /// Changes a part, or the whole area.
  private mutating func change(
    _ address: UInt64, _ pages: UInt64, _ wanted: SetMemory? = nil,
  ) throws(LabError) {
    var operation = wanted
    var (first, count): (UInt64, UInt64) = (0, pages)
    if operation == nil {
      // What is taken away must be given back, and not every kernel has set_memory_p().
      let all: [SetMemory] =
        [.ro, .rw, .x, .nx, .rox] + (guest.has([SetMemory.p.name]) ? [.np] : [])
      operation = numbers.pick(all)
      first = numbers.pick([0, numbers.next(below: pages), pages / 512 * 512])
      if first == pages { first = 0 }
      count = min(numbers.pick([1, 512, numbers.next(below: pages) + 1]), pages - first)
    }
    guard let operation, guest.has([operation.name]) else { return }
    let place = first == 0 ? "$a" : "$a+0x\(String(first << 12, radix: 16))"
    let code = try guest.call([operation.name], [address + first << 12, count])
    text += "> calli \(operation.name) \(place) \(count)\nret \(Int32(truncatingIfNeeded: code))\n"
    showLeaves(address, pages)
  }

  /// `leaves` and `tally` of the area.
  private mutating func showLeaves(_ address: UInt64, _ pages: UInt64) {
    let runs = guest.area(
      guest.layout.areaAddress(of: address & ~0xfff), pages: PageCount(pages))
    text += "> leaves $a \(pages)\n"
    var tally: [UInt64] = [0, 0, 0, 0]
    for run in runs {
      let level = Int(run.size?.rawValue ?? 0)
      tally[level] += run.pages.rawValue
      text += "L \(String(run.start.rawValue >> 12, radix: 16)) "
      text += "\(String(run.pages.rawValue, radix: 16)) \(level) "
      text += "\(String(run.flags.rawValue, radix: 16))\n"
    }
    text += "> tally $a \(pages)\n"
    text += "tally 4K=\(tally[1]) 2M=\(tally[2]) 1G=\(tally[3]) none=\(tally[0]) (pages)\n"
  }

}
