import ArgumentParser
import Engine
import Exploring
@unsafe @preconcurrency import Glibc
import Interface
import Lab
import Lanes
import Language
import Scenarios

extension ExploreCommand {
  /// The search itself.
  struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search", abstract: "Search; the word itself can be left out.")

    @Argument(
      help: ArgumentHelp(
        "A scenario; the search begins where it ends. Without one, behind boot.", valueName: "file"),
      completion: .file(extensions: ["dmap"]))
    var file: String?

    @OptionGroup
    var options: MachineOptions

    @Option(
      help: ArgumentHelp(
        "The names of the calls to try, with commas: "
          + Alphabet.usualOperations.joined(separator: ",") + " by default.", valueName: "name,...")
    )
    var calls: String?

    @Option(
      name: .customLong("target"),
      help: ArgumentHelp(
        "What each of them is called on, such as 'pfn:0x140000 512'; may be repeated. By default a "
          + "page inside a large leaf, its neighbour, the 2M slot around them and a page of the next.",
        valueName: "target"))
    var targets: [String] = []

    @Option(
      name: .customLong("call"),
      help: ArgumentHelp(
        "A whole line to try besides, such as 'vunmap v'; may be repeated.", valueName: "line"))
    var lines: [String] = []

    @Option(help: ArgumentHelp("The most calls in a row.", valueName: "n"))
    var depth = 4

    @Option(
      name: .customLong("property"),
      help: ArgumentHelp(
        "What must hold; may be repeated: "
          + Property.allCases.map(\.rawValue).joined(separator: ", ")
          + ". By default all but heals, same and monotone.", valueName: "name"),
      completion: .list(Property.allCases.map(\.rawValue)))
    var properties: [String] = []

    @Option(
      help: ArgumentHelp(
        "Another kernel or other policies, for same and monotone: kernel:linux-6.1,policy:none.",
        valueName: "variant"))
    var beside: String?

    @Option(help: ArgumentHelp("Try this many random sequences behind the others.", valueName: "n"))
    var random = 0

    @Option(help: ArgumentHelp("The calls of each random sequence.", valueName: "n"))
    var randomLength = 24

    @Option(help: ArgumentHelp("The seed of the random sequences.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Stop after this many minutes.", valueName: "n"))
    var minutes: Double?

    @Option(
      help: ArgumentHelp("Search on this many threads; by default on all cores.", valueName: "n"))
    var jobs: Int?

    @Option(
      help: ArgumentHelp("Search one of N parts: I/N. explore merge joins them.", valueName: "i/n"))
    var shard: String?

    @Option(
      name: .customLong("confirm"),
      help: ArgumentHelp(
        "Search on the direct map of a real kernel in QEMU, a file or a Debian package, and make the "
          + "calls of every hit on it: docs/lab.md.", valueName: "kernel"),
      completion: .file(extensions: ["deb"]))
    var confirming: String?

    @OptionGroup(title: "The guest of a real kernel")
    var guest: GuestChoice

    @OptionGroup
    var printing: Printing

    func validate() throws {
      guard (1...64).contains(depth) else {
        throw ValidationError("--depth \(depth) is not a number from 1 to 64")
      }
      if random < 0 || randomLength < 1 || jobs.map({ $0 < 1 }) ?? false {
        throw ValidationError("--random, --random-length and --jobs are counts")
      }
    }

    @MainActor
    func run() async throws {
      let scenario = try file.map { try ScenarioFile($0).read() } ?? Scenario()
      let setup = try options.choose(for: scenario)
      let lab = try confirming.map { try Confirmation($0, guest, options, setup, scenario) }
      let machine = try lab?.kernel.machine ?? self.machine(setup, scenario)
      let rival = try rival(of: setup, scenario)
      let alphabet = try alphabet(on: machine, lab?.targets)
      var search = Explorer.Options()
      search.properties = try chosenProperties(rival != nil)
      search.depth = depth
      search.randomSequences = random
      search.randomLength = randomLength
      search.seed = seed
      search.jobs = jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
      search.shard = try chosenShard(search.properties)
      let explorer = Explorer(
        from: machine, beside: rival?.machine, alphabet: alphabet, options: search)
      let words = "Exploring \(counted(alphabet.calls.count, "call")) to depth \(depth)"
      let found = await Self.explore(explorer, words, minutes)
      var result = ExploreResult(
        found, of: explorer, setup: try text(of: setup, scenario), beside: rival?.software)
      lab?.confirm(&result, alphabet)
      try printing.tell(result)
    }

    /// Searches, for this many minutes at most.
    private static func explore(
      _ explorer: Explorer, _ words: String, _ minutes: Double?,
    ) async -> Exploration {
      await ProgressLine.during(words) { progress in
        let progress = progress ?? WorkProgress()
        if let minutes { stop(progress, after: minutes) }
        return await explorer.run(progress)
      }
    }

    /// Stops a search after this many minutes.
    private static func stop(_ progress: WorkProgress, after minutes: Double) {
      let milliseconds = Int32(clamping: Int(min(max(0, minutes), 30_000) * 60_000))
      _ = Worker().start {
        poll(nil, 0, milliseconds)
        progress.stop()
      }
    }

    /// The machine where the search begins.
    private func machine(_ setup: BootSetup, _ scenario: Scenario) throws -> Machine {
      var runner = Runner(scenario.statements, on: try MachineOptions.boot(setup))
      do throws(RunError) {
        while try runner.next() != nil {}
      } catch {
        throw UserError("\(error)")
      }
      return runner.machine
    }

    private func rival(
      of setup: BootSetup, _ scenario: Scenario,
    ) throws -> (machine: Machine, software: String)? {
      guard let beside else { return nil }
      let variant: Variant
      do {
        variant = try VariantList.read("beside=\(beside)")
      } catch {
        throw UserError("--beside: \(error)")
      }
      let other = setup.varied(by: variant)
      return (try machine(other, scenario), other.software)
    }

    private func alphabet(
      on machine: Machine, _ places: [String]?,
    ) throws(UserError) -> Alphabet {
      let names = calls.map { $0.split(separator: ",").map(String.init) }
      let on = targets.isEmpty ? places ?? Alphabet.usualTargets(on: machine) : targets
      let usual = lines.isEmpty || !targets.isEmpty ? Alphabet.usualOperations : []
      var all: [String] = []
      for name in names ?? usual { all += on.map { "\(name) \($0)" } }
      let alphabet: Alphabet
      do {
        alphabet = try Alphabet(reading: all + lines)
      } catch {
        throw UserError("a call cannot be tried: \(error.reason)")
      }
      guard (1...Alphabet.limit).contains(alphabet.calls.count) else {
        throw UserError(
          "there are \(alphabet.calls.count) calls to try; give 1 to \(Alphabet.limit)")
      }
      return alphabet
    }

    private func chosenProperties(_ hasRival: Bool) throws(UserError) -> [Property] {
      var chosen: [Property] = []
      do throws(ChoiceError) {
        for name in properties {
          chosen.append(
            try Choice.named(name, in: Property.allCases, by: \.rawValue, what: "property"))
        }
      } catch {
        throw UserError("\(error)")
      }
      if let property = chosen.first(where: \.needsRival), !hasRival {
        throw UserError("--property \(property.rawValue) needs --beside, what to compare with")
      }
      return chosen.isEmpty ? (hasRival ? [.same] : Property.usual) : chosen
    }

    private func chosenShard(_ properties: [Property]) throws(UserError) -> Explorer.Shard {
      guard let shard else { return Explorer.Shard() }
      let parts = shard.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1,
        index <= count
      else { throw UserError("--shard \(shard) is not I/N, such as 1/4") }
      if properties.contains(.heals) {
        throw UserError("--property heals needs all states at once; leave --shard out")
      }
      return Explorer.Shard(index, of: count)
    }

    /// What is booted and done first, as a scenario.
    private func text(of setup: BootSetup, _ scenario: Scenario) throws(UserError) -> String {
      do {
        var text = try setup.boot.scenario()
        text.statements = scenario.statements.filter {
          if case .call = $0.statement { true } else { false }
        }
        return text.scenarioText
      } catch {
        throw UserError("\(error)")
      }
    }
  }
}
