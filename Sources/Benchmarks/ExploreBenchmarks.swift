import CBaseline
import Engine
import Exploring

enum ExploreBenchmarks {
  /// The calls that a search looks at on one core, and the memory that its states take.
  static func explore() async -> [Measurement] {
    guard let teaching = MachineDescription(builtIn: "teaching-4g"),
      let machine = try? Machine(booting: teaching, kernel: .linux7_2)
    else { return [] }
    return await speed(machine) + memory(machine)
  }

  private static func speed(_ machine: Machine) async -> [Measurement] {
    guard
      let alphabet = try? Alphabet(
        Alphabet.usualOperations + ["set_memory_rox"], on: Alphabet.usualTargets(on: machine))
    else { return [] }
    var options = Explorer.Options()
    options.depth = 7
    let explorer = Explorer(from: machine, alphabet: alphabet, options: options)
    let start = baseline_cpu_seconds()
    let found = await explorer.run()
    let seconds = baseline_cpu_seconds() - start
    let millions = Double(found.transitions) / seconds * 60 / 1e6
    // The page-table pages that a call copies: the least that looking at a state can cost.
    let copy = (0..<UInt64(512 * 4)).map { $0 }
    var sum: UInt64 = 0
    let reading = Measurement.leastSeconds(of: 100) {
      for _ in 0..<1000 { sum &+= unsafe baseline_sum(copy, copy.count) }
    }
    let ratio = seconds / Double(found.transitions) / (reading / 1000)
    options.readsWhole = true
    let whole = Explorer(from: machine, alphabet: alphabet, options: options)
    let wholeStart = baseline_cpu_seconds()
    let again = await whole.run()
    let wholeSeconds = baseline_cpu_seconds() - wholeStart
    return [
      Measurement(
        name: "calls that explore looks at in a minute", value: millions, goal: nil,
        unit: "million",
        detail: "\(Measurement.text(ratio)) x reading four tables in C, at depth 7, "
          + "\(found.states) states, \(found.transitions) calls"
          + (sum > 0 ? "" : "?")),
      Measurement(
        name: "reading each state as a whole", value: wholeSeconds / seconds, goal: nil,
        unit: "x the time", detail: "\(again.states) states, \(again.transitions) calls"),
    ]
  }

  /// Eight slots that change alone have many states.
  private static func memory(_ machine: Machine) async -> [Measurement] {
    let targets = (0..<8 as Range<UInt64>).map {
      "pfn:0x" + String(0x14_0001 + 512 * $0, radix: 16)
    }
    guard
      let alphabet = try? Alphabet(["set_memory_ro", "set_memory_x", "set_memory_np"], on: targets)
    else { return [] }
    var options = Explorer.Options()
    options.depth = 5
    options.properties = [.bug]
    let explorer = Explorer(from: machine, alphabet: alphabet, options: options)
    let before = baseline_allocated_bytes()
    async let search = explorer.run()
    var most = before
    let watch = Task {
      var most = before
      while !Task.isCancelled {
        most = max(most, baseline_allocated_bytes())
        try? await Task.sleep(for: .milliseconds(5))
      }
      return most
    }
    let found = await search
    watch.cancel()
    most = await watch.value
    return [
      Measurement(
        name: "memory of explore for each state",
        value: Double(most - before) / Double(found.states),
        goal: nil, unit: "bytes", detail: "\(found.states) states at depth 5")
    ]
  }
}
