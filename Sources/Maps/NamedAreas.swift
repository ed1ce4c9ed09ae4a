public import Engine
import KernelText

/// Which frames belong to areas of vmalloc space and modules, by their names: what lies in split blocks.
///
///     A nf_tables 106c40 10
///
/// The name, then the first frame and the number of pages in hexadecimal; one line a run of frames.
public struct NamedAreas: Equatable, Sendable {
  /// A run of frames with the name of its area.
  public struct Run: Equatable, Sendable {
    /// The module, or the function that asked for the area.
    public var name: String
    /// The frames.
    public var frames: Range<PFN>
  }

  /// The runs, in the order of the lines.
  public private(set) var runs: [Run] = []

  private static let runsMax = 16 << 20

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    for line in TextLine.lines(of: text) where !line.isBlank {
      let words = line.words
      guard words.count == 4, words[0] == "A", let first = UInt64(hex: words[2]),
        let count = UInt64(hex: words[3]), count > 0, first < AddressLayout.pfnLimit.rawValue,
        count <= AddressLayout.pfnLimit.rawValue - first
      else { throw .unexpected(line, "`A NAME FIRST COUNT` in hexadecimal, below 64 TiB") }
      runs.append(Run(name: String(words[1]), frames: PFN(first)..<PFN(first + count)))
    }
  }

  /// Looks up the frames of areas in the tables of a kernel.
  ///
  /// - Parameters:
  ///   - tables: the tables, at the time of the lists.
  ///   - modules: `/proc/modules`.
  ///   - areas: `/proc/vmallocinfo`.
  public init(_ tables: LiveTables, modules: ModulesText?, areas: VmallocText?) {
    for module in modules?.modules ?? [] where module.address >> 63 == 1 && module.bytes > 0 {
      add(module.name, module.address, module.bytes, tables)
    }
    for area in areas?.areas ?? [] where !area.isDevice && area.start >> 63 == 1 {
      // A module's parts stand in the list of modules.
      if area.start >= AddressLayout.modulesStart.rawValue, modules != nil,
        VmallocText.isModuleCaller(area.caller)
      {
        continue
      }
      add(area.caller, area.start, area.bytes, tables)
    }
  }

  private mutating func add(
    _ name: String, _ address: UInt64, _ bytes: UInt64, _ tables: LiveTables,
  ) {
    let end = address.addingReportingOverflow(min(bytes, 1 << 40))
    guard !end.overflow, runs.count < Self.runsMax else { return }
    let range = VirtualAddress(address)..<VirtualAddress(end.partialValue)
    for (_, frames) in tables.mappings(in: range) {
      for pfn in frames {
        if let last = runs.last, last.name == name, last.frames.upperBound == pfn {
          runs[runs.count - 1].frames = last.frames.lowerBound..<pfn + 1
        } else {
          runs.append(Run(name: name, frames: pfn..<pfn + 1))
        }
      }
    }
  }

  /// The lines.
  public var text: String {
    var text = ""
    for run in runs {
      let count = (run.frames.upperBound - run.frames.lowerBound).rawValue
      text += "A \(run.name) \(String(run.frames.lowerBound.rawValue, radix: 16)) "
      text += "\(String(count, radix: 16))\n"
    }
    return text
  }

  /// How many blocks of 2M that are mapped by 4K leaves hold some of each area, the most first.
  public func blocks(split leaves: [LeafRun]) -> [(name: String, blocks: Int)] {
    var split = Set<UInt64>()
    for run in leaves where run.size == .size4K {
      guard let first = AddressLayout.directMapFrame(of: run.start)?.rawValue else { continue }
      for block in first / 512...(first + run.pages.rawValue - 1) / 512 { split.insert(block) }
    }
    var found: [String: Set<UInt64>] = [:]
    for run in runs {
      let (first, end) = (run.frames.lowerBound.rawValue, run.frames.upperBound.rawValue)
      for block in first / 512...(end - 1) / 512 where split.contains(block) {
        found[run.name, default: []].insert(block)
      }
    }
    return found.map { (name: $0.key, blocks: $0.value.count) }
      .sorted { ($1.blocks, $0.name) < ($0.blocks, $1.name) }
  }
}
