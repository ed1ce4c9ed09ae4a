public import Engine
import KernelText

/// A recording of the grouping cache of April 2021 on a booted kernel: requests, and after each of
/// them every list of the cache, in order. Also the workloads, which are longer and looked at less
/// often.
///
/// The page allocator's choices are input: they are supplied as answers before each step.
public struct GroupingRecording: Sendable {
  /// The kernel as the file names it.
  public var kernelName: String
  /// Its name.
  public var name: String
  /// The machine before the first step.
  public var machine: Machine
  /// The number of steps.
  public var count: Int { steps.count }

  let steps: [GroupingStep]
  let finalLeaves: [LeafRun]
  let splitsAtStart: Growth

  /// Whether bytes begin like such a recording.
  public static func recognizes(_ bytes: some Collection<UInt8>) -> Bool {
    let head = String(decoding: bytes.prefix(80), as: UTF8.self)
    return head.contains("\"grouping-recording\"") || head.contains("\"grouping-workload\"")
  }

  /// Reads a recording from the bytes of its file.
  public init(reading bytes: some Sequence<UInt8>) throws(RecordingError) {
    do {
      var lines = LineStream(of: bytes)
      try lines.beginRecording()
      var stream = try GroupingStream(at: lines)
      var steps: [GroupingStep] = []
      while let step = try stream.next() { steps.append(step) }
      kernelName = stream.kernelName
      name = stream.name
      machine = stream.machine
      finalLeaves = stream.finalLeaves
      splitsAtStart = stream.splitsAtStart
      self.steps = steps
    } catch let error as RecordingError {
      throw error
    } catch {
      preconditionFailure("A text in memory can be read.")
    }
  }
}

/// Makes a machine of a header.
struct GroupingReader {
  let machine: Machine
  let finalLeaves: [LeafRun]

  init(_ header: GroupingHeader, firstStep: GroupingStep) throws(RecordingError) {
    func fail(_ reason: String) -> RecordingError { RecordingError(line: 1, reason: reason) }
    guard header.format == "grouping-recording" || header.format == "grouping-workload",
      header.version == 1
    else { throw fail("format \"\(header.format)\" version \(header.version) is not known") }
    guard let version = header.kernel.split(separator: " + ", maxSplits: 1).first,
      let kernel = KernelProfile(version: version)
    else { throw fail("the kernel \"\(header.kernel)\" has no profile here") }
    let isGrouping = header.grouping ?? true
    guard let policies = try? PolicySet(isGrouping ? [.edgecombe2021] : []) else {
      throw fail("the policy cannot be switched on")
    }
    guard (1...64).contains(header.nodes), header.node_pfns.count == header.nodes else {
      throw fail("node_pfns must have a range for each of 1 to 64 nodes")
    }
    var nodes: [NUMANode] = []
    for range in header.node_pfns {
      guard range.count == 2, range[0] <= range[1], range[1] <= AddressLayout.pfnLimit.rawValue
      else { throw fail("node_pfns: a range is its first frame and the one behind its last") }
      nodes.append(NUMANode(ranges: [PFN(range[0])..<PFN(range[1])]))
    }
    let leaves = try Self.leaves(header.initial.leaves, "initial")
    finalLeaves = try Self.leaves(header.final.leaves, "final")
    guard let last = leaves.last,
      let end = AddressLayout.directMapFrame(of: last.start).map({ $0 + last.pages })
    else { throw fail("the initial leaves are missing") }
    var cpu = CPUFeatures()
    cpu[.gbpages] = header.cpu?.pdpe1gb ?? leaves.contains { $0.size == .size1G }
    cpu[.pti] = false
    let kilobytes = header.initial.direct_map_kB ?? firstStep.direct_map_kB
    machine = Machine(
      kernel: kernel, cpu: cpu, memory: MemoryMap([0..<end]), leaves: leaves,
      directMapKilobytes: kilobytes?.bySize ?? Self.census(leaves),
      policies: policies, nodes: nodes)
  }

  private static func leaves(
    _ runs: [RecordedRun]?, _ key: String,
  ) throws(RecordingError) -> [LeafRun] {
    guard let runs, let last = runs.last, last.page <= AddressLayout.pfnLimit.rawValue,
      last.pages <= AddressLayout.pfnLimit.rawValue
    else { throw RecordingError(line: 1, reason: "\(key).leaves is missing or too long") }
    do {
      return try RecordingReader.runs(
        runs, from: AddressLayout.pageOffset, pages: PageCount(last.page + last.pages))
    } catch {
      throw RecordingError(line: 1, reason: "\(key).leaves: \(error.reason)")
    }
  }

  private static func census(_ leaves: [LeafRun]) -> [LeafSize: Int64] {
    var kilobytes: [LeafSize: Int64] = [:]
    for run in leaves {
      if let size = run.size { kilobytes[size, default: 0] += Int64(run.pages.kilobytes) }
    }
    return kilobytes
  }
}

extension Kilobytes {
  subscript(size: LeafSize) -> Int64 {
    switch size {
    case .size4K: of4K
    case .size2M: of2M
    case .size1G: of1G
    }
  }

  var bySize: [LeafSize: Int64] { [.size4K: of4K, .size2M: of2M, .size1G: of1G] }
}
