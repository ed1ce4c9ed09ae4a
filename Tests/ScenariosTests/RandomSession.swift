import Engine
import History
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

/// A session that a random user made: calls, notes and pauses on branches, marks, stops, cursors.
struct RandomSession {
  var session: Session
  private var random: SeededGenerator

  /// Where its calls are made: a small machine, which is fast.
  static func machine() -> Machine { Machine.ofLargeLeaves(kernel: .linux7_2) }

  init(seed: Int, steps: Int = 40) throws {
    random = SeededGenerator(seed: UInt64(seed))
    let names = ["teaching-4g", "laptop-16g", "server-256g-2node"]
    var description = try #require(MachineDescription(builtIn: random.pick(names)))
    for name in CPUFeatures.Switch.allCases where name.works(on: .x86_64) {
      if random.oneIn(4) { description.cpu[name].toggle() }
    }
    if random.oneIn(3) { description.cpu.cpus = Int(random.next(below: 64)) + 1 }
    let boot = Session.Boot(
      description, kernel: random.pick(KernelProfile.x86),
      policies: random.oneIn(2) ? .none : try PolicySet([.edgecombe2021]))
    session = Session(boot, timeline: Timeline(Self.machine()))
    for _ in 0..<steps { step() }
    for _ in 0..<random.next(below: 4) { _ = session.stops.add(randomStop()) }
  }

  private mutating func randomCall() -> Call {
    let pfn = Machine.largeLeavesStart + PageCount(random.next(below: 4096))
    let pages = PageCount(1 + random.next(below: 600))
    let operations: [SetMemory] = [.ro, .rw, .rox, .np, .p, .split4K, .nx, .wc]
    return switch random.next(below: 8) {
    case 0: .vmap(areaName, FrameStride(first: pfn, count: pages), at: nil)
    case 1: .vunmap(areaName)
    case 2: .touch(random.pick(Call.Access.allCases), .frame(pfn), pages)
    default: .setMemory(random.pick(operations), .frame(pfn), pages)
    }
  }

  private var areaName: Name {
    mutating get {
      Name(random.pick(["a", "b", "c"])) ?? session.timeline.machine.areas.live[0].name
    }
  }

  private mutating func randomStop() -> Stop {
    var stop = Stop(
      random.pick([
        .split(nil, nil), .merge(.size2M, nil), .fallback, .drift, .call("set_memory_ro"),
        .nearMerge(3, .size1G, nil), .flushFull, .reading(Reading.all[0]),
        .function("cpa_flush"),
      ]))
    stop.isTemporary = random.oneIn(3)
    stop.isEnabled = !random.oneIn(3)
    stop.ignored = Int(random.next(below: 3))
    return stop
  }

  private mutating func step() {
    switch random.next(below: 14) {
    case 0..<6:
      let notes =
        random.oneIn(4) ? ["a \"note\" \(random.next(below: 100))\nof two lines # \\"] : []
      _ = try? session.timeline.perform(randomCall(), notes: notes)
    case 6:
      let end = UInt64(session.timeline.end.call)
      session.timeline.go(
        to: Moment(call: Int(random.next(below: end + 1)), event: Int(random.next(below: 4))))
    case 7: session.timeline.stepEventBack()
    case 8:
      let count = UInt64(session.timeline.branches.count)
      session.timeline.switchBranch(to: Int(random.next(below: count)))
    case 9:
      let name = random.pick(["x", "from", "1-2", "-", ".b", "main2", "end", "9"])
      if random.oneIn(2) {
        try? session.timeline.rename(session.timeline.current, to: name)
      } else {
        try? session.timeline.beginBranch(named: name)
      }
    case 10, 11:
      try? session.timeline.mark(random.pick(["a", "b", "c", "7", "-x", "mark", "before.merge"]))
    case 12:
      session.timeline.pauseAtEnd()
      session.timeline.closingNotes = ["the end of \(session.timeline.current)"]
    default:
      session.claims.append(
        Claim(
          branch: session.timeline.current, call: session.timeline.end.call,
          .binary(.equal, .returned, .number(0))))
    }
  }

  /// What is read back of a text.
  static func loaded(
    _ text: String,
  ) throws -> (scenario: Scenario, loader: SessionLoader, problems: [ParseError]) {
    let machines = MachineDescription.builtIn.map(\.name)
    let (scenario, problems) = try Scenario.opening(text, file: "s", machines: machines)
    let plain = try #require(MachineDescription(builtIn: "teaching-4g"))
    let loader = SessionLoader(
      scenario, on: machine(), bootedFrom: Session.Boot(plain, kernel: .linux7_2))
    return (scenario, loader, problems + loader.problems)
  }

  /// A session that was read, as if it had been booted as it says.
  static func session(_ scenario: Scenario, _ loader: SessionLoader) throws -> Session {
    let plain = try #require(MachineDescription(builtIn: scenario.machine ?? "teaching-4g"))
    let boot = Session.Boot(
      scenario.configured(plain), kernel: scenario.kernel ?? .linux7_2,
      policies: scenario.policies)
    return Session(
      boot, otherBoots: loader.boots, timeline: loader.timeline, stops: loader.stops,
      claims: loader.claims)
  }
}
