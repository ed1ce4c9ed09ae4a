import CBaseline

/// Prints ratios of the program's speed and size to baselines measured in the same run.
///
///     swift run -c release --static-swift-stdlib Benchmarks [NAME ...]
///     swift run -c release --static-swift-stdlib Benchmarks lab KERNEL
@main
enum Benchmarks {
  private static var all: [(name: String, run: () async -> [Measurement])] {
    [
      ("split", TableBenchmarks.split),
      ("change", TableBenchmarks.change),
      ("merge", PolicyBenchmarks.mergeTest),
      ("why", QuestionBenchmarks.why),
      ("runs", TableBenchmarks.runs),
      ("memory", TableBenchmarks.memory),
      ("pages", PageBenchmarks.pages),
      ("age", PageBenchmarks.age),
      ("boot", BootBenchmarks.boot),
      ("linear-map", LinearMapBenchmarks.linearMap),
      ("verify", VerifyBenchmarks.verify),
      ("replay", ReplayBenchmarks.replay),
      ("history", HistoryBenchmarks.history),
      ("stops", StopBenchmarks.stops),
      ("frame", FrameBenchmarks.frame),
      ("record", RecordBenchmarks.record),
      ("tlb", TLBBenchmarks.tlb),
      ("explore", ExploreBenchmarks.explore),
      ("rules", RuleBenchmarks.rules),
      ("start", StartBenchmarks.start),
    ]
  }

  static func main() async {
    baseline_keep_freed_memory()
    let wanted = CommandLine.arguments.dropFirst()
    if wanted.first == "lab", let kernel = wanted.dropFirst().first, wanted.count == 2 {
      for measurement in LabBenchmarks.lab(kernel) { print(measurement.line) }
      return
    }
    if let unknown = wanted.first(where: { word in !all.contains { $0.name == word } }) {
      print("unknown benchmark \(unknown); there are: \(all.map(\.name).joined(separator: " "))")
      return
    }
    for benchmark in all where wanted.isEmpty || wanted.contains(benchmark.name) {
      for measurement in await benchmark.run() { print(measurement.line) }
    }
  }
}
