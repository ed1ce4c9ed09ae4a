import Engine
import FoundationEssentials
import KernelText

extension ReplayReport {
  /// The report as lines.
  ///
  /// - Parameter after: the name of the recorded leaves.
  public func text(after: String = "the recorded leaves") -> String {
    var lines = [
      "kernel: \(kernel)",
      "requests: \(requests)" + (requestsByCall.isEmpty ? "" : " (\(Self.list(requestsByCall)))"),
      "invalid and default calls: \(invalidAndDefaultCalls)",
      "valid calls: \(validCalls)",
      "modules: \(modulesLoaded) loaded, \(modulesRemoved) removed",
      "BPF programs: \(bpfLoaded)",
      "4K, 2M, 1G leaves before: \(leavesBefore.text)",
      "4K, 2M, 1G leaves after: \(leavesAfter.text)",
      "splits: \(splits.text)",
      "re-formed: \(collapses)",
    ]
    lines += warnings
    lines.append("marks: \(equalMarks) of \(markCount) equal")
    lines += markDifferences
    if let differences {
      lines.append(
        differences.isEmpty
          ? "leaves: equal to \(after), but for A and D"
          : "leaves: \(counted(differences.count, "stretch", "stretches")) differ from \(after)")
      lines += differences.map(\.text)
    }
    return lines.joined(separator: "\n")
  }

  /// What the replay lacks of the trace, or the trace of the real events.
  private var warnings: [String] {
    var lines: [String] = []
    for loss in losses.first {
      let count = loss.events.map { counted(Int(clamping: $0), "event") } ?? "events"
      lines.append("warning: line \(loss.line): the kernel lost \(count)")
    }
    let more = losses.count - losses.first.count
    if more > 0 {
      lines.append("warning: the kernel lost events in \(counted(more, "more place"))")
    }
    lines += Self.warning(
      requestsWithoutFrames, "request", "the frames are not in the trace, so nothing was changed")
    lines += Self.warning(framesWithoutRequest, "line of frames", "they follow no request")
    lines += Self.warning(unreadableLines, "line", "no event and no comment; left out")
    if !ignored.isEmpty { lines.append("events of no effect here: " + Self.list(ignored)) }
    return lines
  }

  private static func warning(_ places: FirstOnes<Int>, _ noun: String, _ what: String) -> [String]
  {
    guard let first = places.first.first else { return [] }
    let rest = places.count > 1 ? " and \(places.count - 1) more" : ""
    return ["warning: line \(first)\(rest): \(noun): \(what)"]
  }

  private var markDifferences: [String] {
    let wrong = marks.filter { !$0.differences.isEmpty }
    var lines = wrong.prefix(10).map { mark in
      let list = mark.differences.map { "\($0.name) recorded \($0.recorded), here \($0.here)" }
      return "  line \(mark.line) \(mark.name): " + list.joined(separator: ", ")
    }
    let more = markCount - equalMarks - lines.count
    if more > 0 { lines.append("  and \(more) more") }
    return lines
  }

  /// `set_memory_nx 525, set_memory_ro 375`, by name.
  private static func list(_ counts: [String: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}

extension LeafCounts {
  /// The three counts.
  fileprivate var text: String { "\(of4K), \(of2M), \(of1G)" }
}

extension ReplayReport.Splits {
  fileprivate var text: String {
    guard loadingModules != nil || removingModules != nil else { return "\(total)" }
    return "\(loadingModules ?? 0) loading modules, \(removingModules ?? 0) removing them, "
      + "\(afterwards) afterwards"
  }
}

extension LeafDifference {
  fileprivate var text: String {
    let end = pfn + pages
    return "  pfn 0x\(String(pfn, radix: 16))-0x\(String(end - 1, radix: 16)): "
      + "recorded \(recorded), here \(here); "
      + (lastChange.map { "last changed by \($0)" } ?? "never changed by the trace")
  }
}
