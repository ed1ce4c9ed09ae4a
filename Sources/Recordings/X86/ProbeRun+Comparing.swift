import Engine
import KernelText

// What a probe saw, compared with the machine here.

extension ProbeRun {
  /// `leaves ADDRESS PAGES [frames]`
  mutating func compareLeaves(_ command: ProbeRecording.Command) {
    guard command.words.count >= 3, let pages = ProbeVariables.number(command.words[2]),
      var recorded = ProbeLeaves(command.answer), !recorded.runs.isEmpty
    else { return }
    let operand = command.words[1]
    guard !operand.hasPrefix("%%"), let start = variables.address(operand, on: machine) else {
      return
    }
    // Which frames an area got only the recorded page allocator knows.
    if lastArea != nil, operand.hasPrefix("%$p") { return }
    var own = ProbeLeaves(
      of: machine, from: start.alignedDown(to: .size4K), pages: PageCount(pages))
    if let image = machine.image, start >= AddressLayout.kernelMap,
      start < AddressLayout.modulesStart
    {
      // Where the init sections begin no file shows: they split other leaves of the high map.
      let known = image.highMapAddress(of: image.data.lowerBound)
      let pages = start < known ? known - start : 0
      own = own.prefix(pages)
      recorded = recorded.prefix(pages)
    }
    if let area = lastArea.flatMap({ machine.areas.area(named: $0.name) }), area.start == start {
      // What lies behind an area is another's.
      own = own.prefix(area.pages)
      recorded = recorded.prefix(area.pages)
    }
    let ignored: EntryFlags = lastArea?.isExecutable == true ? .nx : []
    compare(
      own.ignoring(ignored).difference(from: recorded.ignoring(ignored))
        .map { "leaves \(operand): \($0)" })
  }

  /// `tally 4K=N 2M=N 1G=N none=N notpresent=N (pages)`
  mutating func compareTally(_ command: ProbeRecording.Command) {
    guard command.words.count == 3, let pages = ProbeVariables.number(command.words[2]),
      let words = command.answer("tally"),
      let start = variables.address(command.words[1], on: machine)
    else { return }
    // What lies behind an area is another's.
    if let area = machine.areas.area(at: start), area.pages.rawValue < pages { return }
    let own = ProbeLeaves(
      of: machine, from: start.alignedDown(to: .size4K), pages: PageCount(pages))
    let line =
      ["4K", "2M", "1G"].enumerated().map { "\($1)=\(own.pages(ofLevel: UInt8($0 + 1)))" }
      + ["none=\(own.pages(ofLevel: 0))"]
    let recorded = words.dropFirst().prefix(4).map { String($0) }
    compare(line == recorded ? nil : "\(line), the kernel \(recorded)")
  }

  /// Lines of `/proc/meminfo` and `/proc/vmstat`: as far above ours as they were the first time.
  mutating func compareCounters(_ lines: [Substring]) {
    // Which pages an area got decides which leaves of the direct map its calls split.
    guard lastArea == nil else { return }
    let words = lines.joined(separator: " ").split { $0 == " " || $0 == "\n" }
    let text = machine.meminfoText + machine.vmstatText
    var own: [Substring: Int64] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count > 1, let value = Int64(words[1]) { own[words[0]] = value }
    }
    for (name, value) in zip(words, words.dropFirst()) {
      guard let ours = own[name], let theirs = Int64(value) else { continue }
      let offset = theirs - ours
      let before = offsets.updateValue(offset, forKey: String(name))
      if let before, before != offset, hasChangedAreas {
        doubts.append(Self.framesTell)
        hasCompared = true
      } else if let before, before != offset {
        compare("\(name) changes by \(offset - before) more in the kernel")
      } else {
        compare(nil)
      }
    }
    hasChangedAreas = false
  }

  private static let framesTell =
    "which leaves of the direct map an area's calls split only its "
    + "frames tell"

  /// `calls NAME=N ...` behind a call.
  mutating func compareCalls(_ command: ProbeRecording.Command, _ call: Call) {
    guard let words = command.answer("calls") else { return }
    var recorded: [Substring: Int64] = [:]
    for word in words.dropFirst() {
      let parts = word.split(separator: "=")
      if parts.count == 2, let value = Int64(parts[1]) { recorded[parts[0]] = value }
    }
    let splits = (recorded["alloc_pages"] ?? recorded["alloc_pages_noprof"]).map {
      counted.calls["alloc_pages", default: 0] - $0
    }
    if let splits, splits != 0, splits == counted.splits1G || isBehindRodata(command) {
      doubts.append("whether a leaf was split before the recording began is not known")
      hasCompared = true
      offsets = [:]
      return
    }
    // Each split asks for a page and flushes.
    if let splits, splits != 0, let flushes = recorded["flush_tlb_all"],
      counted.calls["flush_tlb_all", default: 0] - flushes == splits,
      isOnArea(call)
    {
      doubts.append(Self.framesTell)
      for name in ["alloc_pages", "alloc_pages_noprof", "flush_tlb_all"] {
        recorded[name[...]] = nil
      }
    }
    // A purge of what other processes freed flushes single pages too.
    let hasPurge = recorded["flush_tlb_kernel_range", default: 0] != 0
    for name in recorded.keys.sorted() {
      guard let ours = counted.calls[String(name)], let theirs = recorded[name] else { continue }
      if hasPurge, name == "flush_tlb_one_kernel" || name == "flush_tlb_kernel_range" { continue }
      compare(ours == theirs ? nil : "\(name) \(ours) times, the kernel \(theirs)")
    }
  }

  /// Whether a call is on the image's data, whose leaves of the high map boot splits at a place that no
  /// file shows.
  func isBehindRodata(_ command: ProbeRecording.Command) -> Bool {
    guard let image = machine.image, command.words.count > 2,
      let address = variables.address(command.words[2], on: machine)
    else { return false }
    let pfn =
      address >= AddressLayout.kernelMap
      ? image.frame(ofHighMap: address) : AddressLayout.directMapFrame(of: address)
    return pfn.map { image.data.lowerBound <= $0 && $0 < image.frames.upperBound } ?? false
  }

  /// `count NAME N [log VALUES]` lines.
  mutating func compareCounts(_ command: ProbeRecording.Command) {
    defer { isArmed = false }
    compareOrders(command)
    for line in command.answer {
      let words = line.split(separator: " ")
      guard words.count > 2, words[0] == "count", let theirs = Int64(words[2]) else { continue }
      // Which leaves of the direct map are split, and flushed for, only its frames tell.
      if words[1] == "flush_tlb_all" { continue }
      if words[1].hasPrefix("alloc_pages") { continue }
      guard let ours = counted.calls[String(words[1])] else { continue }
      // Processes that end meanwhile free their stacks.
      let isPurge = words[1] == "flush_tlb_kernel_range" || words[1] == "__purge_vmap_area_lazy"
      if isPurge, !isArmed || !hasPurged { continue }
      let isEqual = isPurge ? (ours > 0) == (theirs > 0) : ours == theirs
      compare(isEqual ? nil : "\(words[1]) \(ours) times, the kernel \(theirs)")
    }
  }

  /// The functions that requests for pages come through; with a node, past the first two.
  private static let requests = [
    "alloc_pages", "alloc_pages_noprof", "__alloc_pages", "__alloc_pages_noprof",
    "__alloc_frozen_pages_noprof",
  ]

  /// The blocks larger than a page that an area asked for.
  private mutating func compareOrders(_ command: ProbeRecording.Command) {
    guard let last = lastArea, last.isRegular, machine.areas.area(named: last.name) != nil,
      let theirs = orders(command)
    else { return }
    let ours = counted.orders(of: last.name, on: machine)
    if ours != theirs, hasGivenBack {
      doubts.append("which blocks merged again when fragmented memory was given back is not told")
      hasCompared = true
    } else {
      compare(ours == theirs ? nil : "blocks of orders \(ours), the kernel \(theirs)")
    }
  }

  /// The orders of the requests for more than a page, by the first function that has any; `nil` where no
  /// request was counted.
  private func orders(_ command: ProbeRecording.Command) -> [Int]? {
    let lines = command.answer.map { $0.split(separator: " ") }
      .filter { $0.count > 4 && $0[0] == "count" }
    var counted: [Int]?
    for name in Self.requests {
      guard let line = lines.first(where: { $0[1] == name }),
        let log = RecordedLog(line[4...].joined(separator: " "))
      else { continue }
      var orders: [Int] = []
      for run in log.runs {
        let order = Int(clamping: run.item.second ?? 0)
        // Slabs ask for compound pages (__GFP_COMP), vmalloc never.
        if order > 0, run.item.first & 0x4_0000 == 0 {
          orders += Array(repeating: order, count: min(run.count, 1 << 16))
        }
      }
      if !orders.isEmpty { return orders }
      counted = orders
    }
    return counted
  }

  /// Lines of `/proc/vmallocinfo`: the size with the guard page, the pages and where they lie.
  mutating func compareAreas(_ command: ProbeRecording.Command) {
    let lines = command.answer.filter { $0.hasPrefix("0x(") }
    guard let last = lastArea, let area = machine.areas.area(named: last.name) else { return }
    let all = [area] + machine.areas.live.filter { $0.kind == .pageArray && $0.name == last.name }
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count > 2, let bytes = UInt64(words[1]),
        let word = words.lazy.compactMap({ $0.after("pages=") }).first, let pages = UInt64(word)
      else { continue }
      let own = all.first { $0.pages.rawValue == pages }
      guard let own else {
        compare("no area of \(pages) pages, of \(all.map(\.pages.rawValue))")
        continue
      }
      compare(
        (own.pages + 1).bytes == bytes ? nil : "\((own.pages + 1).bytes) bytes, the kernel \(bytes)"
      )
      guard let node = last.node else { continue }
      let nodes = machine.use(of: own).nodes.filter { $0.pages > 0 }.map {
        "N\($0.number)=\($0.pages.rawValue)"
      }
      let recorded = words.filter { $0.hasPrefix("N") }.map { String($0) }
      compare(nodes == recorded ? nil : "on node \(node): \(nodes), the kernel \(recorded)")
    }
  }
}
