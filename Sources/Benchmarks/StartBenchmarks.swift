import CBaseline

enum StartBenchmarks {
  /// Starting the program to print its version, compared with htop.
  static func start() -> [Measurement] {
    let own = ownPath()
    var least = (own: Double.infinity, htop: Double.infinity)
    for _ in 0..<40 {
      let first = unsafe baseline_run(own, "--version")
      let second = unsafe baseline_run("htop", "--version")
      guard first >= 0, second >= 0 else {
        print("     start: needs \(own) and htop")
        return []
      }
      least = (min(least.own, first), min(least.htop, second))
    }
    return [
      Measurement(
        name: "directmap --version / htop --version", value: least.own / least.htop, goal: 2,
        detail: "\(Measurement.text(least.own * 1000)) / \(Measurement.text(least.htop * 1000)) ms")
    ]
  }

  /// The program that was built together with this one.
  private static func ownPath() -> String {
    let parts = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
    return (parts.dropLast() + ["directmap"]).joined(separator: "/")
  }
}
