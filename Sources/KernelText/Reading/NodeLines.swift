import Engine

/// What a kernel log says about NUMA nodes.
struct NodeLines {
  /// The RAM of each node as the kernel finally saw it ("Early memory node ranges").
  private var early: [Int: [Range<PFN>]] = [:]
  /// The address range of each node in the firmware's table (SRAT); includes memory added later.
  private var affinity: [Int: [Range<PFN>]] = [:]
  /// The nodes that have CPUs, if the log tells.
  private var withCPUs: [Int] = []

  /// The most nodes a kernel supports, less one (`NODES_SHIFT` 10).
  private static let nodeMax = 1023

  /// `node   0: `: a line under "Early memory node ranges".
  static func early(_ prefix: Substring) -> Int? {
    let words = prefix.split(separator: " ")
    guard words.count == 2, words[0] == "node", words[1].hasSuffix(":") else { return nil }
    return Int(words[1].dropLast())
  }

  /// `0: 0x00000010 -> 0x0000009f`: a line under `early_node_map[...]`, in frames, the end exclusive
  /// (up to 3.4).
  static func oldEarly(_ text: Substring) -> (node: Int, range: Range<PhysicalAddress>)? {
    let words = text.split(separator: " ")
    guard words.count == 4, words[0].hasSuffix(":"), words[2] == "->",
      let node = Int(words[0].dropLast()), let first = UInt64(hex: words[1]),
      let end = UInt64(hex: words[3]), first < end, end <= 1 << (PhysicalAddress.bits - 12)
    else { return nil }
    return (node, PhysicalAddress(first << 12)..<PhysicalAddress(end << 12))
  }

  /// `ACPI: SRAT: Node 1 PXM 1 `.
  static func affinity(_ prefix: Substring) -> Int? {
    let words = prefix.split(separator: " ")
    guard words.count == 6, words[1] == "SRAT:", words[2] == "Node" else { return nil }
    return Int(words[3])
  }

  mutating func add(
    _ range: Range<PhysicalAddress>, to node: Int, isEarly: Bool, _ line: TextLine,
  ) throws(KernelTextError) {
    guard (0...Self.nodeMax).contains(node) else {
      throw .unexpected(line, "the number of a node, at most \(Self.nodeMax)")
    }
    let last = PFN((range.upperBound.rawValue + 4095) >> 12)
    let frames = range.lowerBound.pfn..<max(last, range.lowerBound.pfn)
    if isEarly { early[node, default: []].append(frames) }
    if !isEarly { affinity[node, default: []].append(frames) }
  }

  /// `ACPI: SRAT: PXM 1 -> APIC 0x02 -> Node 1`.
  mutating func readCPU(_ text: Substring) {
    guard text.hasPrefix("ACPI: SRAT: PXM ") || text.hasPrefix("SRAT: PXM ") else { return }
    let words = text.split(separator: " ")
    guard let last = words.last, let node = Int(last), words.dropLast().last == "Node",
      (0...Self.nodeMax).contains(node)
    else { return }
    withCPUs.append(node)
  }

  /// The nodes up to the highest that the log names.
  func finished() -> [NUMANode] {
    let ranges = early.isEmpty ? affinity : early
    let count = max(ranges.keys.max() ?? 0, withCPUs.max() ?? 0) + 1
    guard count > 1 else { return [.everything] }
    return (0..<count).map { node in
      NUMANode(
        ranges: MemoryMap(ranges[node] ?? []).ranges,
        hasCPUs: withCPUs.isEmpty || withCPUs.contains(node))
    }
  }
}
