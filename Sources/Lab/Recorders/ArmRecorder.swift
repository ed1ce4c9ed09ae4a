import Engine

/// Records the linear map of arm64 after boot, random calls on areas and on the map, and the map after
/// them. The form is that of a folder in one text in `docs/formats.md`.
struct ArmRecorder {
  private let guest: Guest
  private var numbers: SeededNumbers
  private var probe = ""
  /// The TLBI instructions of the kernel.
  private var invalidations: [UInt64: CountedFunction] = [:]
  /// The frame of the four pages that the calls on the map are made on, and the areas.
  private var linear: PFN = 0
  private var small: UInt64 = 0
  private var shown: UInt64 = 0
  private var huge: UInt64 = 0

  init(_ guest: Guest, seed: UInt64) {
    self.guest = guest
    numbers = SeededNumbers(seed: seed)
  }

  /// The recording of this many calls.
  consuming func record(_ steps: Int) throws(LabError) -> String {
    let boot = LinearMapListing(guest)
    try makeAreas()
    invalidations = try guest.invalidations()
    for _ in 0..<steps { try call() }
    try putBack()
    let probed = LinearMapListing(guest)
    let options = guest.options
    let version = guest.facts.release.split(separator: ".").prefix(2).joined(separator: ".")
    let files = [
      (
        "run.json",
        "{\"kernel\": \"\(version)\", \"ram\": \"\(options.ram >> 20)M\", "
          + "\"cpu\": \"\(options.cpu ?? guest.architecture.cpu)\", "
          + "\"append\": \"\(guest.facts.commandLine)\", \"steps\": {"
          + "\"boot\": \(boot.tables), \"probed\": \(probed.tables)}}"
      ),
      ("version.txt", guest.facts.versionLine), ("iomem.txt", guest.facts.iomem),
      ("boot/leaves.txt", boot.text), ("probe.txt", probe), ("probed/leaves.txt", probed.text),
    ]
    return files.map { "==> \($0.0) <==\n\($0.1)\n" }.joined(separator: "\n")
  }

  // MARK: - Areas

  private mutating func makeAreas() throws(LabError) {
    let pages = try guest.call(
      GuestCalls.getFreePages, [GuestCalls.gfpKernel, 2])
    func make(_ pages: PageCount, allowsHuge: Bool) throws(LabError) -> UInt64 {
      let (names, arguments) = GuestCalls.vmalloc(pages, allowsHuge: allowsHuge)
      return try guest.call(names, arguments)
    }
    small = try make(4, allowsHuge: false)
    huge = try make(1024, allowsHuge: true)
    let array = try guest.call(
      GuestCalls.getFreePages, [GuestCalls.gfpKernel, 0])
    guard pages != 0, small != 0, huge != 0, array != 0 else { throw .noMemory("areas") }
    linear = PFN(guest.layout.physical(ofDirect: pages) >> 12)
    let words = (0..<4).map { guest.layout.page(linear + PageCount($0)) }
    guard guest.qemu.memory.write(words, at: guest.layout.physical(ofDirect: array)) else {
      throw .notUnderstood("page at 0x" + String(array, radix: 16))
    }
    // VM_MAP.
    shown = try guest.call(["vmap"], [array, 4, 4, guest.pageKernel])
    guard shown != 0 else { throw .noMemory("an area") }
    probe += "PROBE linear pages at pfn \(linear.hex)\n"
    show(.linear)
    show(.small)
    show(.huge)
  }

  /// What a call is made on, and what is shown after it.
  private enum Place { case linear, small, huge }

  // MARK: - Calls

  private mutating func call() throws(LabError) {
    let page = guest.layout.page(linear + 1)
    let operations = [SetMemory.ro, .rw, .x, .nx]
    let operation = numbers.pick(operations)
    func change(_ words: String, _ address: UInt64, _ pages: UInt64) -> (String, [String], [UInt64])
    {
      ("\(operation.rawValue) \(words) pages=\(pages)", [operation.name], [address, pages])
    }
    let some = numbers.next(below: 4) + 1
    let made: (words: String, names: [String], arguments: [UInt64])
    let place: Place
    switch numbers.index(below: 12) {
    case 0:
      (made, place) = (change("linear", guest.layout.direct(linear), some), .linear)
    case 1, 2, 3: (made, place) = (change("vmalloc", small, some), .small)
    case 4: (made, place) = (change("vmalloc-second", small + 2 << 12, some / 2 + 1), .small)
    case 5:
      (made, place) = (
        change("vmalloc-past-area", small, UInt64(5 + numbers.index(below: 2))), .small
      )
    case 6: (made, place) = (change("vmap", shown, some), .linear)
    case 7: (made, place) = (change("huge", huge, numbers.pick([1, 512])), .huge)
    case 8:
      (made, place) = (
        ("set_direct_map_invalid", ["set_direct_map_invalid_noflush"], [page]), .linear
      )
    case 9:
      (made, place) = (
        ("set_direct_map_default", ["set_direct_map_default_noflush"], [page]), .linear
      )
    case 10:
      let isValid = numbers.index(below: 2) == 0
      made = (
        "set_direct_map_valid \(isValid)", ["set_direct_map_valid_noflush"],
        [page, 1, isValid ? 1 : 0]
      )
      place = .linear
    default:
      let isValid = numbers.index(below: 2)
      made = (
        "set_memory_valid \(isValid)", ["set_memory_valid"],
        [guest.layout.direct(linear + 1), 1, UInt64(isValid)]
      )
      place = .linear
    }
    // Kernels before 6.13 have no set_direct_map_valid_noflush().
    guard guest.has(made.names) else { return }
    // What others have freed of vmalloc space the call would flush.
    _ = try guest.call(["vm_unmap_aliases"], [])
    let (word, counts) = try guest.counting([], at: invalidations) { () throws(LabError) in
      try guest.call(made.names, made.arguments, looking: true)
    }
    probe += "PROBE \(made.words) ret=\(Int32(truncatingIfNeeded: word))\n"
    probe += "PROBE   \(counts.invalidations)\n"
    show(place)
  }

  /// The kernel's own use of the pages goes on: everything can be written again.
  private func putBack() throws(LabError) {
    _ = try guest.call(["set_memory_rw"], [small, 4])
    _ = try guest.call(["set_direct_map_default_noflush"], [guest.layout.page(linear + 1)])
    for leaf in [UInt64(0), 512] {
      _ = try guest.call(["set_memory_rw"], [huge + leaf << 12, 512])
    }
  }

  // MARK: - What is seen

  private mutating func show(_ place: Place) {
    switch place {
    case .linear:
      for page in 0..<UInt64(4) {
        show("linear+\(page)", guest.layout.direct(linear + PageCount(page)))
      }
    case .small:
      for page in 0..<UInt64(4) { showBoth("vmalloc+\(page)", small + page << 12) }
    case .huge: showBoth("huge+0", huge)
    }
  }

  /// The entry of a page of an area, and that of the page behind it in the linear map.
  private mutating func showBoth(_ words: String, _ address: UInt64) {
    show(words, address)
    guard let physical = guest.reader.physical(address) else { return }
    let pfn = PFN(physical >> 12)
    show("\(words) alias pfn \(pfn.hex)", guest.layout.direct(pfn))
  }

  private mutating func show(_ words: String, _ address: UInt64) {
    let entries = guest.reader.entries(address)
    guard let last = entries.last, let word = guest.qemu.memory.word(at: last) else { return }
    probe += "PROBE   \(words) level \(entries.count) desc \(word.paddedHex)\n"
  }

}

/// All leaves of a linear map with their descriptors, and its tables by level.
private struct LinearMapListing {
  private(set) var text = "# start-va pfn count size attributes\n"
  private var run: (address: UInt64, pfn: UInt64, count: UInt64, level: Int, descriptor: UInt64)?
  private var counts: [Int: Int] = [:]
  private let memory: GuestMemory
  private static let sizes = [1: "4K", 2: "2M", 3: "1G"]
  private static let addressBits: UInt64 = 0x0000_ffff_ffff_f000

  init(_ guest: Guest) {
    memory = guest.qemu.memory
    // The map begins at the first frame of RAM.
    let start = guest.layout.pageOffset &+ guest.architecture.ramStart
    read(guest.reader.root, guest.reader.levels, from: start, to: start &+ guest.options.ram)
    flush()
  }

  /// The tables of each level below the root, as `run.json` has them.
  var tables: String {
    let names = [1: "pte", 2: "pmd", 3: "pud"]
    let items = names.sorted { $0.key > $1.key }.map { "\"\($0.value)\": \(counts[$0.key] ?? 0)" }
    return "{\"tablesByLevel\": {\(items.joined(separator: ", "))}}"
  }

  private mutating func read(_ table: UInt64, _ level: Int, from first: UInt64, to end: UInt64) {
    let shift = UInt64(12 + 9 * (level - 1))
    var address = first
    while address < end {
      let next = min((address >> shift &+ 1) << shift, end)
      let word = memory.word(at: table + (address >> shift & 511) * 8) ?? 0
      if level > 1, word & 3 == 3 {
        counts[level - 1, default: 0] += 1
        read(word & Self.addressBits, level - 1, from: address, to: next)
      } else if word != 0 {
        add(address, word, level)
      }
      address = next
    }
  }

  private mutating func add(_ address: UInt64, _ word: UInt64, _ level: Int) {
    let pfn = (word & Self.addressBits) >> 12
    let descriptor = word & ~Self.addressBits
    let pages = UInt64(1) << UInt64(9 * (level - 1))
    if let last = run, last.level == level, last.descriptor == descriptor,
      last.pfn + last.count * pages == pfn, last.address + (last.count * pages) << 12 == address
    {
      run?.count += 1
      return
    }
    flush()
    run = (address, pfn, 1, level, descriptor)
  }

  private mutating func flush() {
    guard let run else { return }
    text += "0x\(String(run.address, radix: 16)) 0x\(String(run.pfn, radix: 16)) \(run.count) "
    text += "\(Self.sizes[run.level] ?? "?") \(run.descriptor.paddedHex)\n"
    self.run = nil
  }
}
