public import Engine
import KernelText

/// A recording of an arm64 kernel: a machine that was started under QEMU and stopped at some steps, where
/// its linear map was read from outside.
///
/// `docs/formats.md` tells what its files are.
public struct ArmRecording {
  /// The name that identifies it.
  public let name: String
  /// The rules of the kernel.
  public let kernel: KernelProfile
  /// The machine before it boots.
  public let machine: MachineDescription
  /// What can be compared, in the order of time.
  let steps: [Step]
  /// Whether its processor can invalidate a range of the TLB at once.
  let hasRanges: Bool

  /// One thing to compare.
  struct Step {
    /// The name of the step, such as `early-bootmem_init`.
    var name: String
    /// The leaves.
    var leaves: ArmLeaves
    /// The tables by level.
    var tables: [String: UInt64]
    /// The calls of `__create_pgd_mapping()` that `map_mem()` or `arch_add_memory()` made, if they were
    /// counted.
    var calls: ArmTLBI?
    /// The memory that was plugged in since the step before.
    var added: [Range<PFN>] = []
    /// What the probe module did since the step before.
    var probe: ArmProbe?
    /// What was flushed meanwhile, if it was counted.
    var flushes: ArmFlushes?
  }

  /// Reads a recording.
  ///
  /// - Throws: ``ArmRecordingError``, and what the files throw.
  public init(named name: String, from files: some RecordedFiles) throws {
    let run = try ArmRun(files)
    let version = try Self.version(run, files)
    let kernel = KernelProfile.nearest(to: version, on: .arm64)
    guard kernel.version == version else {
      throw ArmRecordingError(
        ArmRun.file,
        "the rules of Linux \(version) on arm64 are not known; known are "
          + KernelProfile.arm64.map(\.name).joined(separator: ", "))
    }
    self.name = name
    self.kernel = kernel
    hasRanges = ArmProcessor(run.cpu).hasRanges
    machine = try Self.machine(name, run, kernel, files)
    var steps: [Step] = []
    for step in run.steps.keys.sorted(by: Self.isBefore) {
      guard let counted = run.steps[step], Self.order.contains(step),
        let leaves = try Self.read("\(step)/leaves.txt", files, ArmLeaves.init)
      else { continue }
      var item = Step(name: step, leaves: leaves, tables: counted.tablesByLevel)
      switch step {
      case Self.early, "boot":
        item.calls = try Self.read("tlbi-map_mem.txt", files, ArmTLBI.init)
          .map { try Self.ofMapMem($0, kernel.linearMap.pagingInit) }
      case "probed":
        item.probe = try Self.read("probe.txt", files, ArmProbe.init)
        item.flushes = try Self.flushes(run, files)
      case "hot":
        item.added = try Self.read("iomem-hot.txt", files, IomemText.init)?.pluggedIn ?? []
        item.calls = try Self.read("tlbi-hotplug.txt", files, ArmTLBI.init)
        // Whatever else is mapped has no table for each 2M of a section.
        item.calls?.calls.removeAll { $0.tables < Self.sectionTables }
      default: break
      }
      steps.append(item)
    }
    if steps.isEmpty { throw ArmRecordingError(ArmRun.file, "it has no step with leaves") }
    self.steps = steps
  }

  /// The step at the entry of `bootmem_init()`.
  static let early = "early-bootmem_init"
  /// The steps that are known, by their time.
  private static let order = [early, "boot", "module-loaded", "module-unloaded", "probed", "hot"]

  /// The tables of 4K entries of a section of 128M.
  private static let sectionTables: UInt64 = 64

  private static func isBefore(_ a: String, _ b: String) -> Bool {
    (order.firstIndex(of: a) ?? order.count) < (order.firstIndex(of: b) ?? order.count)
  }

  /// Reads one of the files, if it is there.
  private static func read<Value>(
    _ path: String, _ files: some RecordedFiles, _ read: (String) throws(KernelTextError) -> Value,
  ) throws -> Value? {
    guard let text = try files.text(path) else { return nil }
    do throws(KernelTextError) {
      return try read(text)
    } catch {
      throw ArmRecordingError(path, error)
    }
  }

  /// What `tlbi-set_memory.txt` counted, if it is there.
  private static func flushes(_ run: ArmRun, _ files: some RecordedFiles) throws -> ArmFlushes? {
    let name = "tlbi-set_memory.txt"
    guard try files.text(name) != nil,
      let code = try read("symbols.txt", files, ArmFlushes.code)
    else { return nil }
    let hasRanges = ArmProcessor(run.cpu).hasRanges
    return try read(name, files) { (text: String) throws(KernelTextError) -> ArmFlushes in
      try ArmFlushes(text, in: code, hasRanges: hasRanges)
    }
  }

  /// The version: what the kernel says, or what the recorder calls it.
  private static func version(_ run: ArmRun, _ files: some RecordedFiles) throws -> KernelVersion {
    let said = try files.text("version.txt").flatMap { text in
      text[...].after("Linux version ").flatMap { KernelVersion($0) }
    }
    guard let version = said ?? KernelVersion(run.kernel) else {
      throw ArmRecordingError(ArmRun.file, "\"\(run.kernel)\" is no version such as 6.12")
    }
    return version
  }

  /// What of all calls of `paging_init()` belongs to `map_mem()`.
  private static func ofMapMem(
    _ counted: ArmTLBI, _ others: LinearMapRules.PagingInit,
  ) throws -> ArmTLBI {
    var calls = Array(counted.calls.dropFirst(others.callsBefore).dropLast(others.callsAfter))
    guard let last = calls.last, last.invalidations >= others.invalidationsBetween else {
      throw ArmRecordingError("tlbi-map_mem.txt", "there are too few calls for those of map_mem()")
    }
    calls[calls.count - 1].invalidations -= others.invalidationsBetween
    return ArmTLBI(calls)
  }
}

extension IomemText {
  /// Memory that a device brought while the system ran, such as `System RAM (virtio_mem)`.
  fileprivate var pluggedIn: [Range<PFN>] {
    resources.filter { $0.name.hasPrefix("System RAM (") }.map(\.range.frames)
  }
}

// MARK: - The machine

extension ArmRecording {
  /// The first frame of RAM of QEMU's `virt`.
  private static let qemuRAM = PhysicalAddress(0x4000_0000)

  private static func machine(
    _ name: String, _ run: ArmRun, _ kernel: KernelProfile, _ files: some RecordedFiles,
  ) throws -> MachineDescription {
    let command = KernelCommandLine(run.append[...])
    var machine: MachineDescription
    if let iomem = try read("iomem.txt", files, IomemText.init) {
      do {
        machine = try iomem.machine(named: name)
      } catch {
        throw ArmRecordingError("iomem.txt", error)
      }
    } else {
      guard let bytes = KernelCommandLine.number(run.ram[...]), bytes > 0, bytes <= 1 << 45 else {
        throw ArmRecordingError(ArmRun.file, "\"\(run.ram)\" is no size of memory such as 4G")
      }
      let end = PhysicalAddress(qemuRAM.rawValue + bytes)
      var map = [MachineDescription.E820Entry(qemuRAM..<end, .usable)]
      command.limitArm64(&map)
      machine = MachineDescription(
        name: name, e820: map, cpu: CPUFeatures(), image: nil, architecture: .arm64)
    }
    if machine.image == nil {
      guard let symbols = try files.text("../symbols-nokaslr.txt"),
        let image = KernelImage(armSymbols: symbols, kernel.linearMap)
      else {
        throw ArmRecordingError(
          "../symbols-nokaslr.txt",
          "it is missing, or lacks _text or __init_begin, and there is no "
            + "iomem.txt that tells where the kernel lies")
      }
      machine.image = image
    }
    machine.cpu = cpu(run, command, kernel)
    return machine
  }

  /// The CPU and what the command line says, to a kernel that Debian built.
  private static func cpu(
    _ run: ArmRun, _ command: KernelCommandLine, _ kernel: KernelProfile,
  ) -> CPUFeatures {
    var cpu = CPUFeatures()
    let processor = ArmProcessor(run.cpu)
    processor.adjust(&cpu)
    // Where the image is moved, kernel mappings must not be seen; only E0PD does that without KPTI.
    cpu[.kpti] = !command.isPlaced && !processor.hasE0PD
    cpu[.lateKFENCE] = kernel.linearMap.hasKFENCE
    for (name, isOn) in command.switches(on: .arm64, kernel.version) { cpu[name] = isOn }
    if !kernel.linearMap.hasKFENCE { cpu[.kfence] = false }
    // DEBUG_PAGEALLOC is not built in.
    cpu[.debugPagealloc] = false
    return cpu
  }
}
