import TestSupport
import Testing

/// A switch over requests, decisions and changes of a machine names every case, so that the
/// compiler names the places that a new case concerns.
@Suite struct SwitchTests {
  /// The enumerations that are switched over without a default, those of policies with them.
  static let watched: Set<String> = [
    "Call", "Decision", "Event", "KeptChange", "LinearMapCall", "LinearMapChange",
    "LinearMapDecision", "MemoryChange", "MemoryDecision", "PageSupply.Change", "PolicyCall",
    "PolicyChange", "PolicyDecision", "ProcessCall", "ProcessChange", "ProcessDecision", "UserCall",
    "VmallocChange", "VmallocDecision",
  ]

  @Test func `no switch over events, decisions, calls and changes has a default`() {
    let cases = EnumCases(SourceFile.all)
    for name in Self.watched { #expect(cases.byEnum[name] != nil, "\(name) is no enumeration") }
    var count = 0
    for file in SourceFile.all {
      let found = SwitchStatement.all(in: file)
      count += found.count
      let wrong = found.filter { $0.hasDefault && cases.isWatched($0, Self.watched) }
      for found in wrong { Issue.record("\(file.path):\(found.line): has a default") }
    }
    #expect(count > 600)
  }

  @Test func `a default over watched cases is found, in every form of a switch`() {
    let text = """
      enum Event {
        case entered(KernelFunction, VirtualAddress), left
        case decided(Decision)
      }
      enum Side {
        case left, right
      }
      func a(_ event: Event) -> Int {
        switch event {
        case .entered(.some, let address),
          .left:
          return switch address {
          case 0: 1
          default: 2
          }
        default: break
        }
        let words =
          switch event {
          case .decided(.policy(let text)) where text == ":": 1
          default: 2
          }
        switch event {
        case .left: return 1
        default: return words
        }
        switch event {
        case .left, .entered, .decided: return 1
        }
      }
      """
    let file = SourceFile(path: "Sources/Room/File.swift", text: text)
    let found = SwitchStatement.all(in: file)
    #expect(found.map(\.line) == [9, 12, 19, 23, 27])
    #expect(
      found.map(\.labels) == [
        ["entered", "left"], nil, ["decided"], ["left"], ["left", "entered", "decided"],
      ])
    #expect(found.map(\.hasDefault) == [true, true, true, true, false])
    let cases = EnumCases([file])
    // `left` alone may be a side.
    #expect(found.map { cases.isWatched($0, ["Event"]) } == [true, false, true, false, true])
  }
}

/// The cases of every enumeration, by its name; a nested one's with those around it.
private struct EnumCases {
  private(set) var byEnum: [String: Set<Substring>] = [:]

  init(_ files: [SourceFile]) {
    for file in files { read(file) }
  }

  /// Whether a switch is over one of these enumerations: its labels are cases of one of them, and
  /// of no other.
  func isWatched(_ statement: SwitchStatement, _ watched: Set<String>) -> Bool {
    guard let labels = statement.labels, !labels.isEmpty else { return false }
    let fitting = byEnum.filter { $0.value.isSuperset(of: labels) }.keys
    return !fitting.isEmpty && fitting.allSatisfy(watched.contains)
  }

  private mutating func read(_ file: SourceFile) {
    var open: [(indentation: Int, name: Substring, isEnum: Bool)] = []
    for line in file.lines where !line.isEmpty {
      let indentation = line.indentation
      let code = line.dropFirst(indentation)
      if code.hasPrefix("}") { open.removeAll { $0.indentation >= indentation } }
      if let (kind, name) = Self.type(code), code.hasSuffix("{") {
        open.append((indentation, name, kind == "enum"))
      } else if let last = open.last, last.isEnum, indentation == last.indentation + 2 {
        guard code.hasPrefix("case ") || code.hasPrefix("indirect case ") else { continue }
        let name = open.map(\.name).joined(separator: ".")
        let cases = code.outsideParentheses
        for part in cases.split(separator: ",") {
          let words = part.codeWords.filter { $0 != "case" && $0 != "indirect" }
          if let word = words.first { byEnum[name, default: []].insert(word) }
        }
      }
    }
  }

  /// The kind and the name of the type that a line opens.
  private static func type(_ code: Substring) -> (kind: Substring, name: Substring)? {
    let kinds: Set<Substring> = ["struct", "enum", "class", "extension", "protocol"]
    let words = code.split { $0 == " " || $0 == ":" || $0 == "<" }
    guard let index = words.firstIndex(where: kinds.contains), index + 1 < words.count,
      index < 4
    else { return nil }
    return (words[index], words[index + 1])
  }
}

/// A switch, as its indentation shows it.
private struct SwitchStatement {
  /// The number of its line.
  var line: Int
  /// The cases that its labels name; `nil` if one is not a case.
  var labels: Set<Substring>?
  var hasDefault = false

  static func all(in file: SourceFile) -> [SwitchStatement] {
    file.lines.indices.compactMap { index in
      let line = file.lines[index]
      guard line.hasSuffix("{"), line.contains("switch ") else { return nil }
      let words = line.codeWords
      guard words.contains("switch"), !line.contains("\"") else { return nil }
      return SwitchStatement(file, index)
    }
  }

  private init(_ file: SourceFile, _ start: Int) {
    line = start + 1
    labels = []
    let indentation = file.lines[start].indentation
    var index = start + 1
    while index < file.lines.count {
      let text = file.lines[index]
      defer { index += 1 }
      guard !text.isEmpty, text.indentation == indentation else { continue }
      let code = text.dropFirst(indentation)
      if code.hasPrefix("}") { return }
      if code.hasPrefix("default:") { hasDefault = true }
      if code.hasPrefix("case ") { read(Self.label(file, index)) }
    }
  }

  /// The lines of a label as one, up to the line with its colon.
  private static func label(_ file: SourceFile, _ index: Int) -> Substring {
    var text = file.lines[index].drop { $0 == " " }.dropFirst(5)
    var next = index + 1
    while patterns(text) == nil, next < min(index + 20, file.lines.count) {
      text += " " + file.lines[next].drop { $0 == " " }
      next += 1
    }
    return text
  }

  /// The patterns of a label up to its colon; `nil` if that is still to come.
  private static func patterns(_ label: Substring) -> [Substring]? {
    var depth = 0
    var patterns: [Substring] = []
    var start = label.startIndex
    for index in label.indices {
      switch label[index] {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "," where depth == 0:
        patterns.append(label[start..<index])
        start = label.index(after: index)
      case ":" where depth == 0: return patterns + [label[start..<index]]
      default: break
      }
    }
    return nil
  }

  private mutating func read(_ label: Substring) {
    guard let patterns = Self.patterns(label) else {
      labels = nil
      return
    }
    for pattern in patterns { add(pattern) }
  }

  private mutating func add(_ pattern: Substring) {
    let code = pattern.drop { $0 == " " }
    guard code.hasPrefix("."), let name = code.codeWords.first else {
      labels = nil
      return
    }
    labels?.insert(name)
  }
}
