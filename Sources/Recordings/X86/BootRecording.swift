public import Engine
import KernelText

/// A machine that was recorded after its boot: its memory, its log, and all leaves of its direct map.
public struct BootRecording {
  /// The rules of the kernel.
  public let kernel: KernelProfile
  /// The machine before it boots.
  public let machine: MachineDescription
  let leaves: [LeafRun]
  let meminfo: NameValueText
  /// Where the kernel had the parts of its address space, where the recording has that.
  let bases: RecordedBases?

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
    let command = try files.text("cmdline.txt")
    if let info = try files.text("info.txt") {
      bases = try RecordedBases(info, commandLine: command ?? "")
    } else {
      bases = nil
    }
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
    description.cpu = Self.cpu(log, command, leaves, meminfo)
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
    // Without PSE there is no 2M leaf, whether the line is there or not.
    if (meminfo["DirectMap2M"] ?? 0) == 0 { cpu[.pse] = false }
    let mapped = leaves.filter { $0.size != nil }
    if !cpu[.pti], !mapped.contains(where: { $0.flags.contains(.global) }) { cpu[.pge] = false }
    if !mapped.contains(where: { $0.flags.contains(.nx) }) { cpu[.nx] = false }
    // The pool is made by pages without P: guards and free objects.
    cpu[.kfence] = false
    return cpu
  }
}

extension BootRecording {
  /// Boots the machine and compares where it has its parts, the kilobytes of all leaves together, the counters once later
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
    var leaves = leaves
    leaves.move(to: booted.layout)
    let recorded = Machine(
      kernel: kernel, cpu: machine.cpu, memory: booted.memory, leaves: leaves,
      directMapKilobytes: [:])
    var check = RecordingCheck()
    if let bases { check.add("bases", bases.check(booted.layout)) }
    check.add("kB of all leaves", sums(booted))
    let comparison = BootComparison(booted, recorded: recorded)
    check.add("counters", counters(comparison))
    let slots = comparison.slots
    if let first = slots.lazy.compactMap(\.unmarked).first {
      check.add("leaves", .different(first))
    } else {
      let marks = slots.flatMap(\.marks.values).reduce(into: [String: Int]()) {
        $0[$1.rawValue, default: 0] += 1
      }
      let words = marks.keys.sorted().map { "\(marks[$0] ?? 0) \($0)" }
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

  private func counters(_ comparison: BootComparison) -> RecordingCheck.Outcome {
    let kilobytes = comparison.kilobytes
    let expected = Self.lines.map { kilobytes[$0.1] ?? 0 }
    let theirs = Self.lines.map { Int64(meminfo[$0.0] ?? 0) }
    return expected == theirs ? .equal : .different("\(expected) kB, the kernel \(theirs)")
  }
}
