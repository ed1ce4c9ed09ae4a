import Engine

/// Reads a log line by line and keeps what it says about memory.
struct DmesgReader {
  typealias Entry = MachineDescription.E820Entry

  private(set) var map: [Entry] = []
  private(set) var nodeRanges: [Range<PhysicalAddress>] = []
  private(set) var nodes = NodeLines()
  private(set) var facts = DmesgFacts()
  private var mapName = ""
  private var isInOldNodes = false

  mutating func read(_ line: LogLine) throws(KernelTextError) {
    let text = line.message
    if Self.isOfXenPV(text) { throw .xen(line: line.line.number) }
    facts.read(text)
    nodes.readCPU(text)
    if let name = Self.mapName(text) {
      return try readMap(line, name, text.dropFirst(name.utf8.count + 2))
    }
    if let change = Self.change(text) {
      return try self.change(line, change.isUpdate, change.rest)
    }
    try readNode(line)
  }

  // MARK: - Maps

  /// The names of memory maps, before a colon (`e820__print_table()`).
  private static let mapNames = ["BIOS-e820", "user", "modified", "extended"]

  /// The name of the memory map that a line belongs to.
  static func mapName(_ text: Substring) -> String? {
    mapNames.first { text.hasPrefix($0) && text.dropFirst($0.utf8.count).hasPrefix(": ") }
  }

  /// Whether a line is from a kernel that runs paravirtualised on Xen: its map has its own name
  /// (`xen_memory_setup()`). An HVM or PVH guest has another name.
  private static func isOfXenPV(_ text: Substring) -> Bool {
    text.hasPrefix("Xen: [mem 0x") || text.hasPrefix("Xen: 0000")
      || text == "Booting paravirtualized kernel on Xen"
  }

  private mutating func readMap(
    _ line: LogLine, _ name: String, _ text: Substring,
  ) throws(KernelTextError) {
    if text.hasPrefix("[gap ") { return }
    // Other messages begin with `user: ` too.
    guard text.hasPrefix("[mem 0x") || text.utf8.first.map({ (48...57).contains($0) }) == true
    else {
      return
    }
    let (range, rest) = try range(line, text)
    if mapName != name {
      map = []
      mapName = name
    }
    guard let range = range.physical else { throw Self.noRange(line) }
    map.append(Entry(range, try kind(line, rest)))
  }

  private static func noRange(_ line: LogLine) -> KernelTextError {
    .unexpected(
      line.line, "[mem 0xSTART-0xEND], the end below 2^52 and not before the start")
  }

  /// Reads `[mem 0xSTART-0xEND]`, or `START - END` where the end is the byte behind the last one;
  /// returns what follows it too.
  private func range(
    _ line: LogLine, _ text: Substring,
  ) throws(KernelTextError) -> (range: AddressRangeText, rest: Substring) {
    if text.hasPrefix("[mem ") {
      guard let end = text.firstIndex(of: "]"),
        let range = AddressRangeText(text[..<end].dropFirst("[mem ".count))
      else { throw Self.noRange(line) }
      return (range, text[text.index(after: end)...])
    }
    let words = text.split(separator: " ", maxSplits: 3)
    guard words.count == 4, words[1] == "-", let first = UInt64(hex: words[0]),
      let end = UInt64(hex: words[2]), let range = AddressRangeText(first, behindLast: end)
    else { throw Self.noRange(line) }
    return (range, words[3])
  }

  /// Reads the words for a type of memory. Models `e820_print_type()`.
  private func kind(_ line: LogLine, _ words: Substring) throws(KernelTextError) -> Entry.Kind {
    var words = words.trimmingBlanks
    if words.hasPrefix("("), words.hasSuffix(")") { words = words.dropFirst().dropLast() }
    switch words {
    case "usable", "System RAM", "kernel reserved RAM": return .usable
    case "ACPI data", "ACPI NVS": return .acpi
    default:
      let beginnings = [
        "reserved", "device reserved", "soft reserved", "unusable", "persistent", "type ",
      ]
      if beginnings.contains(where: { words.hasPrefix($0) }) { return .reserved }
      throw .unexpected(line.line, "a type such as usable, System RAM, reserved or ACPI data")
    }
  }

  // MARK: - Changes to the map

  /// A line about a change to the map, and the text after its first words.
  private static func change(_ text: Substring) -> (isUpdate: Bool, rest: Substring)? {
    for (prefix, isUpdate) in [
      ("e820: update ", true), ("e820: remove ", false), ("e820 update range: ", true),
      ("e820 remove range: ", false),
    ] where text.hasPrefix(prefix) {
      return (isUpdate, text.dropFirst(prefix.utf8.count))
    }
    return nil
  }

  /// `[mem ...] OLD ==> NEW`, or `[mem ...] OLD` for what is removed.
  private mutating func change(
    _ line: LogLine, _ isUpdate: Bool, _ text: Substring,
  ) throws(KernelTextError) {
    let (range, rest) = try range(line, text)
    guard isUpdate else {
      // Without a type everything is removed (`e820__range_remove()` with `check_type` off).
      let old = rest.trimmingBlanks.isEmpty ? nil : try kind(line, rest)
      return map.replace(range.clampedToPhysical, old, by: nil)
    }
    guard let arrow = rest.range(of: " ==> ") else { throw .unexpected(line.line, "OLD ==> NEW") }
    let old = try kind(line, rest[..<arrow.lowerBound])
    let new = try kind(line, rest[arrow.upperBound...])
    map.replace(range.clampedToPhysical, old, by: new)
  }

  // MARK: - Nodes

  private mutating func readNode(_ line: LogLine) throws(KernelTextError) {
    let text = line.message
    if text.hasPrefix("early_node_map[") {
      isInOldNodes = true
      return
    }
    if isInOldNodes {
      guard let (node, range) = NodeLines.oldEarly(text) else {
        isInOldNodes = false
        return
      }
      return try add(line, range, to: node)
    }
    guard let bracket = text.range(of: "[mem 0x") else { return }
    let prefix = text[..<bracket.lowerBound]
    if let node = NodeLines.early(prefix) {
      guard let range = try range(line, text[bracket.lowerBound...]).range.physical else {
        throw Self.noRange(line)
      }
      try add(line, range, to: node)
    } else if let node = NodeLines.affinity(prefix) {
      guard let range = try range(line, text[bracket.lowerBound...]).range.physical else {
        throw Self.noRange(line)
      }
      try nodes.add(range, to: node, isEarly: false, line.line)
    }
  }

  private mutating func add(
    _ line: LogLine, _ range: Range<PhysicalAddress>, to node: Int,
  ) throws(KernelTextError) {
    nodeRanges.append(range)
    try nodes.add(range, to: node, isEarly: true, line.line)
  }

  // MARK: - The end

  /// The map, with the RAM of the nodes replacing what the firmware called usable. If there is
  /// neither that nor a user's map, the command line is applied.
  func finished() -> [Entry] {
    if !nodeRanges.isEmpty {
      return map.filter { $0.kind != .usable } + nodeRanges.map { Entry($0, .usable) }
    }
    var map = map
    if mapName != "user" { facts.command.change(&map) }
    return map
  }
}

extension [MachineDescription.E820Entry] {
  /// Removes a range from the entries of one type, or of all, and gives it another type or none.
  mutating func replace(
    _ range: Range<PhysicalAddress>, _ old: Element.Kind?, by new: Element.Kind?,
  ) {
    var changed: [Element] = []
    for entry in self {
      guard old == nil || entry.kind == old, entry.range.overlaps(range) else {
        changed.append(entry)
        continue
      }
      let middle = entry.range.clamped(to: range)
      let parts: [(Range<PhysicalAddress>, Element.Kind?)] = [
        (entry.range.lowerBound..<middle.lowerBound, entry.kind), (middle, new),
        (middle.upperBound..<entry.range.upperBound, entry.kind),
      ]
      for case (let part, let kind?) in parts where !part.isEmpty {
        changed.append(Element(part, kind))
      }
    }
    self = changed
  }
}
