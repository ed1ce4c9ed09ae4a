import Engine
import KernelText
import Language
import Parsing
import TestSupport
import Testing

@testable import Exploring

/// What searches find, and that it hangs on nothing but the question.
@Suite struct ExplorerTests {
  /// A search on the machine for teaching.
  static func explorer(
    _ kernel: KernelProfile, policies: [PolicyName] = [], setup: [String] = [],
    _ operations: [String], targets: [String]? = nil, beside rival: Machine? = nil,
    _ change: (inout Explorer.Options) -> Void = { _ in },
  ) throws -> Explorer {
    let machine = try machine(kernel, policies, setup)
    let alphabet = try Alphabet(operations, on: targets ?? Alphabet.usualTargets(on: machine))
    var options = Explorer.Options()
    options.depth = 3
    change(&options)
    return Explorer(from: machine, beside: rival, alphabet: alphabet, options: options)
  }

  static func machine(
    _ kernel: KernelProfile, _ policies: [PolicyName] = [], _ setup: [String] = [],
  ) throws -> Machine {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var machine = try Machine(
      booting: description, kernel: kernel,
      options: BootOptions(policies: try PolicySet(policies)))
    for line in setup {
      let read = try #require(try Parser(file: "test").statement(ofLine: line))
      guard case .call(let call) = read.statement else { continue }
      try machine.perform(call)
    }
    return machine
  }

  /// The calls of the first hit of a property.
  static func calls(
    _ property: Property, in found: Exploration, _ explorer: Explorer,
  ) -> [String]? {
    found.hits.first { $0.property == property }?.calls.map { explorer.alphabet.lines[$0] }
  }

  // MARK: - What is known is found

  @Test func `G does not come back when a page is present again`() async throws {
    let explorer = try Self.explorer(.linux7_2, ["set_memory_np", "set_memory_p"])
    let found = await explorer.run()
    let hit = try #require(found.hits.first)
    #expect(hit.property == .inverse && hit.words.contains("change G at"))
    #expect(
      hit.calls.map { explorer.alphabet.lines[$0] }
        == ["set_memory_np pfn:0x140001", "set_memory_p pfn:0x140001"])
    #expect(found.hits.allSatisfy { $0.property == .inverse })
  }

  @Test(arguments: [KernelProfile.linux6_1, .linux7_2])
  func `a change that only the direct map needs is not flushed`(_ kernel: KernelProfile)
    async throws
  {
    let explorer = try Self.explorer(
      kernel, setup: ["vmap v pfn:0x140001"], ["set_memory_ro", "set_memory_rw"],
      targets: ["v", "pfn:0x140001"])
    let found = await explorer.run()
    #expect(
      Self.calls(.flush, in: found, explorer)
        == ["set_memory_ro v", "set_memory_rw pfn:0x140001", "set_memory_ro v"])
  }

  @Test func `the branch of 2022 stops the kernel`() async throws {
    let explorer = try Self.explorer(
      .linux6_1, policies: [.hyeyooCount2022], ["set_memory_ro", "set_memory_rw"])
    let found = await explorer.run()
    #expect(
      Self.calls(.bug, in: found, explorer)
        == ["set_memory_ro pfn:0x140000 512", "set_memory_rw pfn:0x140001"])
    #expect(Self.calls(.drift, in: found, explorer) != nil)
  }

  @Test func `merging in CPA flushes more than not merging`() async throws {
    let explorer = try Self.explorer(
      .linux6_1, policies: [.aaronLu2022], ["set_memory_ro", "set_memory_rw"],
      beside: Self.machine(.linux6_1)
    ) { $0.properties = [.flushes, .monotone] }
    let found = await explorer.run()
    #expect(Self.calls(.flushes, in: found, explorer) != nil)
    #expect(Self.calls(.monotone, in: found, explorer) == nil)
  }

  @Test func `a writable page made executable is both`() async throws {
    let explorer = try Self.explorer(.linux6_12, ["set_memory_x", "set_memory_nx"])
    let found = await explorer.run()
    #expect(Self.calls(.wx, in: found, explorer) == ["set_memory_x pfn:0x140001"])
    #expect(found.hits.count { $0.property == .wx } == 1)
  }

  @Test func `another cache type in an area is found where it comes about`() async throws {
    let explorer = try Self.explorer(
      .linux7_2, setup: ["vmap v pfn:0x140001"], ["set_memory_uc", "set_memory_wb"],
      targets: ["v", "pfn:0x140001"]
    ) { $0.properties = [.cacheTypes] }
    let found = await explorer.run()
    #expect(
      Self.calls(.cacheTypes, in: found, explorer) == ["set_memory_uc pfn:0x140001"])
  }

  @Test func `kernels differ in what one collapses`() async throws {
    let explorer = try Self.explorer(
      .linux6_12, ["set_memory_ro", "set_memory_rw", "set_memory_rox"],
      beside: Self.machine(.linux7_2)
    ) { $0.properties = [.same] }
    let found = await explorer.run()
    let calls = try #require(Self.calls(.same, in: found, explorer))
    // Told by the machines themselves, made anew.
    var (one, other) = (explorer.start, try #require(explorer.rival))
    for (index, place) in found.hits[0].calls.enumerated() {
      let call = explorer.alphabet.calls[place]
      try one.perform(call)
      try other.perform(call)
      let at = one.directMapAddress(of: 0x140000)
      let isSame =
        one.tables.runs(from: at, pages: 1024) == other.tables.runs(from: at, pages: 1024)
      #expect(isSame == (index < calls.count - 1))
    }
  }

  @Test func `what cannot heal is decided where all states were seen`() async throws {
    let explorer = try Self.explorer(
      .linux7_2, ["set_memory_ro", "set_memory_rw", "set_memory_rox", "set_memory_nx"]
    ) {
      $0.depth = 12
      $0.properties = [.heals]
    }
    let found = await explorer.run()
    #expect(found.isClosed && found.statesByDepth.last == 0)
    // D does not come back by any of these calls, so the leaf never does.
    #expect(Self.calls(.heals, in: found, explorer) == ["set_memory_ro pfn:0x140001"])
  }

  @Test func `what may heal beyond the depth is not called lost`() async throws {
    let explorer = try Self.explorer(
      .linux7_2, ["set_memory_ro", "set_memory_rw", "set_memory_rox", "set_memory_nx"]
    ) {
      $0.depth = 1
      $0.properties = [.heals]
    }
    let found = await explorer.run()
    #expect(!found.isClosed && found.hits.isEmpty)
  }

  // MARK: - The same for everyone

  @Test func `the number of jobs changes nothing`() async throws {
    let operations = ["set_memory_ro", "set_memory_rw", "set_memory_np", "set_memory_p"]
    let run = { (jobs: Int) in
      let explorer = try Self.explorer(.linux7_2, operations) {
        $0.depth = 4
        $0.jobs = jobs
        $0.randomSequences = 20
      }
      return ExploreResult(await explorer.run(), of: explorer, setup: "", beside: nil)
    }
    let one = try await run(1)
    #expect(one.statesByDepth.count == 5 && one.randomCalls > 0)
    #expect(try await run(3) == one)
  }

  @Test func `parts put together find what one search finds`() async throws {
    let run = { (shard: Explorer.Shard) in
      let explorer = try Self.explorer(
        .linux6_1, policies: [.hyeyooCount2022], Alphabet.usualOperations
      ) { $0.shard = shard }
      return ExploreResult(await explorer.run(), of: explorer, setup: "s", beside: nil)
    }
    let whole = try await run(Explorer.Shard())
    var joined = try await run(Explorer.Shard(2, of: 3))
    for index in [1, 3] { try joined.add(try await run(Explorer.Shard(index, of: 3)), file: "") }
    #expect(joined.parts == [1, 2, 3] && whole.hits.count > 3)
    #expect(joined.hits.map(\.calls) == whole.hits.map(\.calls))
    #expect(joined.hits.map(\.words) == whole.hits.map(\.words))
    let again = try await run(Explorer.Shard(1, of: 3))
    #expect(throws: ExploreError.partTwice(1, "f")) { try joined.add(again, file: "f") }
  }

  @Test func `random sequences are shrunk to what is needed`() async throws {
    let explorer = try Self.explorer(
      .linux6_1, policies: [.hyeyooCount2022], ["set_memory_ro", "set_memory_rw"]
    ) {
      $0.depth = 1
      $0.randomSequences = 50
      $0.properties = [.bug]
    }
    let found = await explorer.run()
    #expect(Self.calls(.bug, in: found, explorer)?.count == 2)
    // None of the calls can be left out.
    let hit = try #require(found.hits.first)
    for index in hit.calls.indices.dropLast() {
      var fewer = hit.calls
      fewer.remove(at: index)
      #expect(Place(fewer, explorer)?.machine.stopped == nil)
    }
  }

  // MARK: - States

  @Test func `pages of a slot that the calls treat alike may change places`() throws {
    let explorer = try Self.explorer(.linux7_2, ["set_memory_ro", "set_memory_rw"])
    var runs: [LeafRun] = []
    let key = { (calls: [Int]) in
      let place = try #require(Place(calls, explorer))
      return explorer.universe.key(of: place.machine, &runs)
    }
    let lines = explorer.alphabet.lines
    let first = try #require(lines.firstIndex(of: "set_memory_ro pfn:0x140001"))
    let second = try #require(lines.firstIndex(of: "set_memory_ro pfn:0x140002"))
    let other = try #require(lines.firstIndex(of: "set_memory_ro pfn:0x140200"))
    #expect(try key([first]) == key([second]))
    #expect(try key([first]) != key([other]) && key([first]) != key([]))
    #expect(try key([first, second]) != key([first]))
    // A call on one of them alone makes them differ.
    let alphabet = try Alphabet(
      reading: lines + ["set_memory_nx pfn:0x140001"])
    let universe = Universe(alphabet, on: explorer.start)
    let one = try #require(Place([first], explorer))
    let two = try #require(Place([second], explorer))
    #expect(universe.key(of: one.machine, &runs) != universe.key(of: two.machine, &runs))
  }

  /// Searches with calls of many kinds, and with policies that keep numbers with tables.
  private static let wide: [(kernel: KernelProfile, policies: [PolicyName], setup: [String])] = [
    (.linux7_2, [], ["vmap v pfn:0x140001 4"]), (.linux6_1, [.hyeyooCount2022], []),
    (.linux6_1, [.aaronLu2022], ["vmap v pfn:0x140001 4"]),
    (.linux6_1, [.unmapped2022, .mergeOnFree], []),
  ]

  @Test(arguments: wide.indices)
  func `what calls say they change is all that they change`(index: Int) async throws {
    let (kernel, policies, setup) = Self.wide[index]
    let machine = try Self.machine(kernel, policies, setup)
    var lines = [
      "set_memory_ro pfn:0x140001", "set_memory_rw pfn:0x140000 512",
      "set_memory_np pfn:0x140002 3",
      "set_memory_p pfn:0x140000 1024", "set_memory_uc pfn:0x140001", "poke pfn:0x140001 with RW",
      "touch write pfn:0x140003", "collapse pfn:0x140000 512", "vmap w pfn:0x140200 2", "vunmap w",
      "alloc_pages a 0", "free_pages a", "secretmem fault s", "secretmem release s", "drain",
      "vmalloc x 4 reset", "vfree x",
    ]
    if !setup.isEmpty { lines += ["set_memory_ro v 2", "set_memory_x v"] }
    var options = Explorer.Options()
    options.depth = 2
    let alphabet = try Alphabet(reading: lines)
    var known: (states: [Int], hits: [Exploration.Hit])?
    for readsWhole in [false, true] {
      options.readsWhole = readsWhole
      let found = await Explorer(from: machine, alphabet: alphabet, options: options).run()
      #expect(found.states > lines.count)
      if let known { #expect(known.states == found.statesByDepth && known.hits == found.hits) }
      known = (found.statesByDepth, found.hits)
    }
    // And part by part, along random sequences.
    let universe = Universe(alphabet, on: machine)
    var random = SeededGenerator(seed: UInt64(index))
    var (state, runs, changes) = (machine, [LeafRun](), StateParts.Changes())
    var parts = universe.parts(of: machine, &runs)
    for _ in 0..<300 {
      var log = EventLog()
      guard (try? state.perform(random.pick(alphabet.calls), into: &log)) != nil else { continue }
      universe.renew(&parts, of: state, after: log.events, &changes, &runs)
      #expect(parts == universe.parts(of: state, &runs))
    }
  }

  @Test func `a table of keys knows what it was given`() {
    var (states, plain) = (KnownStates(), Set<UInt64>())
    var random = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      // Often the same one again, and keys that stand at one place.
      let key = random.next(below: 9000) &* (random.oneIn(3) ? 1 << 32 : 0x9e37_79b9_7f4a_7c15)
      #expect(states.insert(key) == plain.insert(key).inserted)
    }
    #expect(states.count == plain.count && states.bytes < plain.count * 8 * 3)
  }

  @Test func `every hit holds when its scenario is run`() async throws {
    let explorer = try Self.explorer(
      .linux6_1, policies: [.hyeyooCount2022], ["set_memory_ro", "set_memory_rw"])
    let found = await explorer.run()
    let setup = "machine teaching-4g\nkernel linux-6.1\npolicy hyeyoo-count-2022\n"
    let result = ExploreResult(found, of: explorer, setup: setup, beside: nil)
    #expect(!result.hits.isEmpty)
    for hit in result.hits {
      let scenario = try Scenario(parsing: result.scenario(of: hit), file: "hit")
      let calls = scenario.statements.filter {
        if case .call = $0.statement { true } else { false }
      }
      #expect(calls.count == hit.calls.count && scenario.kernel == .linux6_1)
    }
    let again = try ExploreResult(reading: result.json, file: "result")
    #expect(again == result)
    #expect(throws: ExploreError.notAResult("x")) { try ExploreResult(reading: "{}", file: "x") }
  }
}
