public import Engine

/// Writes a recording as `docs/formats.md` describes it, a line at a time.
public struct RecordingText: Sendable {
  /// What a recording says of where it was made, besides what is compared.
  public struct Origin: Sendable {
    /// The kernel as it is read: `Linux 6.1.192`.
    public var kernel: String
    /// Its version line.
    public var version: String
    /// The command line that it was booted with.
    public var commandLine: String
    /// What made the recording.
    public var tool: String

    /// Creates an origin.
    public init(kernel: String, version: String, commandLine: String, tool: String) {
      (self.kernel, self.version, self.commandLine, self.tool) = (
        kernel, version, commandLine, tool
      )
    }
  }

  private let region: Range<PFN>
  /// The functions whose entries recordings count. What was not counted verify does not compare.
  private static let counted = [
    "flush_tlb_all", "cpa_flush", "__cpa_flush_tlb", "flush_tlb_one_kernel",
    "flush_tlb_kernel_range", "clflush_cache_range",
  ]

  /// - Parameter region: the frames whose leaves are written.
  public init(region: Range<PFN>) { self.region = region }

  /// The header.
  ///
  /// - Parameters:
  ///   - machine: the machine before the first step.
  ///   - kind: what the calls are about, and their seed; `nil` for those of a file.
  public func header(
    _ machine: Machine, _ origin: Origin, kind: (name: String, seed: UInt64)? = nil,
  ) -> String {
    var runs: [LeafRun] = []
    let start = machine.directMapAddress(of: region.lowerBound)
    machine.tables.readRuns(from: start, pages: pages, into: &runs)
    let cpu = machine.cpu
    let about = kind.map { "\"category\":\(Self.quoted($0.name)),\"seed\":\($0.seed)," } ?? ""
    return "{\"format\":\"directmap-kernel-trace\",\"version\":1,"
      + "\"kernel\":\(Self.quoted(origin.kernel)),"
      + "\"cpu\":{\"pse\":\(cpu[.pse]),\"pdpe1gb\":\(cpu[.gbpages]),\"nx\":\(cpu[.nx]),"
      + "\"pge\":\(cpu[.pge]),\"clflush\":\(cpu[.clflush]),\"cpus\":\(cpu.cpus),\"pti\":\(cpu[.pti])},"
      + "\"page_offset\":\"\(machine.layout.pageOffset.hex)\","
      + "\"region\":{\"first_pfn\":\(region.lowerBound.rawValue),\"pages\":\(pages.rawValue)},"
      + about + "\"version_line\":\(Self.quoted(origin.version)),"
      + "\"command_line\":\(Self.quoted(origin.commandLine)),\"tool\":\(Self.quoted(origin.tool)),"
      + "\"initial\":{\"leaves\":\(Self.text(runs, from: start)),"
      + "\"direct_map_kB\":\(Self.kilobytes { machine.directMapKilobytes($0) })}}"
  }

  /// A step; `nil` for a call that recordings have no word for.
  public func line(_ step: Recording.Step) -> String? {
    guard let operation = Operation(step.call, in: region) else { return nil }
    var line = "{\"op\":\"\(operation.name)\",\"target\":\"\(operation.target)\""
    for (key, value) in operation.numbers { line += ",\"\(key)\":\(value)" }
    if let isValid = operation.isValid { line += ",\"valid\":\(isValid)" }
    line += ",\"ret\":\(step.returned.rawValue)"
    // Leaves are counted from the first page of the region.
    let start = step.layout.directMapAddress(of: region.lowerBound)
    line += ",\"leaves\":\(Self.text(step.leaves, from: start))"
    let aliases = step.aliasLeaves.filter { $0.leaves.first.map { $0.pages > 0 } ?? false }
    if !aliases.isEmpty {
      let areas = aliases.map { area in
        "\"\(Operation.handle(area.area))\":\(Self.text(area.leaves, from: VirtualAddress(0)))"
      }
      line += ",\"alias_leaves\":{\(areas.joined(separator: ","))}"
    }
    let value = { (name: String) in step.counters.first { $0.name == name }?.value ?? 0 }
    line += ",\"splits\":{\"2M\":\(value("splits 2M")),\"1G\":\(value("splits 1G"))}"
    if step.counters.contains(where: { $0.name == "collapses 2M" }) {
      line += ",\"collapses\":{\"2M\":\(value("collapses 2M")),\"1G\":\(value("collapses 1G"))}"
    }
    let names: [LeafSize: String] = [
      .size4K: "DirectMap4k", .size2M: "DirectMap2M", .size1G: "DirectMap1G",
    ]
    line += ",\"direct_map_kB\":\(Self.kilobytes { value(names[$0] ?? "") })"
    let counts = Self.counted.map { "\"\($0)\":\(value($0))" }.joined(separator: ",")
    let seen = Set(step.counters.map(\.name))
    let unseen = Self.counted.filter { !seen.contains($0) }.map { "\"\($0)\"" }
    return line + ",\"calls\":{\(counts)},\"indeterminate\":[\(unseen.joined(separator: ","))]}"
  }

  private var pages: PageCount { region.upperBound - region.lowerBound }

  private static func kilobytes(_ value: (LeafSize) -> Int64) -> String {
    "{\"4k\":\(value(.size4K)),\"2M\":\(value(.size2M)),\"1G\":\(value(.size1G))}"
  }

  private static func text(_ runs: [LeafRun], from start: VirtualAddress) -> String {
    let items = runs.map { run in
      let size = run.size?.name ?? "none"
      let place = "\((run.start - start).rawValue),\(run.pages.rawValue)"
      return "[\(place),\"\(size)\",\"\(run.flags.rawValue.paddedHex)\"]"
    }
    return "[\(items.joined(separator: ","))]"
  }

  /// A text as JSON has it.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 32:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Recording.Step {
  /// Where its leaves are; of a step without leaves, as with four levels.
  fileprivate var layout: AddressLayout {
    leaves.first.map { .x86(having: $0.start) } ?? .x86
  }

  /// The step with the leaves of some frames only, which must begin and end at borders of leaves.
  public func inside(_ region: Range<PFN>) -> Self {
    let first = layout.directMapAddress(of: region.lowerBound)
    let end = layout.directMapAddress(of: region.upperBound)
    var step = self
    step.leaves = leaves.compactMap { run in
      let start = max(run.start, first)
      let runEnd = min(run.start + run.pages, end)
      guard start < runEnd else { return nil }
      return LeafRun(start: start, pages: runEnd - start, size: run.size, flags: run.flags)
    }
    return step
  }
}

/// A call in the words of a recording.
private struct Operation {
  var name: String
  var target = "direct"
  var numbers: [(key: String, value: UInt64)] = []
  var isValid: Bool?

  init?(_ call: Call, in region: Range<PFN>) {
    func pages(_ pfn: PFN, _ count: PageCount) -> [(key: String, value: UInt64)]? {
      guard region.contains(pfn) else { return nil }
      return [("page", (pfn - region.lowerBound).rawValue), ("count", count.rawValue)]
    }
    var found: [(key: String, value: UInt64)]?
    switch call {
    case .setMemory(let operation, .frame(let pfn), let count):
      (name, found) = (operation.name, pages(pfn, count))
    case .setMemory(let operation, .area(let area, let page), let count):
      (name, target) = (operation.name, Self.handle(area))
      found = [("page", page.rawValue), ("count", count.rawValue)]
    case .setPages(let operation, let pfn, let count):
      (name, found) = (operation.name, pages(pfn, count))
    case .setPagesArray(let operation, let frames):
      (name, found) = (operation.name, pages(frames.first, frames.count))
      found?.insert(("stride", frames.stride.rawValue), at: 1)
    case .setDirectMap(let operation, let pfn, let count):
      (name, found) = (operation.name, pages(pfn, count))
    case .setDirectMapValid(let pfn, let count, let valid):
      (name, found, isValid) = ("set_direct_map_valid_noflush", pages(pfn, count), valid)
    case .touch(.write, .frame(let pfn), let count):
      (name, found) = ("touch", pages(pfn, count))
    case .vmap(let area, let frames, _) where frames.stride == 1:
      (name, target, found) = ("vmap", Self.handle(area), pages(frames.first, frames.count))
    case .vmapPageRange(let area, let pfn, let count, _):
      (name, target, found) = ("vmap_page_range", Self.handle(area), pages(pfn, count))
    case .vunmap(let area): (name, target, found) = ("vunmap", Self.handle(area), [])
    case .setMemory, .touch, .poke, .vmap, .user, .policy, .process, .linearMap, .collapse,
      .allocPages,
      .freePages, .freePagesAt, .drainPages, .age, .scatter, .function:
      return nil
    }
    guard let found else { return nil }
    numbers = found
  }

  /// The handle of an area that a recording calls by a number: `vmap3` is `vmap:3`.
  static func handle(_ name: Name) -> String {
    let text = "\(name)"
    return text.hasPrefix("vmap") ? "vmap:\(text.dropFirst(4))" : text
  }
}
