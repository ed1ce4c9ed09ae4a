public import Engine
import KernelText

/// What is to be said of a real machine: its map, what boot alone gives, and what its counters show.
public struct MapReport: JSONReport, Codable, Equatable, Sendable {
  /// The names of the sources.
  public var sources: [String] = []
  /// The source of the map; `nil` without one.
  public var map: String?
  /// The architecture.
  public var architecture: String
  /// The profile whose rules are used.
  public var kernel: String
  /// The kernel's own name, where it is told.
  public var release: String?
  /// Leaves by size; `nil` without a map.
  public var leaves: LeafCounts?
  /// The blocks of 2M that 4K leaves map, by what is seen in them.
  public var splitBlocks: [String: UInt64]?
  /// Blocks of 2M that are mapped by 4K leaves, by the module or the function whose memory lies in them, the
  /// most first; `nil` where that is not told.
  public var splitBlocksByArea: [AreaBlocks]?
  /// Those that could be one leaf.
  public var brokenBlocks: UInt64?
  /// Slots of 1G, mapped whole, that have smaller leaves.
  public var splitGibibytes: UInt64?
  /// What is writable and executable; `nil` without a map.
  public var writableAndExecutable: Unsafe?
  /// What boot alone gives; `nil` where the memory is not told.
  public var boot: Boot?
  /// What meminfo shows; `nil` without it.
  public var meminfo: Sizes?
  /// What was split since boot by meminfo.
  public var sinceBoot: SplitsSinceBoot?
  /// What the kernel counted in vmstat.
  public var counted: Counted?
  /// What meminfo shows above what the tables hold.
  public var drift: Sizes?
  /// What the allocator's texts tell.
  public var memory: Memory?
  /// What should be known.
  public var notes: [String] = []

  /// Split blocks that hold memory of a module or of areas that a function asked for.
  public struct AreaBlocks: Codable, Equatable, Sendable {
    /// The module or the function.
    public var name: String
    /// The blocks.
    public var blocks: Int
  }

  /// Kilobytes of leaves of each size.
  public struct Sizes: Codable, Equatable, Sendable {
    /// Of 4K.
    public var of4K: Int64 = 0
    /// Of 2M.
    public var of2M: Int64 = 0
    /// Of 1G.
    public var of1G: Int64 = 0

    enum CodingKeys: String, CodingKey {
      case of4K = "4K"
      case of2M = "2M"
      case of1G = "1G"
    }
  }

  /// What is writable and executable at once.
  public struct Unsafe: Codable, Equatable, Sendable {
    /// The pages of the direct map.
    public var pages: UInt64
    /// The first of them as ranges of frames, the end excluded.
    public var frames: [String]
    /// The pages outside the direct map.
    public var pagesElsewhere: UInt64
    /// The first of them: address, pages, heading.
    public var elsewhere: [String]
  }

  /// What boot alone gives.
  public struct Boot: Codable, Equatable, Sendable {
    /// What meminfo shows then, by the model.
    public var meminfo: Sizes
    /// What the tables hold then.
    public var tables: Sizes
    /// Leaves of 1G of boot that the map has no more; `nil` without a map.
    public var split1G: UInt64?
    /// Leaves of 2M of boot that the map has no more, and blocks of its leaves of 1G that are 4K leaves.
    public var split2M: UInt64?
    /// By how many GiB DirectMap1G is too high after boot.
    public var countedTwiceGibibytes: Int64
  }

  /// What vmstat counts since the end of boot.
  public struct Counted: Codable, Equatable, Sendable {
    /// `direct_map_level3_splits`.
    public var splits1G: UInt64
    /// `direct_map_level2_splits`.
    public var splits2M: UInt64
    /// Collapses to 1G.
    public var collapses1G: UInt64
    /// Collapses to 2M.
    public var collapses2M: UInt64
  }

  /// What the allocator's texts tell.
  public struct Memory: Codable, Equatable, Sendable {
    /// Pages free; `nil` without buddyinfo.
    public var freePages: UInt64?
    /// Those in blocks of 2M or larger.
    public var freePagesIn2M: UInt64?
    /// Pageblocks by migrate type; `nil` without pagetypeinfo.
    public var blocksByType: [String: UInt64]?
    /// Pages that the allocator manages; `nil` without zoneinfo.
    public var managedPages: UInt64?
    /// Modules that are loaded; `nil` without their list.
    public var modules: Int?
    /// The bytes of their parts.
    public var moduleBytes: UInt64?
    /// Bytes of areas for code that is loaded at run time; `nil` without vmallocinfo.
    public var codeAreaBytes: UInt64?
  }
}

extension MapReport {
  /// Puts together what is told.
  ///
  /// - Parameters:
  ///   - map: the map to report on, if there is one.
  ///   - machine: the machine with its leaves.
  ///   - reading: the machine before it booted, if it is told.
  ///   - booted: the machine at the end of boot, by the model.
  public init(
    _ evidence: MachineEvidence, map: MachineEvidence.NamedMap?, on machine: Machine?,
    kernel: KernelProfile,
    reading: MachineReading? = nil, booted: Machine? = nil, sources: [String] = [],
  ) {
    architecture = kernel.architecture == .arm64 ? "arm64" : "x86-64"
    self.kernel = kernel.name
    self.sources = sources
    release = evidence.kernelName
    let runs = machine?.directMapLeaves
    if let map, let runs {
      self.map = map.name
      count(map.map, runs, booted)
      notes += map.map.notes.map(\.description)
      splitBlocksByArea = evidence.namedAreas?.blocks(split: runs).map {
        AreaBlocks(name: $0.name, blocks: $0.blocks)
      }
    }
    if let booted { boot = Boot(booted, runs) }
    meminfo = evidence.kilobytes.map { Sizes($0) }
    if let meminfo = evidence.meminfo, evidence.kilobytes != nil, let booted,
      booted.architecture == .x86_64
    {
      sinceBoot = SplitsSinceBoot(meminfo, booted, missing: reading?.missingImage)
    }
    counted = evidence.vmstat.flatMap { Counted($0) }
    if let meminfo, let runs, kernel.architecture == .x86_64 {
      let tables = Sizes(of: runs)
      drift = Sizes(
        of4K: meminfo.of4K - tables.of4K, of2M: meminfo.of2M - tables.of2M,
        of1G: meminfo.of1G - tables.of1G)
    }
    memory = Memory(evidence)
    notes += reading?.notes.map(\.description) ?? []
  }

  private mutating func count(_ map: ReadMap, _ runs: [LeafRun], _ booted: Machine?) {
    let census = MapCensus(runs, boot: booted?.directMapLeaves ?? [])
    leaves = LeafCounts(
      of4K: census.leaves[.size4K] ?? 0, of2M: census.leaves[.size2M] ?? 0,
      of1G: census.leaves[.size1G] ?? 0)
    splitBlocks = Dictionary(
      uniqueKeysWithValues: census.splitBlocks.map { ($0.key.rawValue, $0.value) })
    brokenBlocks = census.brokenBlocks
    splitGibibytes = census.split1G
    writableAndExecutable = Unsafe(
      pages: census.pages[.rwX] ?? 0,
      frames: census.unsafe.map { "\($0.lowerBound.hex)-\($0.upperBound.hex)" },
      pagesElsewhere: map.unsafe.pages,
      elsewhere: map.unsafe.parts.map {
        "\(VirtualAddress($0.start).hex), \($0.pages) pages, \($0.heading)"
      })
  }
}

extension MapReport.Sizes {
  init(_ kilobytes: [LeafSize: Int64]) {
    self.init(
      of4K: kilobytes[.size4K] ?? 0, of2M: kilobytes[.size2M] ?? 0,
      of1G: kilobytes[.size1G] ?? 0)
  }

  /// The kilobytes of leaves.
  init(of runs: [LeafRun]) {
    var held: [LeafSize: Int64] = [:]
    for run in runs {
      if let size = run.size { held[size, default: 0] += Int64(run.pages.kilobytes) }
    }
    self.init(held)
  }

  /// The kilobytes of all sizes.
  public var sum: Int64 {
    of4K.addingReportingOverflow(of2M.addingReportingOverflow(of1G).partialValue).partialValue
  }
}

extension MapReport.Counted {
  /// Reads the lines of vmstat; `nil` where the kernel counts no splits.
  init?(_ vmstat: NameValueText) {
    guard let splits2M = vmstat["direct_map_level2_splits"] else { return nil }
    self.init(
      splits1G: vmstat["direct_map_level3_splits"] ?? 0, splits2M: splits2M,
      collapses1G: vmstat["direct_map_level3_collapses"] ?? 0,
      collapses2M: vmstat["direct_map_level2_collapses"] ?? 0)
  }
}

extension MapReport.Boot {
  /// Compares a machine at the end of boot with the leaves of later.
  init(_ booted: Machine, _ later: [LeafRun]?) {
    let runs = booted.directMapLeaves
    let held = MapReport.Sizes(of: runs)
    var shown: [LeafSize: Int64] = [:]
    for size in LeafSize.allCases { shown[size] = booted.directMapKilobytes(size) }
    let isArm = booted.architecture == .arm64
    self.init(
      meminfo: isArm ? held : MapReport.Sizes(shown), tables: held,
      countedTwiceGibibytes: isArm ? 0 : ((shown[.size1G] ?? 0) - held.of1G) >> 20)
    guard let later else { return }
    var gibibytes = SlotCount(.size1G)
    var blocks = SlotCount(.size2M)
    for pair in RunPairs(runs, later) {
      guard let own = pair.a?.size, let other = pair.b?.size, other < own else { continue }
      if own == .size1G { gibibytes.add(pair.frames) }
      if other == .size4K { blocks.add(pair.frames) }
    }
    split1G = gibibytes.count
    split2M = blocks.count
  }
}

extension MapReport.Memory {
  /// What the texts tell; `nil` where there are none of them.
  init?(_ evidence: MachineEvidence) {
    guard
      evidence.buddy != nil || evidence.blockTypes != nil || evidence.zones != nil
        || evidence.modules != nil || evidence.areas != nil
    else { return nil }
    self.init(
      freePages: evidence.buddy?.pages(fromOrder: 0),
      freePagesIn2M: evidence.buddy?.pages(fromOrder: 9),
      blocksByType: evidence.blockTypes.map { text in
        Dictionary(text.types.map { ($0.name, $0.blocks) }) { $0 &+ $1 }
      },
      managedPages: evidence.zones?.managed, modules: evidence.modules?.modules.count,
      moduleBytes: evidence.modules?.modules.reduce(0) {
        $0.addingReportingOverflow($1.bytes).partialValue
      },
      codeAreaBytes: evidence.areas?.codeBytes)
  }
}
