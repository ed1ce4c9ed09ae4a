import Foundation
import Screen
import Testing

/// When golden screens are written; from the environment variable `RECORD`.
public enum RecordMode: String, CaseIterable, Sendable {
  /// Never: a missing golden screen fails the test. The default.
  case never
  /// If there is none yet.
  case missing
  /// If there is none yet, or the canvas differs.
  case failed
  /// Always.
  case all

  /// The mode the environment asks for; nil when it names none there is.
  public static func from(_ environment: [String: String]) -> RecordMode? {
    guard let word = environment["RECORD"], !word.isEmpty else { return .never }
    return RecordMode(rawValue: word)
  }
}

/// Expects a canvas to be the golden screen `Goldens/<name>.txt` beside the test.
///
/// Golden screens hold the planes of `Canvas.text(planes:)`.
public func expectScreen(
  _ canvas: Canvas, named name: String, filePath: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation,
) {
  expectScreen(canvas.text(), named: name, filePath: filePath, sourceLocation: sourceLocation)
}

/// Expects a screen written out as text to be the golden one.
public func expectScreen(
  _ text: String, named name: String, filePath: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation,
) {
  guard let mode = RecordMode.from(ProcessInfo.processInfo.environment) else {
    let words = RecordMode.allCases.map(\.rawValue).joined(separator: ", ")
    Issue.record("RECORD is one of \(words).", sourceLocation: sourceLocation)
    return
  }
  let folder = URL(fileURLWithPath: filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")
  let problem = compareScreen(text, named: name, in: folder, mode: mode)
  if let problem { Issue.record("\(problem)", sourceLocation: sourceLocation) }
}

/// Compares a canvas with its golden screen in a folder, or writes it, as the mode says.
///
/// Returns what is wrong in words; nil if nothing is.
public func compareScreen(
  _ canvas: Canvas, named name: String, in folder: URL, mode: RecordMode,
) -> String? {
  compareScreen(canvas.text(), named: name, in: folder, mode: mode)
}

/// Compares a screen written out as text with the golden one, or writes it, as the mode says.
public func compareScreen(
  _ actual: String, named name: String, in folder: URL, mode: RecordMode,
) -> String? {
  let file = folder.appendingPathComponent(
    name.replacingOccurrences(of: " ", with: "-") + ".txt")
  let golden = try? String(contentsOf: file, encoding: .utf8)
  if golden == actual, mode != .all { return nil }
  let writes =
    switch mode {
    case .never: false
    case .missing: golden == nil
    case .failed, .all: true
    }
  guard writes else {
    guard let golden else {
      return "Golden screen \(name) is missing; RECORD=missing writes it:\n\(actual)"
    }
    return "Canvas differs from golden screen \(name); RECORD=failed accepts it.\n"
      + screenDifference(golden: golden, actual: actual)
  }
  do {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try actual.write(to: file, atomically: true, encoding: .utf8)
    return nil
  } catch {
    return "Golden screen \(name) cannot be written: \(error)"
  }
}

/// The lines that differ, each with its place, and a mark under every column that does.
public func screenDifference(golden: String, actual: String, linesMax: Int = 16) -> String {
  let old = golden.split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  var report: [String] = []
  var plane = ""
  var row = 0
  var count = 0
  for index in 0..<max(old.count, new.count) {
    let before = index < old.count ? old[index] : ""
    let after = index < new.count ? new[index] : ""
    if before.hasPrefix("|") || after.hasPrefix("|") {
      row += 1
    } else {
      (plane, row) = (String(before.isEmpty ? after : before), 0)
    }
    guard before != after else { continue }
    count += 1
    guard count <= linesMax else { continue }
    report.append("\(plane), \(row == 0 ? "heading" : "row \(row - 1)"):")
    report.append("  golden \(before)")
    report.append("  actual \(after)")
    report.append("         \(differenceMarks(before, after))")
  }
  if count > linesMax { report.append("and \(count - linesMax) more lines") }
  return report.joined(separator: "\n")
}

private func differenceMarks(_ before: Substring, _ after: Substring) -> String {
  let (old, new) = (Array(before), Array(after))
  let marks = (0..<max(old.count, new.count)).map { index in
    index < old.count && index < new.count && old[index] == new[index] ? " " : "^"
  }
  return marks.joined()
}
