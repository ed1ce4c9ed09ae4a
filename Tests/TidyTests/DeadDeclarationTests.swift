import TestSupport
import Testing

/// Every declaration is used.
@Suite struct DeadDeclarationTests {
  /// Names that occur nowhere else in the sources, and why they may.
  static let exceptions: [String: String] = {
    var exceptions: [String: String] = [:]
    func allow(_ reason: String, _ names: String...) {
      for name in names { exceptions[name] = reason }
    }
    allow(
      "made from its number", "eighth2", "eighth3", "eighth4", "eighth5", "eighth6",
      "eighth7", "v3")
    allow("asked for by ArgumentParser", "allValueStrings", "defaultValueDescription")
    allow(
      "writes a page of the documents, by a test", "commandReference", "switchReference",
      "policyReference", "expressionReference")
    allow("what tests hold the page allocator against", "reservePages", "zonelist")
    allow("what tests hold the answers against", "couldMerge", "firstHits", "secondHits")
    allow("the inks that themes must tell apart, by tests", "permissionClasses")
    allow("what tests do with a model in the place of keys", "scrollWhy", "stepIntoBack")
    return exceptions
  }()

  @Test func `every member that is declared is used`() {
    let usage = Usage(SourceFile.all)
    let dead = usage.unused
    #expect(usage.declared.count > 3000)
    for (name, place) in dead.sorted(by: { $0.value < $1.value })
    where Self.exceptions[name] == nil {
      Issue.record("\(place): nothing uses \(name)")
    }
    for name in Self.exceptions.keys where dead[name] == nil {
      Issue.record("\(name) is used, or gone: it needs no exception")
    }
  }

  @Test func `a rule asks for each property of a kernel profile`() {
    let rules = ["KernelProfile.swift", "BuddyRules.swift", "LinearMapRules.swift"]
    var unread: Set<Substring> = []
    for file in SourceFile.all where rules.contains(String(file.name)) {
      for line in file.lines where line.hasPrefix("  public var ") && !line.hasSuffix("{") {
        if let name = line.codeWords.dropFirst(2).first { unread.insert(name) }
      }
    }
    #expect(unread.count > 40)
    for file in SourceFile.all where file.folder != "Kernels" {
      for line in file.lines where !line.isEmpty {
        for word in line.codeWords where unread.contains(word) {
          let isSet = ["var \(word)", "\(word) = ", "\(word): "].contains(where: line.contains)
          if !isSet { unread.remove(word) }
        }
      }
    }
    #expect(unread == [])
  }

  @Test func `a member that nothing uses is found`() {
    let text = """
      enum Kind: Equatable {
        case used(Int), unused(String)
        indirect case nested(Kind)
        // unused is only a comment here
        static func make(_ kind: Kind) -> Kind {
          switch kind {
          case .used: .nested(kind)
          case let other: other
          }
        }
        var lonely: Int { 1 }
      }
      let kind = Kind.make(.used(1))
      """
    let usage = Usage([SourceFile(path: "Sources/Room/File.swift", text: text)])
    #expect(
      Set(usage.declared.keys) == ["used", "unused", "nested", "make", "other", "lonely", "kind"])
    #expect(Set(usage.unused.keys) == ["unused", "lonely"])
  }
}

/// The declarations of names, and the number of their occurrences anywhere.
private struct Usage {
  /// The first declaration of each member.
  private(set) var declared: [String: String] = [:]
  private var declarations: [String: Int] = [:]
  private var mentions: [String: Int] = [:]

  init(_ files: [SourceFile]) {
    for file in files {
      for (index, line) in file.lines.enumerated() where !line.isEmpty {
        let words = line.codeWords
        for word in words { mentions[String(word), default: 0] += 1 }
        for name in Self.declaredNames(line, words) {
          declarations[name, default: 0] += 1
          if declared[name] == nil { declared[name] = "\(file.path):\(index + 1)" }
        }
      }
    }
  }

  /// The members that occur only in their declaration.
  var unused: [String: String] { declared.filter { mentions[$0.key] == declarations[$0.key] } }

  private static func declaredNames(_ line: Substring, _ words: [Substring]) -> [String] {
    if let names = caseNames(line) { return names }
    let introducers: Set<Substring> = ["func", "var", "let"]
    return zip(words, words.dropFirst()).filter { introducers.contains($0.0) }
      .map { String($0.1) }.prefix(1).filter { $0 != "_" }
  }

  /// The names of a line that declares cases; `nil` for any other line.
  private static func caseNames(_ line: Substring) -> [String]? {
    var code = line.drop { $0 == " " }
    if code.hasPrefix("indirect ") { code = code.dropFirst(9) }
    guard code.hasPrefix("case "), let first = code.dropFirst(5).first,
      first.isLowercase || first == "`"
    else { return nil }
    let text = code.dropFirst(5).outsideParentheses
    let patterns = ["let ", "var ", "is ", "nil"]
    guard !text.hasSuffix(":"), !text.contains(": "), !patterns.contains(where: text.hasPrefix)
    else { return nil }
    return text.split(separator: ",").compactMap { part in part.codeWords.first.map(String.init) }
  }
}
