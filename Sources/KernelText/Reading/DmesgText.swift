import Engine

/// What a kernel log says about the machine, above all its memory map.
///
///     BIOS-e820: [mem 0x0000000000100000-0x000000007ffdbfff] usable          up to 6.x
///     BIOS-e820: [mem 0x0000000000100000-0x000000007ffdbfff]  System RAM     7.x
///     BIOS-e820: [gap 0x000000007ffdc000-0x00000000fffbffff]                 7.x
///     BIOS-e820: 0000000000100000 - 000000007ffdc000 (usable)                up to 3.4
///     e820: update [mem 0x00000000-0x00000fff] usable ==> reserved
///     e820: remove [mem 0x000a0000-0x000fffff] usable
///     user: [mem 0x0000000000100000-0x0000000012344fff] usable
///       node   0: [mem 0x0000000000100000-0x0000000012344fff]
///     ACPI: SRAT: Node 1 PXM 1 [mem 0x140000000-0x23fffffff]
///     ACPI: SRAT: PXM 1 -> APIC 0x02 -> Node 1
///
/// A later map (`user`, `modified`, `extended`) replaces the firmware's. What the log says of early
/// memory of the nodes is RAM as the kernel saw it in the end, so it goes before all others; arm64 has
/// these lines alone. `LogPrefix` lists what may stand before the kernel's words.
/// Source: arch/x86/kernel/e820.c and mm/mm_init.c, 6.12 and 7.2.
public struct DmesgText: Equatable, Sendable {
  /// The memory map.
  public let e820: [MachineDescription.E820Entry]
  /// The NUMA nodes; one that has everything if the log tells of no more.
  public let nodes: [NUMANode]
  /// Whether the direct map has 1G leaves; `nil` if the log does not reach that far.
  public let usesGBPages: Bool?
  /// The architecture of the kernel.
  public let architecture: Architecture
  /// The kernel's name in the log, such as `6.12.117+deb13-amd64`; `nil` if the log starts too
  /// late.
  public let release: String?
  /// Features of the CPU and switches of the command line that the log shows.
  public let switches: [CPUFeatures.Switch: Bool]
  /// Pages of the kernel image, if the log shows its size.
  public let imagePages: PageCount?
  /// Whether the direct map was built from the kernel image upwards (`movable_node`).
  public let isBottomUp: Bool

  /// Reads the text; lines about other things are skipped.
  public init(_ text: String) throws(KernelTextError) {
    var stream = DmesgStream()
    for line in TextLine.lines(of: text) { try stream.read(line) }
    self = try stream.finish()
  }

  init(_ reader: DmesgReader) throws(KernelTextError) {
    architecture = reader.facts.isArm64 ? .arm64 : .x86_64
    let isTold = architecture == .arm64 ? !reader.nodeRanges.isEmpty : !reader.map.isEmpty
    guard isTold else {
      throw .missing(
        architecture == .arm64
          ? "`node   0: [mem ...]` lines under \"Early memory node ranges\""
          : "`BIOS-e820: [mem ...]` lines")
    }
    e820 = reader.finished()
    nodes = reader.nodes.finished()
    usesGBPages = reader.facts.usesGBPages
    release = reader.facts.release
    switches = reader.facts.switches(on: architecture)
    imagePages = reader.facts.imagePages
    isBottomUp = reader.facts.command.isBottomUp
  }

  /// The version of the kernel.
  public var version: KernelVersion? { release.flatMap { KernelVersion($0) } }

  /// The machine with this memory and, as far as the log shows, these features. A log does not show
  /// where the kernel is.
  public func machine(
    named name: String, cpu: CPUFeatures = CPUFeatures(),
  ) throws(KernelTextError) -> MachineDescription {
    guard e820.contains(where: { $0.kind == .usable }) else { throw .missing("usable memory") }
    var cpu = cpu
    if architecture == .x86_64, usesGBPages == false { cpu[.gbpages] = false }
    for (name, isOn) in switches { cpu[name] = isOn }
    return MachineDescription(
      name: name, e820: e820, cpu: cpu, image: nil, nodes: nodes, architecture: architecture)
  }
}

/// Reads a log of any length line by line.
public struct DmesgStream {
  private var reader = DmesgReader()
  private var lines = LogLines()
  private var number = 0

  /// The kernel's name, as far as the log was read.
  public var release: String? { reader.facts.release }

  /// Creates a stream that has read nothing yet.
  public init() {}

  /// Takes the next line, without its end.
  public mutating func read(line text: String) throws(KernelTextError) {
    number += 1
    try read(TextLine(number: number, text: text[...]))
  }

  mutating func read(_ line: TextLine) throws(KernelTextError) {
    if let line = lines.add(line) { try reader.read(line) }
  }

  /// The result.
  public mutating func finish() throws(KernelTextError) -> DmesgText {
    if let line = lines.finish() { try reader.read(line) }
    return try DmesgText(reader)
  }

  /// The result; of a log that begins too late, or ends too early, to show the memory what it lacks.
  public mutating func finishOrLack() throws(KernelTextError) -> (log: DmesgText?, lack: String?) {
    let text: DmesgText
    do throws(KernelTextError) {
      text = try finish()
    } catch {
      if case .missing(let what) = error { return (nil, what) }
      throw error
    }
    return (text, nil)
  }
}
