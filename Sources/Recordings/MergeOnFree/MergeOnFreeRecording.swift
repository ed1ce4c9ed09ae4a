public import Engine
import KernelText

/// A recording of the type Unmapped of January 2022 and of its merge on free, on a booted kernel: what
/// was asked of the page allocator and of users, and after each step the leaves, the pageblocks, and how
/// many blocks are free.
///
/// Where the free blocks lie is told of Unmapped ones alone. The others are placed by their numbers; which
/// frames the kernel took shows whether they were the same.
public struct MergeOnFreeRecording: Sendable {
  /// The kernel as the file names it.
  public var kernelName: String
  /// The name of the recording.
  public var name: String
  /// Which merge the kernel had: posted, literal, literal-checked, repaired, checked.
  public var variant: String
  /// The policies that are the same.
  public var policies: PolicySet

  let header: MergeOnFreeHeader
  let steps: [MergeOnFreeStep]
  let leaves: [LeafRun]

  /// Whether bytes begin like such a recording.
  public static func recognizes(_ bytes: some Collection<UInt8>) -> Bool {
    String(decoding: bytes.prefix(80), as: UTF8.self)
      .contains("\"directmap-merge-on-free-recording\"")
  }

  /// Begins at a header and reads all steps.
  init(at lines: LineStream) throws {
    var lines = lines
    header = try lines.decode(MergeOnFreeHeader.self)
    func fail(_ reason: String) -> RecordingError { RecordingError(line: 1, reason: reason) }
    guard header.version == 1 else {
      throw fail("version \(header.version) of this format is not known; expected 1")
    }
    kernelName = header.kernel
    name = header.name
    variant = header.variant
    var steps: [MergeOnFreeStep] = []
    while try lines.advanceInRecording() {
      steps.append(try lines.decode(MergeOnFreeStep.self))
    }
    guard !steps.isEmpty else { throw RecordingError.noSteps }
    self.steps = steps
    guard let policies = Self.policies(header.variant, steps) else {
      throw fail(
        "the variant \"\(header.variant)\" is not known; expected posted, literal, literal-checked, "
          + "repaired or checked")
    }
    self.policies = policies
    guard let runs = header.initial.leaves, let last = runs.last,
      last.page <= AddressLayout.pfnLimit.rawValue, last.pages <= AddressLayout.pfnLimit.rawValue
    else { throw fail("initial.leaves is missing or too long") }
    do {
      leaves = try RecordingReader.runs(
        runs, from: AddressLayout.pageOffset, pages: PageCount(last.page + last.pages))
    } catch {
      throw fail("initial.leaves: \(error.reason)")
    }
    // Kernel 6.1 is what all of them were ported to.
    guard header.kernel.contains(" 6.1.") else {
      throw fail("the kernel \"\(header.kernel)\" has no profile here; expected 6.1")
    }
  }

  private static func policies(_ variant: String, _ steps: [MergeOnFreeStep]) -> PolicySet? {
    // Users that do not set the flag, and nobody else asks: a kernel without the type.
    let usesFlag = !(steps.first?.op == "users 0")
    let names: [PolicyName]? =
      switch variant {
      case "posted": usesFlag ? [.unmapped2022] : [.cpuLists]
      case "literal": [.unmapped2022, .mergeOnFreeLiteral]
      case "literal-checked": [.unmapped2022, .mergeOnFreeLiteralChecked]
      case "repaired": [.unmapped2022, .mergeOnFree]
      case "checked": [.unmapped2022, .mergeOnFreeChecked]
      default: nil
      }
    return names.flatMap { try? PolicySet($0) }
  }

  /// The machine before the first step, with the largest free blocks of its highest zone from a frame on.
  func machine(blocksFrom base: PFN) -> Machine {
    var cpu = CPUFeatures()
    cpu[.pti] = false
    cpu.cpus = min(max(header.cpu.cpus, 1), 8192)
    let ram = leaves.filter { $0.size != nil }.compactMap { run -> Range<PFN>? in
      guard let first = AddressLayout.directMapFrame(of: run.start) else { return nil }
      return first..<(first + run.pages)
    }
    let kilobytes = header.initial.direct_map_kB?.bySize ?? [:]
    var kernel = KernelProfile.linux6_1
    kernel.buddy.debugsLists = name.hasSuffix("-debuglist")
    // The kernels for two CPUs have transparent huge pages.
    kernel.buddy.cpuLists = CPUListRules()
    kernel.buddy.cpuLists?.holdsHugePages = cpu.cpus > 1
    var machine = Machine(
      kernel: kernel, cpu: cpu, memory: MemoryMap(ram), leaves: leaves,
      directMapKilobytes: kilobytes, policies: policies)
    var placing = FreePlacing(header.initial, memory: machine.memory, base: base)
    machine.observe(placing.place())
    return machine
  }

  /// Makes every step here and compares.
  ///
  /// Compared are splits, merges, flushes, what was missed, refused and marked, the DirectMap lines, the
  /// leaves by size and kind, and the pageblocks, free blocks and pages on the CPU's lists of the type
  /// Unmapped. As long as the frames are the same as those of the kernel, so must be every leaf.
  public func check() -> RecordingCheck {
    var best: (check: RecordingCheck, frames: Int)?
    for base in bases {
      var checker = MergeOnFreeChecker(self, machine(blocksFrom: base))
      let check = checker.check()
      if best.map({ checker.equalFrames > $0.frames }) ?? true {
        best = (check, checker.equalFrames)
      }
      if checker.isAligned { break }
    }
    return best?.check ?? RecordingCheck()
  }

  /// Where the largest free blocks may begin: the first block that the kernel took is one of them, or
  /// lies in front of them, with what boot left of another. Pageblocks of other types are none of them.
  private var bases: [PFN] {
    let others = (header.initial.pageblocks ?? []).map { $0.first..<($0.first + $0.count * 512) }
    let frames = steps.lazy.compactMap(\.frames.first)
    let first = frames.first { frame in
      frame >= 0x10_0000 && !others.contains { $0.contains(frame) }
    }
    guard let first else { return [0x10_1400] }
    let block = PFN(first / 1024 * 1024)
    return [block, block + 1024, block + 2048]
  }
}
