import Engine
import FoundationEssentials

extension Recording {
  /// Reads a recording from the bytes of its file.
  public init(reading bytes: some Sequence<UInt8>) throws(RecordingError) {
    let data = Data(bytes)
    let decoder = JSONDecoder()
    var lines = data.split(separator: 0x0a, omittingEmptySubsequences: false)[...]
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard let first = lines.popFirst() else {
      throw RecordingError(line: 1, reason: "the file is empty; a recording begins with a header")
    }
    let header = try Self.decode(RecordingHeader.self, first, line: 1, decoder)
    var reader = try RecordingReader(header)
    var steps: [Step] = []
    steps.reserveCapacity(lines.count)
    for (index, text) in lines.enumerated() {
      let step = try Self.decode(RecordingStep.self, text, line: index + 2, decoder)
      do {
        steps.append(try reader.step(step))
      } catch {
        throw RecordingError(line: index + 2, reason: error.reason)
      }
    }
    // Nothing compared is no proof: a file cut off behind its header must not pass.
    if steps.isEmpty {
      throw RecordingError(line: 2, reason: "no step follows the header; the file may be cut off")
    }
    self.init(
      kernelName: header.kernel, machine: reader.machine, region: reader.region, steps: steps)
  }

  /// Whether bytes begin like a recording: with the brace of a JSON object, as no line of the
  /// scenario language does.
  public static func recognizes(_ bytes: some Sequence<UInt8>) -> Bool {
    let spaces: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
    return bytes.first { !spaces.contains($0) } == UInt8(ascii: "{")
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ text: Data, line: Int, _ decoder: JSONDecoder,
  ) throws(RecordingError) -> Value {
    do {
      return try decoder.decode(type, from: text)
    } catch let error as DecodingError {
      let isWhole = text.last { $0 > 0x20 } == UInt8(ascii: "}")
      throw RecordingError(line: line, reason: error.reason(isWhole: isWhole))
    } catch {
      throw RecordingError(line: line, reason: "no JSON object")
    }
  }
}

extension DecodingError {
  /// What is missing or wrong, in one clause.
  ///
  /// - Parameter isWhole: whether the text ends as an object does.
  fileprivate func reason(isWhole: Bool) -> String {
    switch self {
    case .keyNotFound(let key, _):
      return "the key \"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "the value of \"\(Self.path(context))\" has the wrong type"
    case .dataCorrupted:
      return isWhole
        ? "no JSON object, or one with a number that does not fit into 64 bits"
        : "no whole JSON object; the file may be cut off"
    @unknown default:
      return "no JSON object"
    }
  }

  /// The keys down to a value: `leaves[0][3]`.
  private static func path(_ context: Context) -> String {
    context.codingPath.reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
  }
}

/// Turns the lines of a recording into calls and states.
private struct RecordingReader {
  struct Failure: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  let region: Range<PFN>
  let machine: Machine
  /// Where the next `vmap` mapping goes. The recordings do not tell addresses; these never stand to a
  /// 2M boundary as their frames do, as was so with every recorded mapping.
  private var nextPlace = AddressLayout.vmallocStart + Self.halfOfVmalloc
  private var areaPages: [AreaName: PageCount] = [:]

  /// The most memory that the page tables of the first leaves may take, in tables: 1 GiB.
  private static let tableLimit: UInt64 = 1 << 18

  private static let halfOfVmalloc = PageCount(
    (AddressLayout.vmallocEnd - AddressLayout.vmallocStart).rawValue / 2)

  init(_ header: RecordingHeader) throws(RecordingError) {
    func fail(_ reason: String) -> RecordingError { RecordingError(line: 1, reason: reason) }
    guard header.format == "directmap-kernel-trace", header.version == 1 else {
      throw fail(
        "format \"\(header.format)\" version \(header.version); expected "
          + "\"directmap-kernel-trace\" version 1")
    }
    guard let kernel = KernelProfile(version: header.kernel) else {
      throw fail("the kernel \"\(header.kernel)\" has no profile here")
    }
    guard header.page_offset == AddressLayout.pageOffset.hex else {
      throw fail("page_offset \(header.page_offset) is not \(AddressLayout.pageOffset.hex)")
    }
    let first = PFN(header.region.first_pfn)
    let limit = AddressLayout.pfnLimit
    guard first < limit, header.region.pages > 0, header.region.pages <= (limit - first).rawValue
    else { throw fail("the region lies outside the direct map") }
    region = first..<(first + PageCount(header.region.pages))
    var cpu = CPUFeatures()
    cpu.pse = header.cpu.pse
    cpu.gbpages = header.cpu.pdpe1gb
    cpu.nx = header.cpu.nx
    cpu.pge = header.cpu.pge
    cpu.clflush = header.cpu.clflush
    cpu.cpus = min(max(header.cpu.cpus, 1), 8192)
    cpu.pti = header.cpu.pti ?? false
    let leaves: [LeafRun]
    do {
      leaves = try Self.runs(
        header.initial.leaves, from: AddressLayout.directMapAddress(of: first),
        pages: PageCount(header.region.pages))
    } catch {
      throw fail(error.reason)
    }
    let tables = leaves.reduce(0) { $0 + $1.tables }
    guard tables <= Self.tableLimit else {
      throw fail("the leaves take \(tables / 256) MiB of page tables; the limit is 1 GiB")
    }
    let kilobytes = header.initial.direct_map_kB
    machine = Machine(
      kernel: kernel, cpu: cpu, memory: MemoryMap([region]), leaves: leaves,
      directMapKilobytes: [
        .size4K: kilobytes.of4K, .size2M: kilobytes.of2M, .size1G: kilobytes.of1G,
      ])
  }

  mutating func step(_ step: RecordingStep) throws(Failure) -> Recording.Step {
    let call = try self.call(step)
    let pages = region.upperBound - region.lowerBound
    let leaves = try Self.runs(
      step.leaves, from: AddressLayout.directMapAddress(of: region.lowerBound), pages: pages)
    var aliases: [(area: AreaName, leaves: [LeafRun])] = []
    for (handle, runs) in (step.alias_leaves ?? [:]).sorted(by: { $0.key < $1.key }) {
      let name = try Self.areaName(handle)
      guard let pages = areaPages[name] else { throw Failure("no mapping is called \(handle)") }
      aliases.append((name, try Self.runs(runs, from: VirtualAddress(0), pages: pages)))
    }
    return Recording.Step(
      call: call, returned: ReturnCode(rawValue: step.ret), leaves: leaves,
      aliasLeaves: aliases, counters: Self.counters(step))
  }

  /// Runs with addresses; they must be leaves of a known size that cover the pages without a gap.
  private static func runs(
    _ recorded: [RecordedRun], from start: VirtualAddress, pages: PageCount,
  ) throws(Failure) -> [LeafRun] {
    var runs: [LeafRun] = []
    runs.reserveCapacity(recorded.count)
    var next: UInt64 = 0
    for run in recorded {
      guard run.page == next, run.pages > 0, run.pages <= pages.rawValue - next else {
        throw Failure("the leaves do not cover the pages in order, at page \(run.page)")
      }
      let size = LeafSize(name: run.size)
      guard size != nil || run.size == "none" else {
        throw Failure("\"\(run.size)\" is no leaf size; expected 4K, 2M, 1G or none")
      }
      let address = start + PageCount(run.page)
      let isWhole = size.map {
        run.pages % $0.pages.rawValue == 0 && address.isAligned(to: $0)
      }
      guard isWhole ?? true else { throw Failure("a \(run.size) leaf is cut at page \(run.page)") }
      guard run.attributes.hasPrefix("0x"),
        let bits = UInt64(run.attributes.dropFirst(2), radix: 16)
      else { throw Failure("\"\(run.attributes)\" is no hexadecimal number") }
      runs.append(
        LeafRun(
          start: address, pages: PageCount(run.pages), size: size,
          flags: EntryFlags(rawValue: bits)))
      next += run.pages
    }
    guard next == pages.rawValue else { throw Failure("the leaves end at page \(next)") }
    return runs
  }

  private static func counters(_ step: RecordingStep) -> [Recording.Expected] {
    typealias Expected = Recording.Expected
    let calls = step.calls
    var all = [
      Expected(name: "splits 2M", source: .growth(.level2Splits), value: step.splits.of2M),
      Expected(name: "splits 1G", source: .growth(.level3Splits), value: step.splits.of1G),
      Expected(
        name: "DirectMap4k", source: .kilobytes(.size4K), value: step.direct_map_kB.of4K),
      Expected(
        name: "DirectMap2M", source: .kilobytes(.size2M), value: step.direct_map_kB.of2M),
      Expected(
        name: "DirectMap1G", source: .kilobytes(.size1G), value: step.direct_map_kB.of1G),
      Expected(
        name: "flush_tlb_all", source: .growth(.flushTLBAll), value: calls.flush_tlb_all),
      Expected(name: "cpa_flush", source: .growth(.cpaFlush), value: calls.cpa_flush),
      Expected(
        name: "__cpa_flush_tlb", source: .growth(.cpaFlushTLB), value: calls.__cpa_flush_tlb),
      Expected(
        name: "flush_tlb_one_kernel", source: .growth(.flushTLBOneKernel),
        value: calls.flush_tlb_one_kernel),
      Expected(
        name: "flush_tlb_kernel_range", source: .growth(.flushTLBKernelRange),
        value: calls.flush_tlb_kernel_range),
      // The engine writes caches back through the inner function, as the kernel does.
      Expected(name: "clflush_cache_range", source: .never, value: calls.clflush_cache_range),
    ]
    if let collapses = step.collapses {
      all.append(
        Expected(
          name: "collapses 2M", source: .growth(.level2Collapses), value: collapses.of2M))
      all.append(
        Expected(
          name: "collapses 1G", source: .growth(.level3Collapses), value: collapses.of1G))
    }
    let open = step.indeterminate ?? []
    return open.isEmpty ? all : all.filter { !open.contains($0.name) }
  }
}

// MARK: - Calls

extension RecordingReader {
  private mutating func call(_ step: RecordingStep) throws(Failure) -> Call {
    if step.op == "vunmap" {
      let name = try Self.areaName(step.target)
      areaPages[name] = nil
      return .vunmap(name)
    }
    guard let page = step.page, let rawCount = step.count, rawCount > 0,
      page < region.count64, rawCount <= region.count64
    else { throw Failure("page and count of \(step.op) must lie in the region") }
    let count = PageCount(rawCount)
    let pfn = region.lowerBound + PageCount(page)
    switch step.op {
    case "touch": return .touch(.write, .frame(pfn), count)
    case "vmap", "vmap_page_range":
      let name = try Self.areaName(step.target)
      areaPages[name] = count
      guard step.op == "vmap" else { return .vmapPageRange(name, pfn, count, at: nil) }
      return .vmap(name, FrameStride(first: pfn, count: count), at: place(pfn, count))
    case "set_direct_map_valid_noflush":
      guard let valid = step.valid else { throw Failure("the key \"valid\" is missing") }
      return .setDirectMapValid(pfn, count, valid)
    default: break
    }
    if let operation = SetDirectMap.allCases.first(where: { $0.name == step.op }) {
      return .setDirectMap(operation, pfn, count)
    }
    if let operation = SetPagesArray.allCases.first(where: { $0.name == step.op }) {
      let stride = PageCount(step.stride ?? 1)
      return .setPagesArray(operation, FrameStride(first: pfn, stride: stride, count: count))
    }
    if let operation = SetPages.allCases.first(where: { $0.name == step.op }) {
      return .setPages(operation, pfn, count)
    }
    if let operation = SetMemory.allCases.first(where: { $0.name == step.op }) {
      guard step.target != "direct" else { return .setMemory(operation, .frame(pfn), count) }
      return .setMemory(
        operation, .area(try Self.areaName(step.target), page: PageCount(page)), count)
    }
    throw Failure("the operation \"\(step.op)\" is not known")
  }

  /// `vmap:3` as the name of an area.
  private static func areaName(_ handle: String) throws(Failure) -> AreaName {
    guard handle.hasPrefix("vmap:"), let number = UInt32(handle.dropFirst(5)),
      let name = AreaName("vmap\(number)")
    else { throw Failure("\"\(handle)\" is no mapping; expected vmap: and a number") }
    return name
  }

  /// A free place whose distance to a 2M boundary is not that of the frames.
  private mutating func place(_ pfn: PFN, _ count: PageCount) -> VirtualAddress {
    let block = LeafSize.size2M.pages.rawValue
    let place = nextPlace + PageCount((pfn.rawValue + block / 2) % block)
    nextPlace = (place + count + PageCount(2 * block)).alignedDown(to: .size2M)
    return place
  }
}

extension Range<PFN> {
  fileprivate var count64: UInt64 { (upperBound - lowerBound).rawValue }
}

extension LeafRun {
  /// How many page tables the leaves fill.
  fileprivate var tables: UInt64 {
    switch size {
    case .size4K: pages.rawValue / 512
    case .size2M: pages.rawValue / (512 * 512)
    case .size1G, nil: 0
    }
  }
}
