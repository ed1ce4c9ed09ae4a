import Engine

/// The lines of a kernel log that tell of the firmware's memory map.
///
///     BIOS-e820: [mem 0x0000000000100000-0x000000007ffdbfff] usable          up to 6.x
///     BIOS-e820: [mem 0x0000000000100000-0x000000007ffdbfff]  System RAM     7.x
///     BIOS-e820: [gap 0x000000007ffdc000-0x00000000fffbffff]                 7.x
///     e820: update [mem 0x00000000-0x00000fff] usable ==> reserved
///     e820: remove [mem 0x000a0000-0x000fffff] usable
///     user: [mem 0x0000000000100000-0x0000000012344fff] usable
///       node   0: [mem 0x0000000000100000-0x0000000012344fff]
///     ACPI: SRAT: Node 1 PXM 1 [mem 0x140000000-0x23fffffff]
///     ACPI: SRAT: PXM 1 -> APIC 0x02 -> Node 1
///
/// A later map (`user`, `modified`, `extended`) replaces the firmware's. What the log says of early
/// memory of the nodes is RAM as the kernel saw it in the end, so it goes before all others.
/// Source: arch/x86/kernel/e820.c and mm/mm_init.c, 6.12 and 7.2.
public struct DmesgText: Equatable, Sendable {
  typealias Entry = MachineDescription.E820Entry

  /// The memory map.
  public let e820: [MachineDescription.E820Entry]
  /// The NUMA nodes; one that has everything if the log tells of no more.
  public let nodes: [NUMANode]
  /// Whether the direct map has 1G leaves; `nil` if the log does not reach so far.
  public let usesGBPages: Bool?
  /// Whether page-table isolation is on.
  public let isIsolated: Bool

  /// Reads the text; lines about other things are skipped.
  public init(_ text: String) throws(KernelTextError) {
    var reader = DmesgReader()
    for line in TextLine.lines(of: text) { try reader.read(line) }
    guard !reader.map.isEmpty else { throw .missing("`BIOS-e820: [mem ...]` lines") }
    e820 = reader.finished()
    nodes = reader.nodes.finished()
    // The zones come after the line on 1G leaves, so where they are and it is not, there are none.
    usesGBPages = reader.usesGBPages ? true : reader.hasZones ? false : nil
    isIsolated = reader.isIsolated
  }

  /// The machine that has this memory and, as far as the log tells, these features. A log does not
  /// tell where the kernel lies.
  public func machine(
    named name: String, cpu: CPUFeatures = CPUFeatures(),
  ) throws(KernelTextError) -> MachineDescription {
    guard e820.contains(where: { $0.kind == .usable }) else { throw .missing("usable memory") }
    var cpu = cpu
    if usesGBPages == false { cpu[.gbpages] = false }
    if isIsolated { cpu[.pti] = true }
    return MachineDescription(name: name, e820: e820, cpu: cpu, image: nil, nodes: nodes)
  }
}

/// Goes over a log line by line.
private struct DmesgReader {
  typealias Entry = MachineDescription.E820Entry

  var map: [Entry] = []
  var nodeRanges: [Range<PhysicalAddress>] = []
  var nodes = NodeLines()
  var usesGBPages = false
  var hasZones = false
  var isIsolated = false
  private var mapName: Substring = ""

  mutating func read(_ line: TextLine) throws(KernelTextError) {
    let text = line.withoutPrefixes
    if text.hasPrefix("Using GB pages") { usesGBPages = true }
    if text.hasPrefix("Zone ranges:") { hasZones = true }
    if text.hasPrefix("Kernel/User page tables isolation: enabled") { isIsolated = true }
    nodes.readCPU(text)
    guard let bracket = text.range(of: "[mem 0x") else { return }
    let prefix = text[..<bracket.lowerBound]
    if prefix.hasPrefix("e820: update ") {
      try update(line, text[bracket.lowerBound...])
    } else if prefix.hasPrefix("e820: remove ") {
      try remove(line, text[bracket.lowerBound...])
    } else if let node = NodeLines.early(prefix) {
      let range = try range(line, text[bracket.lowerBound...]).range
      nodeRanges.append(range)
      try nodes.add(range, to: node, isEarly: true, line)
    } else if let node = NodeLines.affinity(prefix) {
      let range = try range(line, text[bracket.lowerBound...]).range
      try nodes.add(range, to: node, isEarly: false, line)
    } else if let name = Self.mapNames.first(where: { prefix == $0 + ": " }) {
      let (range, rest) = try range(line, text[bracket.lowerBound...])
      if mapName != name {
        map = []
        mapName = Substring(name)
      }
      map.append(Entry(range, try kind(line, rest)))
    }
  }

  private static let mapNames = ["BIOS-e820", "user", "modified", "extended"]

  /// Reads `[mem 0xSTART-0xEND]`; returns what follows it too.
  private func range(
    _ line: TextLine, _ text: Substring,
  ) throws(KernelTextError) -> (range: Range<PhysicalAddress>, rest: Substring) {
    guard let end = text.firstIndex(of: "]"),
      let range = AddressRangeText(text[..<end].dropFirst("[mem ".count))?.physical
    else {
      throw .unexpected(line, "[mem 0xSTART-0xEND], the end below 2^52 and not before the start")
    }
    return (range, text[text.index(after: end)...])
  }

  /// Reads the words for a type of memory. Models `e820_print_type()`.
  private func kind(_ line: TextLine, _ words: Substring) throws(KernelTextError) -> Entry.Kind {
    let words = words.trimmingBlanks
    switch words {
    case "usable", "System RAM", "kernel reserved RAM": return .usable
    case "ACPI data", "ACPI NVS": return .acpi
    default:
      let beginnings = [
        "reserved", "device reserved", "soft reserved", "unusable", "persistent", "type ",
      ]
      if beginnings.contains(where: { words.hasPrefix($0) }) { return .reserved }
      throw .unexpected(line, "a type such as usable, System RAM, reserved or ACPI data")
    }
  }

  /// `e820: update [mem ...] OLD ==> NEW`.
  private mutating func update(_ line: TextLine, _ text: Substring) throws(KernelTextError) {
    let (range, rest) = try range(line, text)
    guard let arrow = rest.range(of: " ==> ") else { throw .unexpected(line, "OLD ==> NEW") }
    let old = try kind(line, rest[..<arrow.lowerBound])
    let new = try kind(line, rest[arrow.upperBound...])
    replace(range, old, by: new)
  }

  /// `e820: remove [mem ...] OLD`.
  private mutating func remove(_ line: TextLine, _ text: Substring) throws(KernelTextError) {
    let (range, rest) = try range(line, text)
    // Without a type everything goes (`e820__range_remove()` with `check_type` off).
    let old = rest.trimmingBlanks.isEmpty ? nil : try kind(line, rest)
    replace(range, old, by: nil)
  }

  /// Takes a range out of the entries of one type, or of all, and gives it another or none.
  private mutating func replace(
    _ range: Range<PhysicalAddress>, _ old: Entry.Kind?, by new: Entry.Kind?,
  ) {
    var changed: [Entry] = []
    for entry in map {
      guard old == nil || entry.kind == old, entry.range.overlaps(range) else {
        changed.append(entry)
        continue
      }
      let middle = entry.range.clamped(to: range)
      let parts: [(Range<PhysicalAddress>, Entry.Kind?)] = [
        (entry.range.lowerBound..<middle.lowerBound, entry.kind), (middle, new),
        (middle.upperBound..<entry.range.upperBound, entry.kind),
      ]
      for case (let part, let kind?) in parts where !part.isEmpty {
        changed.append(Entry(part, kind))
      }
    }
    map = changed
  }

  /// The map, with the RAM of the nodes in place of what the firmware called usable.
  func finished() -> [Entry] {
    guard !nodeRanges.isEmpty else { return map }
    return map.filter { $0.kind != .usable } + nodeRanges.map { Entry($0, .usable) }
  }
}

extension Substring {
  /// The text without blanks at its ends.
  fileprivate var trimmingBlanks: Substring {
    var text = self.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text = text.dropLast() }
    return text
  }
}
