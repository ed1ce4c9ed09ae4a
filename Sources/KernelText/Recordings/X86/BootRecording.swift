public import Engine

/// A machine that was recorded after its boot: its memory, its log, and all leaves of its direct map.
public struct BootRecording {
  /// The rules of the kernel.
  public let kernel: KernelProfile
  /// The machine before it boots.
  public let machine: MachineDescription
  let leaves: [LeafRun]
  let meminfo: NameValueText

  /// The files that make a recording, the text of each.
  public static let files = ["iomem.txt", "dmesg.txt", "leaves.txt", "meminfo.txt"]

  /// Reads a recording.
  ///
  /// - Throws: ``X86RecordingError``, and what the files throw.
  public init(named name: String, from files: some RecordedFiles) throws {
    func need(_ file: String) throws -> String {
      guard let text = try files.text(file) else {
        throw X86RecordingError(line: nil, reason: "\(file) is missing")
      }
      return text
    }
    func read<Value>(
      _ file: String, _ read: (String) throws(KernelTextError) -> Value,
    ) throws -> Value {
      let text = try need(file)
      do throws(KernelTextError) {
        return try read(text)
      } catch {
        throw X86RecordingError(line: error.line, reason: "\(file): \(error.reason)")
      }
    }
    let log = try read("dmesg.txt", DmesgText.init)
    leaves = try read("leaves.txt", LeavesText.init).runs
    meminfo = try read("meminfo.txt", NameValueText.init)
    var description = try read("iomem.txt") {
      (text: String) throws(KernelTextError) -> MachineDescription in
      try IomemText(text).machine(named: name)
    }
    let version =
      try files.text("version.txt").flatMap { $0[...].after("Linux version ") }.map { String($0) }
      ?? log.release
    guard let kernel = version.flatMap({ KernelProfile.recorded($0) }) else {
      throw X86RecordingError(
        line: nil, reason: "neither version.txt nor dmesg.txt names the kernel")
    }
    self.kernel = kernel
    description.nodes = log.nodes
    description.cpu = Self.cpu(log, try files.text("cmdline.txt"), leaves, meminfo)
    machine = description
  }

  /// The processor: what the log and the command line tell, and what the leaves have.
  private static func cpu(
    _ log: DmesgText, _ command: String?, _ leaves: [LeafRun], _ meminfo: NameValueText,
  ) -> CPUFeatures {
    var cpu = CPUFeatures()
    if log.usesGBPages == false { cpu[.gbpages] = false }
    for (name, isOn) in log.switches { cpu[name] = isOn }
    if let command {
      let line = KernelCommandLine(command.split(separator: "\n").first ?? "")
      for (name, isOn) in line.switches(on: .x86_64, log.version) { cpu[name] = isOn }
      cpu[.movableNode] = line.isBottomUp
    }
    // A kernel prints the line only with 2M leaves.
    if meminfo["DirectMap2M"] == nil { cpu[.pse] = false }
    let mapped = leaves.filter { $0.size != nil }
    if !cpu[.pti], !mapped.contains(where: { $0.flags.contains(.global) }) { cpu[.pge] = false }
    if !mapped.contains(where: { $0.flags.contains(.nx) }) { cpu[.nx] = false }
    // The pool is made by pages without P: guards and free objects.
    cpu[.kfence] = false
    return cpu
  }
}

extension BootRecording {
  /// Boots the machine and compares the kilobytes of all leaves together, the counters once later
  /// splits are counted back, and every slot of 2M.
  ///
  /// - Throws: ``X86RecordingError`` if the machine cannot boot.
  public func check() throws(X86RecordingError) -> RecordingCheck {
    let booted: Machine
    do {
      booted = try Machine(booting: machine, kernel: kernel)
    } catch {
      throw X86RecordingError(line: nil, reason: "its machine cannot boot: \(error)")
    }
    let recorded = Machine(
      kernel: kernel, cpu: machine.cpu, memory: booted.memory, leaves: leaves,
      directMapKilobytes: [:])
    var check = RecordingCheck()
    check.add("kB of all leaves", sums(booted))
    check.add("counters", counters(booted, recorded))
    let differences = Self.differences(booted, recorded)
    let unmarked = differences.compactMap { $0.unmarked }
    if let first = unmarked.first {
      check.add("leaves", .different(first))
    } else {
      let marks = differences.reduce(into: [Mark: Int]()) { sum, slot in
        for (mark, count) in slot.marks { sum[mark, default: 0] += count }
      }
      let words = marks.keys.sorted { $0.rawValue < $1.rawValue }.map {
        "\(marks[$0] ?? 0) \($0.rawValue)"
      }
      check.add(
        "leaves",
        words.isEmpty
          ? .equal
          : .indeterminate(
            "pages that programs and modules changed since: " + words.joined(separator: ", ")))
    }
    return check
  }

  private static let lines: [(String, LeafSize)] = [
    ("DirectMap4k", .size4K), ("DirectMap2M", .size2M), ("DirectMap1G", .size1G),
  ]

  private func sums(_ booted: Machine) -> RecordingCheck.Outcome {
    let theirs = Self.lines.reduce(0) { $0 + Int64(meminfo[$1.0] ?? 0) }
    let ours = Self.lines.reduce(0) { $0 + booted.directMapKilobytes($1.1) }
    return ours == theirs ? .equal : .different("\(ours) kB, the kernel \(theirs)")
  }

  /// Slots that are one leaf after our boot and a table in the recording were split since.
  private func counters(_ booted: Machine, _ recorded: Machine) -> RecordingCheck.Outcome {
    var split: [LeafSize: Int64] = [:]
    for size in [LeafSize.size1G, .size2M] {
      var pfn: PFN = 0
      while pfn < booted.memory.end {
        let address = AddressLayout.directMapAddress(of: pfn)
        if let ours = booted.tables.lookup(address)?.size, ours >= size,
          let theirs = recorded.tables.lookup(address)?.size, theirs < size
        {
          split[size, default: 0] += 1
        }
        pfn = pfn + size.pages
      }
    }
    let (of1G, of2M) = (split[.size1G] ?? 0, split[.size2M] ?? 0)
    let expected = [
      booted.directMapKilobytes(.size4K) + of2M << 11,
      booted.directMapKilobytes(.size2M) + (512 * of1G - of2M) << 11,
      booted.directMapKilobytes(.size1G) - of1G << 20,
    ]
    let theirs = Self.lines.map { Int64(meminfo[$0.0] ?? 0) }
    return expected == theirs ? .equal : .different("\(expected) kB, the kernel \(theirs)")
  }

  /// Why a page differs from its state after boot.
  enum Mark: String {
    /// Executable memory: BPF programs, module text and read-only data.
    case readOnly = "read-only"
    /// Freed executable memory: invalid, then default, so G is gone, and D until the next write.
    case restored
    /// A KFENCE page that must not be touched: a guard page or a free object.
    case guarded = "not present (KFENCE)"
    /// The first page of the KFENCE pool, where `set_memory_4k` split the leaf (7.2).
    case splitOnRequest = "split on request"
  }

  /// A slot of 2M that differs from its state after boot.
  private struct Difference {
    var marks: [Mark: Int] = [:]
    var unmarked: String?
  }

  /// All 2M slots that differ. A slot that is equal is equal in size and in every bit.
  private static func differences(_ ours: Machine, _ theirs: Machine) -> [Difference] {
    var differences: [Difference] = []
    var pfn: PFN = 0
    while pfn < ours.memory.end {
      let start = AddressLayout.directMapAddress(of: pfn)
      let a = ours.tables.runs(from: start, pages: 512)
      let b = theirs.tables.runs(from: start, pages: 512)
      if a != b, !isPartOf1G(a, b) { differences.append(difference(pfn, ours, theirs)) }
      pfn = pfn + 512
    }
    return differences
  }

  /// Whether a slot is an untouched 2M leaf of a 1G leaf that was split for another slot's sake.
  private static func isPartOf1G(_ ours: [LeafRun], _ theirs: [LeafRun]) -> Bool {
    ours.count == 1 && theirs.count == 1 && ours[0].size == .size1G
      && theirs[0].size == .size2M && ours[0].flags == theirs[0].flags
  }

  private static func difference(_ pfn: PFN, _ ours: Machine, _ theirs: Machine) -> Difference {
    var difference = Difference()
    let ordinary = ours.cpu.pageKernel
    for index in 0..<UInt64(512) {
      let frame = pfn + PageCount(index)
      let address = AddressLayout.directMapAddress(of: frame)
      let (a, b) = (ours.tables.lookup(address), theirs.tables.lookup(address))
      if a == nil, b == nil { continue }
      guard let a, let b else {
        difference.unmarked = "pfn \(frame.hex) is mapped on one side only"
        return difference
      }
      let before = a.size == .size4K ? a.flags : a.flags.largeTo4K
      if b.size == .size4K, b.flags == before { continue }
      guard b.size == .size4K, before == ordinary, let mark = mark(b.flags, ours) else {
        difference.unmarked =
          "pfn \(frame.hex): \(a.size.name) \(String(a.flags.rawValue, radix: 16)), the kernel "
          + "\(b.size.name) \(String(b.flags.rawValue, radix: 16))"
        return difference
      }
      difference.marks[mark, default: 0] += 1
    }
    return difference
  }

  private static func mark(_ flags: EntryFlags, _ machine: Machine) -> Mark? {
    let ordinary = machine.cpu.pageKernel
    let cleared: EntryFlags = machine.kernel.roClearsDirty ? [.writable, .dirty] : .writable
    return switch flags {
    case ordinary.subtracting(cleared): .readOnly
    case ordinary.subtracting([.global, .dirty]), ordinary.subtracting(.global): .restored
    case ordinary.subtracting(.present): .guarded
    case ordinary.subtracting(.present).union(.kernel4K): .splitOnRequest
    default: nil
    }
  }
}
