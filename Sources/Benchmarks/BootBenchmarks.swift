import CBaseline
import Engine

enum BootBenchmarks {
  /// Booting the largest machine.
  static func boot() -> [Measurement] {
    guard let giant = MachineDescription(builtIn: "giant-64t") else { return [] }
    let seconds = Measurement.leastSeconds(of: 5) {
      _ = try? Machine(booting: giant, kernel: .linux7_2)
    }
    let before = baseline_allocated_bytes()
    let machine = try? Machine(booting: giant, kernel: .linux7_2)
    let bytes = baseline_allocated_bytes() - before
    return [
      Measurement(name: "boot of giant-64t", value: seconds * 1000, goal: 50, unit: "ms"),
      Measurement(
        name: "memory of giant-64t", value: Double(bytes) / 1_048_576, goal: 64, unit: "MiB",
        detail: "\(machine?.tables.tableCount ?? 0) tables"),
    ]
  }
}
