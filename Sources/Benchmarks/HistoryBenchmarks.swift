import CBaseline
import Engine
import History
import Interface
import Lanes
import Screen
import Views

enum HistoryBenchmarks {
  private static let calls = 1_000_000

  /// A million calls: how fast the screen shows any of them, and the size of the history.
  static func history() -> [Measurement] {
    guard let teaching = MachineDescription(builtIn: "teaching-4g"),
      let machine = try? Machine(booting: teaching, kernel: .linux7_2)
    else { return [] }
    let before = baseline_allocated_bytes()
    var workload = Workload(machine)
    let start = baseline_cpu_seconds()
    var timeline = Timeline(machine)
    for _ in 0..<calls { _ = try? timeline.perform(workload.next()) }
    let seconds = baseline_cpu_seconds() - start
    let bytes = Double(baseline_allocated_bytes() - before)
    let detail = "\(timeline.steps.count) calls, made in \(Measurement.text(seconds)) s"
    return [
      Measurement(
        name: "history of a million calls", value: bytes / 1_048_576, goal: 256, unit: "MiB",
        detail: detail)
    ] + jumps(timeline, BootSetup(teaching, kernel: .linux7_2))
      + steps(&timeline)
  }

  /// Going to random places by the keys a user types, until the screen is drawn.
  private static func jumps(_ timeline: Timeline, _ setup: BootSetup) -> [Measurement] {
    var model = Model(timeline, setup: setup)
    var random = SeededPlaces(seed: 7)
    var times: [Double] = []
    var drawn = 0
    for _ in 0..<201 {
      let keys = "g\(random.next(below: timeline.steps.count))"
      for key in keys { _ = model.update(.input(.character(key))) }
      let start = baseline_cpu_seconds()
      _ = model.update(.input(.key(.enter)))
      drawn += screen(model, size: Size(width: 120, height: 40), glyphs: .unicode).size.width
      times.append(baseline_cpu_seconds() - start)
    }
    times.sort()
    return [
      Measurement(
        name: "any of a million calls on screen, median", value: times[100] * 1000, goal: 16,
        unit: "ms",
        detail: "95 % within \(Measurement.text(times[190] * 1000)) ms"
          + (drawn > 0 ? "" : "?"))
    ]
  }

  /// Going back compared with going forward, over the same calls and the same events.
  private static func steps(_ timeline: inout Timeline) -> [Measurement] {
    let first = timeline.steps.count / 2
    let count = 20_000
    var copy = timeline
    let calls = ratio(
      count,
      forward: {
        copy.go(to: Moment(call: first))
        return seconds(of: count) { copy.stepCall() }
      },
      back: { seconds(of: count) { copy.stepCallBack() } })
    let events = ratio(
      count,
      forward: {
        copy.go(to: Moment(call: first))
        return seconds(of: count) { copy.stepEvent() }
      },
      back: { seconds(of: count) { copy.stepEventBack() } })
    return [
      Measurement(
        name: "a call back / a call forward", value: calls.ratio, goal: 2, detail: calls.detail),
      Measurement(
        name: "an event back / an event forward", value: events.ratio, goal: 2,
        detail: events.detail),
    ]
  }

  private static func seconds(of count: Int, _ work: () -> Void) -> Double {
    let start = baseline_cpu_seconds()
    for _ in 0..<count { work() }
    return baseline_cpu_seconds() - start
  }

  private static func ratio(
    _ count: Int, forward: () -> Double, back: () -> Double,
  ) -> (ratio: Double, detail: String) {
    var least = (forward: Double.infinity, back: Double.infinity)
    for _ in 0..<5 {
      least.forward = min(least.forward, forward())
      least.back = min(least.back, back())
    }
    return (
      least.back / least.forward,
      "\(Measurement.nanoseconds(least.back, count)) against "
        + Measurement.nanoseconds(least.forward, count)
    )
  }
}
