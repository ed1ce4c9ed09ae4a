/// `docs/findings.md` as tests read it: each finding with its scenario and its proofs.
public struct FindingsPage: Sendable {
  /// A place in a recording, and what is true there.
  public struct Proof: Sendable, CustomStringConvertible {
    /// The file, from the top of the project.
    public var file: String
    /// The step, the mark or the line of it; empty for the whole file.
    public var place = ""
    /// What the page says about it: names and values.
    public var facts: [(name: String, value: String)] = []

    /// A proof by a file, without facts yet.
    public init(file: String) { self.file = file }

    /// The file and the place.
    public var description: String { "\(file) \(place)" }
  }

  /// A finding.
  public struct Finding: Sendable {
    /// Its heading.
    public var title: String
    /// The path of its scenario.
    public var scenario: String?
    /// Its proofs.
    public var proofs: [Proof] = []
    /// Whether it says what it means for the kernel.
    public var hasMeaning = false
  }

  /// All findings, in the order of the page.
  public private(set) var findings: [Finding] = []

  /// Reads the page.
  public init(_ text: String) {
    var isProof = false
    for line in text.split(separator: "\n") {
      if line.hasPrefix("```") {
        isProof = line == "```proof"
      } else if line.hasPrefix("## ") {
        findings.append(Finding(title: String(line.dropFirst(3))))
      } else if !findings.isEmpty {
        let last = findings.count - 1
        if isProof { Self.read(line, into: &findings[last].proofs) }
        if line.hasPrefix("Scenario: `") {
          findings[last].scenario = String(line.dropFirst(11).prefix { $0 != "`" })
        }
        if line.hasPrefix("**For the kernel.**") { findings[last].hasMeaning = true }
      }
    }
  }

  private static func read(_ line: Substring, into proofs: inout [Proof]) {
    guard line.hasPrefix("    ") else {
      let parts = line.split(separator: ", ", maxSplits: 1)
      proofs.append(Proof(file: String(parts[0])))
      if parts.count > 1 { proofs[proofs.count - 1].place = String(parts[1]) }
      return
    }
    guard let sign = line.firstRange(of: " = "), !proofs.isEmpty else { return }
    let name = String(line[..<sign.lowerBound].drop { $0 == " " })
    proofs[proofs.count - 1].facts.append((name, String(line[sign.upperBound...])))
  }
}
