public import Engine
import KernelText

/// What texts of one real machine tell together: any number of them, each of which may be missing.
public struct MachineEvidence: Sendable {
  /// The maps that were read, in the order in which they were given.
  public var maps: [NamedMap] = []
  /// `/proc/iomem`.
  public var iomem: IomemText?
  /// The kernel log.
  public var log: DmesgText?
  /// `/proc/meminfo`.
  public var meminfo: NameValueText?
  /// `/proc/vmstat`.
  public var vmstat: NameValueText?
  /// `/proc/cmdline`.
  public var commandLine: String?
  /// The kernel's version, where a text of its own tells it.
  public var release: String?
  /// `/proc/modules`.
  public var modules: ModulesText?
  /// `/proc/vmallocinfo`.
  public var areas: VmallocText?
  /// The frames of areas and modules, where a kernel's tables were looked up or a snapshot has them.
  public var namedAreas: NamedAreas?
  /// `/proc/buddyinfo`.
  public var buddy: BuddyCounts?
  /// `/proc/pagetypeinfo`: how many blocks are of each type.
  public var blockTypes: BlockTypes?
  /// `/proc/zoneinfo`.
  public var zones: ZonesText?

  /// What the kernel's own functions show of its rules.
  public var features = KernelFeatures()

  /// A map with the name of its file.
  public struct NamedMap: Sendable {
    /// The name.
    public var name: String
    /// The map.
    public var map: ReadMap

    /// Creates a named map.
    public init(name: String, map: ReadMap) {
      self.name = name
      self.map = map
    }
  }

  /// Keeps one of the maps that were read together of one machine, from a place in the list on: the one
  /// that tells most, of those that tell as much the first that was read before a workload.
  ///
  /// - Returns: the names of the others.
  public mutating func keepBestMap(from place: Int) -> [String] {
    let found = maps[place...]
    guard found.count > 1 else { return [] }
    func isLater(_ map: NamedMap) -> Bool { map.name[...].range(of: "after") != nil }
    let best = found.max { a, b in
      (a.map.origin.rank, isLater(a) ? 0 : 1) < (b.map.origin.rank, isLater(b) ? 0 : 1)
    }
    guard let best else { return [] }
    maps.replaceSubrange(place..., with: [best])
    return found.map(\.name).filter { $0 != best.name }
  }

  /// Creates evidence of nothing.
  public init() {}

  /// The kernel's name, such as `6.12.117+deb13-amd64`; `nil` if no text tells it.
  public var kernelName: String? {
    release ?? log?.release ?? maps.lazy.compactMap(\.map.release).first
  }

  /// The architecture, if a source names it.
  public var architecture: Architecture? {
    if let map = maps.first { return map.map.architecture }
    if let log { return log.architecture }
    return iomem.map { $0.armSign == nil ? .x86_64 : .arm64 }
  }

  /// The profile for the kernel, by what it calls itself and by what vmstat and its symbols show of it;
  /// the default where no text tells anything.
  public var kernelChoice: KernelChoice {
    let architecture = architecture ?? .x86_64
    let counted = KernelFeatures(vmstatLines: { vmstat?[$0] != nil })
    // On arm64 no function tells the profiles apart.
    let seen = architecture == .x86_64 ? features.completed(by: counted) : KernelFeatures()
    return KernelProfile.choice(forRelease: kernelName, seen, on: architecture)
  }

  /// The profile of that choice.
  public var kernel: KernelProfile { kernelChoice.profile }

  /// The machine before it booted, if iomem or a log tells its memory: the map is the log's, which shows
  /// what the firmware said, and the place of the kernel iomem's.
  public func machine(named name: String) throws(KernelTextError) -> MachineReading? {
    var reading: MachineReading?
    if let log {
      reading = try MachineReading(log, named: name)
      if let iomem, log.architecture == .x86_64 {
        let other = try MachineReading(iomem, named: name)
        reading?.description.image = other.description.image
        reading?.notes.removeAll { if case .imageMissing = $0 { true } else { false } }
        reading?.notes += other.notes.filter { if case .imageMissing = $0 { true } else { false } }
      }
    } else if let iomem {
      reading = try MachineReading(iomem, named: name)
    }
    guard var found = reading else { return nil }
    if log == nil, let commandLine {
      // What iomem shows is left of the memory already.
      let memory = found.description.e820
      _ = found.description.read(commandLine: commandLine, of: kernel)
      found.description.e820 = memory
    }
    if log == nil, found.description.architecture == .x86_64, showsNo1G {
      found.description.cpu[.gbpages] = false
    }
    if found.description.architecture == .x86_64, let hasFiveLevels {
      found.description.cpu[.la57] = hasFiveLevels
    }
    return found
  }

  /// Whether the tables have five levels: the address of the direct map tells it, or the size of vmalloc
  /// space (`VMALLOC_TOTAL`), 32 TiB with four and 12.5 PiB with five. `nil` if neither is known.
  private var hasFiveLevels: Bool? {
    if let map = maps.lazy.compactMap(\.map.hasFiveLevels).first { return map }
    return meminfo?["VmallocTotal"].map { $0 >= 1 << 36 }
  }

  /// Whether the kernel shows that its map can have no leaves of 1G: meminfo then lacks the line.
  private var showsNo1G: Bool {
    guard let meminfo, meminfo["DirectMap4k"] != nil else { return false }
    return meminfo["DirectMap1G"] == nil
  }

  /// What meminfo shows of the direct map; `nil` without it.
  public var kilobytes: [LeafSize: Int64]? {
    guard let meminfo, meminfo["DirectMap4k"] != nil else { return nil }
    var kilobytes: [LeafSize: Int64] = [:]
    for (size, name) in SplitsSinceBoot.names {
      kilobytes[size] = min(Int64(clamping: meminfo[name] ?? 0), 1 << 40)
    }
    return kilobytes
  }
}
