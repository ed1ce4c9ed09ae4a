import Engine
import History
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

@Suite struct StopTests {
  /// The stops of some lines.
  private static func stops(_ lines: String...) throws -> StopList {
    var list = StopList()
    for line in lines {
      guard case .stop(let stop) = try Parser(file: "t").statement(ofLine: line)?.statement else {
        Issue.record("\(line) is no stop")
        continue
      }
      _ = list.add(stop)
    }
    return list
  }

  /// A history of the calls of a text.
  private static func timeline(_ text: String, _ machine: Machine) throws -> Timeline {
    var timeline = Timeline(machine)
    for call in try Scenario(parsing: text, file: "t").calls { try timeline.perform(call) }
    timeline.go(to: .start)
    return timeline
  }

  /// All hits from the beginning to the end, as going on finds them.
  private static func forwards(_ timeline: Timeline, _ stops: StopList) -> [StopHit] {
    var timeline = timeline
    timeline.go(to: .start)
    var hits: [StopHit] = []
    while let hit = timeline.nextHit(of: stops, forwards: true) {
      hits.append(hit)
      timeline.go(to: hit.moment)
    }
    return hits
  }

  /// The same, as going back finds them.
  private static func backwards(_ timeline: Timeline, _ stops: StopList) -> [StopHit] {
    var timeline = timeline
    timeline.go(to: timeline.end)
    var hits: [StopHit] = []
    while let hit = timeline.nextHit(of: stops, forwards: false) {
      hits.append(hit)
      timeline.go(to: hit.moment)
    }
    return hits.reversed()
  }

  @Test(arguments: [
    "break split", "break split 2M", "break split 1G in pfn:0x180000 512",
    "break merge 1G once", "break near-merge 3", "break near-merge 3 1G in area+2",
    "break fallback ignore 2", "break flush full disabled", "break call set_memory_rox",
    "break call module load once", "break function cpa_flush ignore 1",
    "break if DirectMap4k > 16384 && ret == 0",
    "break drift once ignore 3 disabled do \"why pfn:0x180000; continue\"", "watch pfn:0x180000",
    "watch cpa_flush ignore 7", "watch area+3 once", "break invariant",
    "break split do \"note \\\"a; b\\\"; goto 50%; branch new x; continue\"",
  ])
  func `a stop reads as it is written`(line: String) throws {
    let statement = try #require(try Parser(file: "t").statement(ofLine: line)?.statement)
    #expect(statement.scenarioText == line)
  }

  @Test(arguments: [
    ("break", "expected split or merge"), ("break splot", "did you mean 'split'?"),
    ("break near-merge", "a number of entries from 0 to 511"),
    ("break near-merge 512", "a number of entries from 0 to 511"),
    ("break flush", "expected full"), ("break call note", "the name of a call"),
    ("break function", "the name of a function of the kernel"),
    ("break if", "an expression"), ("break split in", "a target"),
    ("break split ignore 0", "how many times"), ("break split once twice", "found 'twice'"),
    ("watch", "a counter such as"),
    ("break drift do why", "a text between quotation marks"),
    ("break split do \"nonsense here\"", "t:1:17: unknown command 'nonsense'; there are"),
    ("break split do \"continu\"", "t:1:17: unknown command 'continu'; did you mean 'continue'?"),
    (
      "break split do \"note \\\"a; b\\\"; nte \\\"x\\\"\"",
      "t:1:32: unknown command 'nte'; did you mean 'note'?"
    ),
    ("break split do \"why pfn:1; why\"", "t:1:31: expected a target"),
    ("break split do \"save x\"", "t:1:17: unknown command 'save'"),
    ("watch cpa_flush do \"quit\"", "t:1:21: unknown command 'quit'"),
  ])
  func `nonsense is refused with the place and the way out`(line: String, part: String) {
    let error = #expect(throws: ParseError.self) { try Parser(file: "t").statement(ofLine: line) }
    #expect(error?.description.hasPrefix("t:1:") == true)
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test func `a split stops right after it, forwards and backwards`() throws {
    let timeline = try Self.timeline(
      "set_memory_ro pfn:0x180000\nset_memory_ro pfn:0x180001\nset_memory_ro pfn:0x180200",
      .ofLargeLeaves(kernel: .linux6_12))
    let hits = Self.forwards(timeline, try Self.stops("break split"))
    #expect(hits.map(\.moment.call) == [0, 0, 2])
    #expect(hits == Self.backwards(timeline, try Self.stops("break split")))
    for hit in hits {
      guard case .event(.tableInstalled) = hit.finding else {
        Issue.record("\(hit)")
        continue
      }
    }
    #expect(Self.forwards(timeline, try Self.stops("break split 1G")).count == 1)
    let elsewhere = try Self.stops("break split in pfn:0x180200 512")
    #expect(Self.forwards(timeline, elsewhere).map(\.moment.call) == [0, 2])
    #expect(Self.forwards(timeline, try Self.stops("break split in nowhere")).isEmpty)
  }

  @Test func `a call stops before it is made`() throws {
    let timeline = try Self.timeline(
      "set_memory_ro pfn:0x180000\nset_memory_rw pfn:0x180000\nset_memory_ro pfn:0x180001",
      .ofLargeLeaves(kernel: .linux6_12))
    let hits = Self.forwards(timeline, try Self.stops("break call set_memory_ro"))
    // At the beginning the first call lies ahead, and nothing was gone past.
    #expect(hits.map(\.moment) == [Moment(call: 2)])
    #expect(
      Self.backwards(timeline, try Self.stops("break call set_memory_ro")).map(\.moment)
        == [Moment(call: 0), Moment(call: 2)])
  }

  @Test func `coming nearer to a merge stops, and the merge`() throws {
    let text = """
      set_memory_ro pfn:0x180000 4
      set_memory_rox pfn:0x180000
      set_memory_rw pfn:0x180000 3
      touch write pfn:0x180000 3
      set_memory_nx pfn:0x180000
      set_memory_rw pfn:0x180003
      touch write pfn:0x180003
      """
    let timeline = try Self.timeline(text, .ofLargeLeaves(kernel: .linux7_2))
    let near = Self.forwards(timeline, try Self.stops("break near-merge 2"))
    let left = near.compactMap { hit -> Int? in
      if case .near(_, _, let entries) = hit.finding { entries } else { nil }
    }
    #expect(left.last == 0)
    #expect(left.allSatisfy { $0 <= 2 } && left == left.sorted(by: >))
    // At the end the last one is not behind the cursor.
    let before = near.filter { $0.moment < Moment(call: 7) }
    #expect(before == Self.backwards(timeline, try Self.stops("break near-merge 2")))
  }

  @Test func `an expression stops where it becomes true, inside the call`() throws {
    let timeline = try Self.timeline(
      "set_memory_ro pfn:0x180000\nset_memory_ro pfn:0x180200\nset_memory_ro pfn:0x180001",
      .ofLargeLeaves(kernel: .linux6_12))
    let list = try Self.stops("break if direct_map_level2_splits == 2")
    let hits = Self.forwards(timeline, list)
    #expect(hits.count == 1)
    #expect(hits.first?.moment.call == 1)
    #expect((hits.first?.moment.event ?? 0) > 0)
    #expect(hits == Self.backwards(timeline, list))
    // What is asked of the last call is asked of each.
    let each = try Self.stops("break if ret == 0")
    #expect(Self.forwards(timeline, each).map(\.moment) == (1...3).map { Moment(call: $0) })
  }

  @Test func `a page or a counter is watched`() throws {
    let timeline = try Self.timeline(
      "set_memory_ro pfn:0x180000\nset_memory_ro pfn:0x180001\nset_memory_rw pfn:0x180001",
      .ofLargeLeaves(kernel: .linux6_12))
    let page = Self.forwards(timeline, try Self.stops("watch pfn:0x180001"))
    // The 1G leaf and the 2M leaf that mapped it split, then its entry is written twice.
    #expect(page.map(\.moment.call) == [0, 0, 1, 2])
    let counter = Self.forwards(timeline, try Self.stops("watch cpa_flush"))
    #expect(counter.map(\.moment.call) == [0, 1, 2])
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func `going back finds the hits that going on found`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    for _ in 0..<40 {
      let pfn = Machine.largeLeavesStart + PageCount(random.next(below: 1536))
      let operation: SetMemory = random.pick([.ro, .rw, .rox, .nx, .np, .p])
      _ = try? timeline.perform(
        .setMemory(operation, .frame(pfn), PageCount(1 + random.next(below: 24))))
    }
    for lines in [
      ["break split", "break merge", "watch pfn:0x180010"],
      ["break if DirectMap4k > 4096", "break near-merge 2", "break flush full"],
      ["break call set_memory_rox", "break if last(cpa_flush) == 2", "watch DirectMap2M"],
    ] {
      var list = StopList()
      for line in lines {
        guard case .stop(let stop) = try Parser(file: "t").statement(ofLine: line)?.statement
        else { continue }
        _ = list.add(stop)
      }
      let on = Self.forwards(timeline, list)
      let back = Self.backwards(timeline, list)
      // Of several hits at one moment each way names one; a call that is stopped before at the
      // beginning is passed going back alone.
      let start = Moment.start
      let end = timeline.end
      #expect(
        on.map(\.moment).filter { $0 < end } == back.map(\.moment).filter { $0 > start },
        "seed \(seed) \(lines)")
      #expect(!on.isEmpty)
    }
  }

  @Test func `drift stops where KFENCE writes, and where the branch counts twice`() throws {
    for (asset, call) in [("merge-kfence", 2), ("merge-bug", 4)] {
      let text = try ProjectFiles.text("Assets/scenarios/\(asset).dmap")
      let scenario = try Scenario(parsing: text, file: asset)
      let teaching = try #require(MachineDescription(builtIn: "teaching-4g"))
      let machine = try scenario.boot(teaching, kernel: .linux7_2)
      var runner = Runner(scenario.statements, on: machine, stops: try Self.stops("break drift"))
      var found: StopHit?
      while found == nil, let step = try runner.next(logging: true) { found = step.hits.first }
      let hit = try #require(found)
      #expect(runner.callCount == call)
      #expect(hit.moment.call == call - 1 && hit.moment.event > 0)
      guard case .drift(let drift) = hit.finding else {
        Issue.record("\(hit)")
        continue
      }
      #expect(drift.tracked.count != drift.found.count)
      let inside = runner.machine(at: hit)
      #expect(inside.drift(ofEntries: try #require(drift.size.smaller), at: drift.slot) == drift)
      #expect(inside.checksum != runner.machine.checksum)
    }
  }

  @Test func `a broken invariant always stops, with a report`() throws {
    var machine = Machine.ofLargeLeaves(kernel: .linux6_12)
    try machine.perform(.setMemory(.ro, .frame(Machine.largeLeavesStart), 1))
    // What no call can do: an entry that shows another frame than its address stands for.
    let address = AddressLayout.directMapAddress(of: Machine.largeLeavesStart + 5)
    let old = try #require(machine.tables.lookup(address)).entry
    let wrong = Entry(Machine.largeLeavesStart + 6, old.flags(.size4K))
    machine.apply([.entryWritten(address, .size4K, old: old, new: wrong)])
    var timeline = Timeline(machine)
    try timeline.perform(.setMemory(.ro, .frame(Machine.largeLeavesStart + 1), 2))
    try timeline.perform(.setMemory(.ro, .frame(Machine.largeLeavesStart + 4), 3))
    timeline.go(to: .start)
    let found = timeline.nextHit(of: StopList(), forwards: true)
    let hit = try #require(found)
    #expect(hit.number == 0 && hit.moment == Moment(call: 2))
    guard case .broken(.wrongFrame(address, _)) = hit.finding else {
      Issue.record("\(hit)")
      return
    }
    let way = timeline.steps.map { $0.deed.title + "\n" }.joined()
    let report = BugReport(hit.finding, after: 2, on: timeline.machine, way: way)
    let read = try Scenario(parsing: report.text, file: "report")
    #expect(read.calls == timeline.steps.compactMap(\.call))
    #expect(report.text.contains("wrongFrame"))
  }

  @Test func `ignored hits are counted, temporary stops go, disabled ones sleep`() throws {
    var list = try Self.stops("break split ignore 1", "break merge once", "break drift disabled")
    let hits = [list.hit(1), list.hit(1), list.hit(2)]
    #expect(hits == [false, true, true])
    #expect(list.items[0].hits == 2)
    #expect(list.items.map(\.number) == [1, 3])
    let changes = [list.enable(3, true), list.enable(9, true), list.remove(3), list.remove(3)]
    #expect(changes == [true, false, true, false])
    let number = list.add(Stop(.drift))
    #expect(number == 4)
    for _ in list.items.count..<StopList.countMax { _ = list.add(Stop(.drift)) }
    let tooMany = list.add(Stop(.drift))
    #expect(tooMany == nil)
  }

  @Test func `a stop with a condition stops only where it is true`() throws {
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux6_1))
    for page in 0..<4 {
      try timeline.perform(
        .setMemory(.ro, .frame(Machine.largeLeavesStart + PageCount(UInt64(page) * 512)), 1))
    }
    let all = Self.forwards(timeline, try Self.stops("break split 2M"))
    let some = Self.forwards(
      timeline, try Self.stops("break split 2M if direct_map_level2_splits > 1"))
    let calls = Self.forwards(
      timeline, try Self.stops("break call set_memory_ro if direct_map_level2_splits == 3"))
    #expect(all.count == 4)
    #expect(some.count == 2)
    #expect(calls.count == 1)
  }

  @Test func `watch takes a range, and tbreak is a break that goes`() throws {
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux6_1))
    try timeline.perform(.setMemory(.ro, .frame(Machine.largeLeavesStart + 7), 2))
    let one = Self.forwards(timeline, try Self.stops("watch pfn:0x180007"))
    let range = Self.forwards(timeline, try Self.stops("watch pfn:0x180000 512"))
    #expect(range.count == one.count + 1)
    let list = try Self.stops("tbreak split 2M")
    #expect(list.items.first?.stop.isTemporary == true)
    #expect(list.items.first?.stop.scenarioText == "break split 2M once")
  }

  @Test func `calls of a stop's lines are made when the call is over, and hit nothing`() throws {
    let text = "set_memory_ro pfn:0x180000\nset_memory_ro pfn:0x180200\n"
    let scenario = try Scenario(parsing: text, file: "t")
    var runner = Runner(
      scenario.statements, on: Machine.ofLargeLeaves(kernel: .linux6_1),
      stops: try Self.stops("break split 2M"))
    var hits = 0
    while let step = try runner.next() {
      hits += step.hits.count
      if !step.hits.isEmpty { runner.insert([.setMemory(.ro, .frame(0x180400), 1)]) }
    }
    #expect(hits == 2)
    #expect(runner.callCount == 4)
  }

  @Test func `lines at a stop ask and claim, and one goes on`() {
    let commands = StopCommands([
      "note \"here\"", "expect DirectMap1G == 0", "set_memory_ro pfn:1", "nonsense", "continue",
    ])
    let done = commands.carryOut(on: Machine.ofLargeLeaves())
    #expect(!done.goesOn, "a line failed")
    #expect(StopCommands(["note \"here\"", "continue"]).carryOut(on: .ofLargeLeaves()).goesOn)
    #expect(done.lines[0] == "-- here")
    #expect(done.calls == [.setMemory(.ro, .frame(1), 1)])
    #expect(done.lines.contains { $0.contains("unknown command") })
  }
}
