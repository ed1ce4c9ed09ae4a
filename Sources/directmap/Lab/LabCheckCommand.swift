import ArgumentParser
import Engine
import History
import Lab
import Language
import Narration

/// `directmap lab check`: random calls on a real kernel and its simulation, until they differ.
struct LabCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Make random calls on a real kernel and its simulation until they differ.",
    discussion: """
      Each seed begins where the kernel had booted. Where the two differ, calls are left out as long as \
      they still do, and what is left is printed as a scenario. Status 1 if a difference was found.
      """)

  @OptionGroup var image: LabKernelImage

  @Option(
    name: .customLong("random"),
    help: ArgumentHelp(
      "What the calls are about; may be repeated; all of the architecture if left out: "
        + CheckedKind.names.joined(separator: ", ") + ".", valueName: "kind"),
    completion: .list(CheckedKind.names))
  var kinds: [String] = []

  @Option(help: ArgumentHelp("How many seeds of each kind.", valueName: "n"))
  var seeds = 20

  @Option(help: ArgumentHelp("The first seed.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("How many calls a seed makes.", valueName: "n"))
  var calls = 80

  @Option(help: ArgumentHelp("Stop after this many minutes.", valueName: "m"))
  var minutes: Int?

  @OptionGroup var guest: GuestMachineOptions
  @OptionGroup var choice: GuestChoice

  func validate() throws {
    if seeds < 1 || calls < 1 {
      throw ValidationError("--seeds and --calls must be at least 1")
    }
    if guest.attach != nil {
      throw ValidationError(
        "each seed begins where the kernel had booted, and a QEMU that runs cannot be brought back; leave "
          + "out --attach")
    }
  }

  func run() throws {
    let chosen = try kinds.map { try CheckedKind.named($0) }
    let clock = ContinuousClock()
    let end = minutes.map { clock.now.advanced(by: .seconds($0 * 60)) }
    var tally = (seeds: 0, calls: 0, differences: 0)
    let isArm64 = try guest.options(choice, kernel: image.kernel).isArm64
    // A guest serves all kinds that need the same machine.
    let sets = Dictionary(grouping: chosen.isEmpty ? CheckedKind.all(isArm64: isArm64) : chosen) {
      $0.machine
    }
    for (_, kinds) in sets.sorted(by: { $0.key < $1.key }) {
      let lab = try Self.boot(kinds[0], guest, choice, image.kernel)
      if tally.seeds == 0 {
        CommandLine.sayNow("\(lab.name), simulated as \(lab.machine.kernel.name)")
        CommandLine.sayNow(lab.nearest.sentence)
      }
      let region = kinds[0].needsRegion ? try Self.region(of: lab) : 0..<0
      for kind in kinds {
        for seed in seed..<seed + UInt64(seeds) {
          if let end, clock.now >= end { return try finish(tally) }
          let (made, differs) =
            switch kind {
            case .calls(let kind): try check(kind, seed, on: lab, in: region)
            case .recorded(let kind): try check(kind, seed, on: lab)
            }
          tally = (tally.seeds + 1, tally.calls + made, tally.differences + (differs ? 1 : 0))
        }
      }
    }
    try finish(tally)
  }

  private func finish(_ tally: (seeds: Int, calls: Int, differences: Int)) throws {
    CommandLine.sayNow(
      "\(tally.seeds - tally.differences)/\(tally.seeds) seeds alike, \(counted(tally.calls, "call"))"
    )
    if tally.differences > 0 { throw ExitCode(1) }
  }

  /// A guest for a kind.
  static func boot(
    _ kind: CheckedKind, _ guest: GuestMachineOptions, _ choice: GuestChoice, _ kernel: String?,
  ) throws(UserError) -> LabKernel {
    var choice = choice
    if choice.ram == nil, kind.needsRegion { choice.ram = "5G" }
    var options = try guest.options(choice, kernel: kernel)
    if choice.cpus == nil { options.cpus = kind.cpus }
    options.append = [options.append, kind.append].filter { !$0.isEmpty }.joined(separator: " ")
    return try LabKernel.booted(options, choice, as: try guest.profile())
  }

  /// A region of a guest for random calls.
  static func region(of lab: LabKernel) throws(UserError) -> Range<PFN> {
    let region: Range<PFN>?
    do throws(LabError) {
      region = try lab.takeRegion()
    } catch {
      throw UserError(error.description)
    }
    guard let region else {
      throw UserError("the guest has no 2M of free memory in a row; give it more with --ram")
    }
    return region
  }

  /// Records the steps of a seed and holds them against the simulation; how many, and whether they differ.
  private func check(
    _ kind: RecordedKind, _ seed: UInt64, on lab: LabKernel,
  ) throws(UserError) -> (made: Int, differs: Bool) {
    do throws(LabError) {
      let text = try lab.record(kind, seed: seed, steps: calls)
      let (steps, differences) = try kind.check(text)
      if differences.isEmpty {
        CommandLine.sayNow("\(kind.rawValue) \(seed): \(counted(steps, "step")) alike")
      } else {
        CommandLine.sayNow(
          "\(kind.rawValue) \(seed): \(differences.count) of \(counted(steps, "step")) differ")
        for difference in differences { CommandLine.sayNow("  \(difference)") }
      }
      return (steps, !differences.isEmpty)
    } catch {
      CommandLine.sayNow("\(kind.rawValue) \(seed): \(error)")
      return (0, true)
    }
  }

  /// Makes the calls of a seed; how many, and whether the two differ.
  private func check(
    _ kind: RandomKind, _ seed: UInt64, on lab: LabKernel, in region: Range<PFN>,
  ) throws(UserError) -> (made: Int, differs: Bool) {
    var random = RandomCalls(kind, seed: seed, in: region)
    let list = (0..<calls).map { _ in random.next() }
    do throws(CallError) {
      let (made, difference) = try LockStep.firstDifference(of: list, on: lab)
      guard let difference else {
        CommandLine.sayNow("\(kind.rawValue) \(seed): \(counted(made.count, "call")) alike")
        return (made.count, false)
      }
      CommandLine.sayNow("\(kind.rawValue) \(seed): call \(made.count) differs: \(difference)")
      let short = try Shrinking.shortest(of: made) { calls throws(CallError) in
        try LockStep.firstDifference(of: calls, on: lab).difference != nil
      }
      for call in short { CommandLine.sayNow("  \(call.scenarioText)") }
      return (made.count, true)
    } catch {
      // A kernel that stopped is a finding too; the next seed brings it back.
      CommandLine.sayNow("\(kind.rawValue) \(seed): \(error)")
      return (0, true)
    }
  }
}

/// What random calls are about.
nonisolated enum CheckedKind {
  /// Calls that are made one by one, in lock-step with the simulation.
  case calls(RandomKind)
  /// Steps that are recorded, and held against the simulation then.
  case recorded(RecordedKind)

  /// The word that a user writes.
  var name: String {
    switch self {
    case .calls(let kind): kind.rawValue
    case .recorded(let kind): kind.rawValue
    }
  }

  static var names: [String] { all.map(\.name) }

  private static var all: [Self] {
    RandomKind.allCases.map(Self.calls) + RecordedKind.allCases.map(Self.recorded)
  }

  /// Those of an architecture.
  static func all(isArm64: Bool) -> [Self] {
    let recorded = RecordedKind.all(isArm64: isArm64).map(Self.recorded)
    return isArm64 ? recorded : RandomKind.allCases.map(Self.calls) + recorded
  }

  /// The kind that a user names.
  static func named(_ name: String) throws(UserError) -> Self {
    do {
      return try Choice.named(name, in: all, by: \.name, what: "kind")
    } catch {
      throw UserError("\(error)")
    }
  }

  /// Whether the calls need memory that nobody else uses.
  var needsRegion: Bool {
    switch self {
    case .calls: true
    case .recorded: false
    }
  }

  /// How many CPUs the guest must have.
  var cpus: Int {
    switch self {
    case .calls(let kind): kind.cpus
    case .recorded: 1
    }
  }

  /// What its command line must say.
  var append: String {
    switch self {
    case .calls(let kind): kind.append
    case .recorded: ""
    }
  }

  /// What kinds have in common that one guest serves.
  fileprivate var machine: String { "\(cpus) \(append) \(needsRegion)" }
}
