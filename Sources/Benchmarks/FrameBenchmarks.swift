import CBaseline
import Engine
import History
import Interface
import Lanes
import Screen
import Views

enum FrameBenchmarks {
  /// Composing the screen of a large machine with some thousand split slots.
  static func frame() -> [Measurement] {
    guard let server = MachineDescription(builtIn: "server-256g-2node"),
      var machine = try? Machine(booting: server, kernel: .linux7_2)
    else { return [] }
    for index in 0..<UInt64(4000) {
      let pfn = PFN(0x140000 + index * 1536 * 7 % 0x3c0_0000)
      _ = try? machine.perform(.setMemory(index % 3 == 0 ? .rox : .ro, .frame(pfn), 1))
    }
    var model = Model(machine, setup: BootSetup(server, kernel: .linux7_2))
    _ = model.update(.input(.character("r")))
    // The same beside a kernel with a cache and a merging policy, with the views that read most.
    var merging = BootSetup(server, kernel: .linux6_1)
    guard let policies = try? PolicySet([.hyeyooBitmap2022, .edgecombe2021]) else { return [] }
    merging.policies = policies
    guard
      let other = try? Machine(
        booting: server, kernel: .linux6_1, options: BootOptions(policies: policies))
    else { return [] }
    var pair = Model(
      Lane(machine, setup: BootSetup(server, kernel: .linux7_2), named: "a"),
      beside: [Lane(other, setup: merging, named: "b")])
    for key: Character in ["r", "b", "e", "v", "v"] { _ = pair.update(.input(.character(key))) }
    let small = Size(width: 80, height: 24)
    let large = Size(width: 200, height: 60)
    let policiesShown = measurement(of: pair, large, "frame of two variants, policies")
    _ = pair.update(.input(.character("v")))
    return [
      measurement(of: model, small, "frame of \(small.width) x \(small.height)"),
      measurement(of: model, large, "frame of \(large.width) x \(large.height)"),
      policiesShown, measurement(of: pair, large, "frame of two variants, memory"),
    ] + insideLongCall()
  }

  /// A call of 512 pages of 4K in each of 512 slots, opened in its middle.
  private static func insideLongCall() -> [Measurement] {
    guard let teaching = MachineDescription(builtIn: "teaching-4g"),
      let machine = try? Machine(booting: teaching, kernel: .linux7_2)
    else { return [] }
    var model = Model(machine, setup: BootSetup(teaching, kernel: .linux7_2))
    let calls: [Call] = [
      .setMemory(.split4K, .frame(0x100000), 262_144), .setMemory(.ro, .frame(0x100000), 262_144),
    ]
    model = Model(
      playing: calls.map { Observation(asSimulated: $0) }, of: "", on: machine,
      setup: BootSetup(teaching, kernel: .linux7_2))
    model.stepOver()
    let opening = Measurement.leastSeconds(of: 1) { model.stepInto() }
    model.stepInto(131_072)
    let events = model.trace.events.count
    let stepping = Measurement.leastSeconds(of: 3) { model.stepInto() }
    let back = Measurement.leastSeconds(of: 3) { model.stepOutBack() }
    return [
      measurement(
        of: model, Size(width: 120, height: 40), "frame inside a call of \(events) events"),
      Measurement(name: "opening such a call", value: opening * 1000, goal: nil, unit: "ms"),
      Measurement(name: "a step in its middle", value: stepping * 1000, goal: nil, unit: "ms"),
      Measurement(name: "out of its walk, backwards", value: back * 1000, goal: nil, unit: "ms"),
    ]
  }

  private static func measurement(of model: Model, _ size: Size, _ name: String) -> Measurement {
    var drawn = 0
    let seconds = Measurement.leastSeconds(of: 100) {
      drawn += screen(model, size: size, glyphs: .unicode).size.width
    }
    let copy = (0..<(size.width * size.height * 12 / 8)).map { UInt64($0) }
    var sum: UInt64 = 0
    let reading = Measurement.leastSeconds(of: 100) {
      sum &+= unsafe baseline_sum(copy, copy.count)
    }
    return Measurement(
      name: name, value: seconds * 1000, goal: 2, unit: "ms",
      detail: "\(Measurement.text(seconds / reading)) x reading its cells in C "
        + (drawn > 0 && sum > 0 ? "" : "?"))
  }
}
