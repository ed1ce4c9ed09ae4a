import CBaseline
import Engine
import History

enum LinearMapBenchmarks {
  /// The linear map of 512 GiB with rodata=full: 134 million pages, built, counted and opened for
  /// stepping.
  static func linearMap() -> [Measurement] {
    guard let metal = MachineDescription(builtIn: "arm64-512g") else { return [] }
    var tables: UInt64 = 0
    func buildCountAndOpen() -> Timeline? {
      guard let machine = try? Machine(booting: metal, kernel: .linux6_12Arm64) else { return nil }
      tables = LinearMapLeaves(of: machine).pages4K / 512
      // Built again as a call, and entered half-way.
      var timeline = Timeline(machine)
      do { try timeline.perform(.linearMap(.mapMem)) } catch { return nil }
      timeline.go(to: Moment(call: 0, event: timeline.events(ofCall: 0).count / 2))
      return timeline
    }
    let seconds = Measurement.leastSeconds(of: 3) { _ = buildCountAndOpen() }
    let before = baseline_allocated_bytes()
    let timeline = buildCountAndOpen()
    let bytes = baseline_allocated_bytes() - before
    _ = timeline
    return [
      Measurement(
        name: "linear map of 512 GiB, rodata=full", value: seconds, goal: 1, unit: "s",
        detail: "\(tables) tables of 4K entries"),
      Measurement(
        name: "memory of it", value: Double(bytes) / 1_048_576, goal: 256, unit: "MiB"),
    ]
  }
}
