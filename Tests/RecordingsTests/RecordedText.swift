import Foundation
import TestSupport

/// A place in a recorded file, read without the program's own readers.
struct RecordedText {
  /// Something that does not exist.
  struct Trouble: Error { let words: String }

  private var lines: [Substring] = []
  /// The step, and the previous one, or the header, which has the initial state.
  private var step: [String: Any]?
  private var before: [String: Any]?

  init(_ proof: FindingsPage.Proof) throws {
    let text = try ProjectFiles.text(proof.file)
    lines = text.split(separator: "\n")
    let words = proof.place.split(separator: " ")
    guard let kind = words.first else { return }
    switch kind {
    case "header": step = try Self.object(lines[0])
    case "step":
      guard let number = Int(words[1]), lines.indices.contains(number), number > 0 else {
        throw Trouble(words: "\(proof.file) has no \(proof.place)")
      }
      step = try Self.object(lines[number])
      before = try Self.object(lines[number - 1])
    case "mark":
      for line in lines where line.contains(#""op":"mark""#) {
        let object = try Self.object(line)
        if object["name"] as? String == String(words[1]) { step = object }
      }
      if step == nil { throw Trouble(words: "\(proof.file) has no \(proof.place)") }
    case "line":
      guard let number = Int(words[1]), lines.indices.contains(number - 1) else {
        throw Trouble(words: "\(proof.file) has no \(proof.place)")
      }
      let all = text.split(separator: "\n", omittingEmptySubsequences: false)
      lines = [all[number - 1]]
    default: throw Trouble(words: "\(proof.place) is no place")
    }
  }

  /// The value of a name at the place.
  func value(of name: String) throws -> String {
    let words = name.split(separator: " ").map(String.init)
    if words[0] == "leaf", words.count > 1 { return try leaf(words) }
    guard let step else { return try textValue(words) }
    if words.last == "count", words.count == 2 {
      guard let list = step[words[0]] as? [Any] else { throw Trouble(words: name) }
      return "\(list.count)"
    }
    var found: Any? = step
    for key in name.split(separator: ".") { found = (found as? [String: Any])?[String(key)] }
    switch found {
    case let text as String: return text
    case let number as NSNumber: return "\(number)"
    default: throw Trouble(words: "\(name) is not there")
    }
  }

  /// The size and the attributes of the leaf that maps a page.
  private func leaf(_ words: [String]) throws -> String {
    let hex = words[1].hasPrefix("0x")
    guard let page = Int(hex ? String(words[1].dropFirst(2)) : words[1], radix: hex ? 16 : 10)
    else { throw Trouble(words: words[1]) }
    let state = words.count > 2 && words[2] == "before" ? before : step
    for run in state.map(Self.runs) ?? textRuns where run.pages.contains(page) {
      return "\(run.size) 0x\(String(run.attributes, radix: 16))"
    }
    throw Trouble(words: "no leaf maps page \(page)")
  }

  private typealias Run = (pages: Range<Int>, size: String, attributes: UInt64)

  private static func runs(_ state: [String: Any]) -> [Run] {
    let initial = (state["initial"] as? [String: Any])?["leaves"]
    var rows = (state["leaves"] ?? initial) as? [[Any]] ?? []
    for block in state["blocks"] as? [[String: Any]] ?? [] {
      rows += block["leaves"] as? [[Any]] ?? []
    }
    return rows.compactMap { row in
      guard row.count == 4, let first = row[0] as? Int, let count = row[1] as? Int,
        let size = row[2] as? String, let flags = row[3] as? String,
        let attributes = UInt64(flags.dropFirst(2), radix: 16)
      else { return nil }
      return (first..<first + count, size, attributes)
    }
  }

  /// The leaves of a file with lines `L START COUNT LEVEL ATTRIBUTES`.
  private var textRuns: [Run] {
    lines.compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 5, words[0] == "L", let first = Int(words[1], radix: 16),
        let count = Int(words[2], radix: 16), let level = Int(words[3], radix: 16),
        let attributes = UInt64(words[4], radix: 16)
      else { return nil }
      return (first..<first + count, ["none", "4K", "2M", "1G"][level], attributes)
    }
  }

  private func textValue(_ words: [String]) throws -> String {
    if words[0] == "total" {
      let pages = textRuns.filter { $0.size == words[1] }.reduce(0) { $0 + $1.pages.count }
      return "\(pages * 4) kB"
    }
    if words[0] == "line", let line = lines.first { return String(line) }
    if words[0] == "contains" {
      // The text after the name of the event.
      guard let line = lines.first, let event = line.range(of: "cpa_pfns: ") else {
        throw Trouble(words: "the line is another one")
      }
      return String(line[event.upperBound...])
    }
    for line in lines where line.hasPrefix(words[0] + ":") {
      return line.dropFirst(words[0].count + 1).split(separator: " ").joined(separator: " ")
    }
    throw Trouble(words: "\(words[0]) is not there")
  }

  private static func object(_ line: Substring) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    guard let object = object as? [String: Any] else { throw Trouble(words: "no object") }
    return object
  }
}
