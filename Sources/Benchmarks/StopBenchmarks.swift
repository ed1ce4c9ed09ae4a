import CBaseline
import Engine
import History
import Language
import Parsing
import Scenarios

enum StopBenchmarks {
  private static let calls = 60_000

  /// Making calls one after the other, with stops that are never hit and without any; and
  /// continuing over calls that were made.
  static func stops() -> [Measurement] {
    guard let teaching = MachineDescription(builtIn: "teaching-4g"),
      let machine = try? Machine(
        booting: teaching, kernel: .linux6_1,
        options: BootOptions(policies: PolicySet([.aaronLu2022])))
    else { return [] }
    var workload = Workload(machine)
    let statements = (0..<calls).map { index in
      LocatedStatement(
        .call(workload.next()), at: SourceLocation(file: "b", line: index + 1, column: 1))
    }
    var timeline = Timeline(machine)
    for statement in statements {
      if case .call(let call) = statement.statement { _ = try? timeline.perform(call) }
    }
    return [runs(statements, machine), goingOn(timeline)]
  }

  /// Ten stops of all kinds; the workload hits none of them.
  private static var ten: StopList {
    let lines = [
      "break split 1G in pfn:0x1000", "break merge 1G in pfn:0x1000", "break fallback",
      "break flush full disabled", "break call vunmap", "watch pfn:0x1000",
      "watch clflushed_pages", "break if DirectMap4k > 999999999", "break drift",
      "break near-merge 0 in pfn:0x1000", "break call secretmem fault",
    ]
    var list = StopList()
    for line in lines {
      if case .stop(let stop) = try? Parser(file: "b").statement(ofLine: line)?.statement {
        _ = list.add(stop)
      }
    }
    return list
  }

  private static func runs(_ statements: [LocatedStatement], _ machine: Machine) -> Measurement {
    let (with, without) = Measurement.leastSecondsInTurn(
      of: 7, { run(statements, machine, ten) }, { run(statements, machine, StopList()) })
    return Measurement(
      name: "a run with ten stops / without", value: with / without, goal: 1.5,
      detail: "\(Measurement.nanoseconds(with, calls)) against "
        + "\(Measurement.nanoseconds(without, calls)) a call")
  }

  private static func run(
    _ statements: [LocatedStatement], _ machine: Machine, _ stops: StopList,
  ) {
    var runner = Runner(statements, on: machine, stops: stops)
    var hits = 0
    while let step = try? runner.next() { hits += step.hits.count }
    if hits > 0 { print("? \(hits) hits") }
  }

  /// Continuing to the end with ten stops, compared with making the calls of the history again.
  private static func goingOn(_ timeline: Timeline) -> Measurement {
    var copy = timeline
    copy.go(to: .start)
    let start = copy
    let calls = start.steps.compactMap(\.call)
    let (with, without) = Measurement.leastSecondsInTurn(
      of: 7,
      {
        var timeline = start
        if let hit = timeline.nextHit(of: ten, forwards: true) { print("? \(hit)") }
        timeline.go(to: timeline.end)
      },
      {
        var machine = start.machine
        for call in calls { _ = try? machine.perform(call) }
      })
    return Measurement(
      name: "continue with ten stops / only making the calls", value: with / without,
      detail: "\(Measurement.nanoseconds(with, calls.count)) against "
        + "\(Measurement.nanoseconds(without, calls.count)) a call")
  }
}
