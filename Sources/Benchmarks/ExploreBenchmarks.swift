import CBaseline
import Engine
import Exploring

enum ExploreBenchmarks {
  /// The calls that a search looks at, and the memory that its states take.
  static func explore() async -> [Measurement] {
    guard let teaching = MachineDescription(builtIn: "teaching-4g"),
      let machine = try? Machine(booting: teaching, kernel: .linux7_2),
      let alphabet = try? Alphabet(
        Alphabet.usualOperations + ["set_memory_rox"], on: Alphabet.usualTargets(on: machine))
    else { return [] }
    var options = Explorer.Options()
    options.depth = 6
    let explorer = Explorer(from: machine, alphabet: alphabet, options: options)
    let clock = ContinuousClock()
    let start = clock.now
    let found = await explorer.run()
    let seconds = (clock.now - start) / .seconds(1)
    let millions = Double(found.transitions) / seconds * 60 / 1e6
    // The page-table pages that a call copies: the least that looking at a state can cost.
    let copy = (0..<UInt64(512 * 4)).map { $0 }
    var sum: UInt64 = 0
    let reading = Measurement.leastSeconds(of: 100) {
      for _ in 0..<1000 { sum &+= unsafe baseline_sum(copy, copy.count) }
    }
    let ratio = seconds / Double(found.transitions) / (reading / 1000)
    return [
      Measurement(
        name: "calls that explore looks at in a minute", value: millions, goal: nil,
        unit: "million",
        detail: "\(Measurement.text(ratio)) x reading four tables in C, at depth 6, "
          + "\(found.states) states" + (sum > 0 ? "" : "?"))
    ]
  }
}
