public import Engine
import Language
import Parsing

/// One of the three inputs that every remedy is given.
public struct RemedyInput: Sendable {
  /// What it is called in the table.
  public var name: String
  /// What it does.
  public var about: String
  /// Its calls, as lines of the language.
  let lines: [String]

  /// The three: code, permissions, guests.
  public static let all = [code, permissions, guests]

  /// Modules and BPF programs that come and go on a machine whose free memory is scattered.
  private static let code = RemedyInput(
    name: "code",
    about:
      "scattered memory; 6 modules and 24 BPF programs are loaded, half of them is freed again",
    lines: ["scatter other 60000 50 1"]
      + (0..<6).map {
        "module load m\($0) text=24576 data=12288 rodata=8192 ro_after_init=4096 init_text=4096"
      }
      + (0..<24).map { "bpf load p\($0) \(400 + 300 * $0)" }
      + (0..<3).map { "module unload m\($0)" } + (0..<12).map { "bpf free p\($0 * 2)" })

  /// Permissions that change and come back in place, page by page and as a whole.
  private static let permissions = RemedyInput(
    name: "permissions",
    about:
      "64 pages in 8 blocks turn read-only, writable again, and are written; in one more block a page "
      + "turns read-only, then all of it read-only and executable",
    lines: (0..<64).flatMap { index -> [String] in
      let page = "pfn:" + PFN(0x140000 + UInt64(index % 8) * 512 + UInt64(index)).hex
      return ["set_memory_ro \(page)", "set_memory_rw \(page)", "touch write \(page)"]
    } + ["set_memory_ro pfn:0x150003", "set_memory_rox pfn:0x150000 512"])

  /// A guest's memory and secret pages, out and back.
  private static let guests = RemedyInput(
    name: "guests",
    about:
      "a guest touches 1024 pages outside the direct map, 64 secret pages are made; all go again",
    lines: ["gmem fault guest 1024"] + (0..<64).map { "secretmem fault s\($0)" }
      + ["gmem release guest"] + (0..<64).map { "secretmem release s\($0)" })

  /// What one remedy came to.
  public struct Result: Equatable, Sendable, Encodable {
    /// 2M and 1G leaves that split.
    public var splits: Int64
    /// Leaves that re-formed.
    public var merges: Int64
    /// What DirectMap4k grew by, in kilobytes.
    public var kilobytesOf4K: Int64
    /// Flushes that every CPU took part in.
    public var shootdowns: Int64
    /// Of these, those for which every CPU was interrupted.
    public var interrupts: Int64
    /// Full flushes of one CPU alone, which are none of those.
    public var ownFlushes: Int64
    /// Calls that the kernel refused or that cannot be made.
    public var failures: Int
  }

  /// The machine for a kernel: 4 GiB, or of arm64 16 GiB from address 0 on and FEAT_BBM level 2, so that all frames
  /// of the inputs are there and blocks can split.
  private static func machine(for kernel: KernelProfile) -> MachineDescription? {
    guard kernel.architecture == .arm64 else { return MachineDescription(builtIn: "teaching-4g") }
    var description = MachineDescription(builtIn: "arm64-16g")
    description?.cpu[.bbml2] = true
    return description
  }

  /// Makes the calls on a machine of 4 GiB, or of arm64 16; a call that fails is counted, and the next is made.
  ///
  /// - Parameters:
  ///   - kernel: the kernel.
  ///   - policies: what is switched on in it.
  /// - Returns: `nil` if such a machine does not boot.
  public func result(_ kernel: KernelProfile, _ policies: [PolicyName]) -> Result? {
    let text = lines.joined(separator: "\n") + "\n"
    guard let scenario = try? Scenario(parsing: text, file: name),
      let description = Self.machine(for: kernel),
      let set = try? PolicySet(policies),
      var machine = try? Machine(
        booting: description, kernel: kernel, options: BootOptions(policies: set))
    else { return nil }
    let isArm64 = kernel.architecture == .arm64
    func kilobytes(_ machine: Machine) -> Int64 {
      isArm64 ? machine.linearKilobytesOf4K : machine.directMapKilobytes(.size4K)
    }
    let booted = (machine.counters, kilobytes(machine), machine.linearMapBooks.splits)
    var failures = 0
    for call in scenario.calls {
      let code = try? machine.perform(call)
      if code.map({ $0.rawValue < 0 }) ?? true { failures += 1 }
    }
    let growth = machine.counters.since(booted.0)
    return Result(
      splits: growth.splits + Int64(machine.linearMapBooks.splits - booted.2),
      merges: growth.merges, kilobytesOf4K: kilobytes(machine) - booted.1,
      shootdowns: growth.shootdowns, interrupts: growth.interrupts(machine.kernel),
      ownFlushes: growth[.mermapFlushTLB],
      failures: failures)
  }
}

extension Machine {
  /// What 4K leaves map of the linear map, in kilobytes; arm64 counts none.
  fileprivate var linearKilobytesOf4K: Int64 {
    let range = directMapRange
    let runs = tables.runs(from: range.lowerBound, pages: range.upperBound - range.lowerBound)
    return runs.reduce(0) { $0 + ($1.size == .size4K ? Int64($1.pages.rawValue) * 4 : 0) }
  }
}
