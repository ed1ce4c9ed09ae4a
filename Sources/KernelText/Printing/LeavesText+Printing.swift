import Engine

extension LeavesText {
  /// Runs of the direct map as text, in the form that is read here. Equal neighbours should have
  /// been joined, as `PageTables.runs(from:pages:)` does.
  public static func text(of runs: some Sequence<LeafRun>) -> String {
    var text = ""
    for run in runs {
      guard let pfn = AddressLayout.directMapFrame(of: run.start) else { continue }
      let numbers = [
        pfn.rawValue, run.pages.rawValue, UInt64(run.size?.rawValue ?? 0), run.flags.rawValue,
      ]
      text += "L " + numbers.map { String($0, radix: 16) }.joined(separator: " ") + "\n"
    }
    return text
  }
}

extension Machine {
  /// All leaves of the direct map, up to the end of RAM, in the form of `LeavesText`.
  public var leavesText: String {
    let runs = tables.runs(from: directMapRange.lowerBound, pages: memory.end - PFN(0))
    return LeavesText.text(of: runs)
  }
}
