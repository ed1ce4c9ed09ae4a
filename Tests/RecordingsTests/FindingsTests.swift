import Foundation
import TestSupport
import Testing

/// `docs/findings.md`: what it says about recordings is compared with the recordings.
@Suite struct FindingsTests {
  static let proofs: [FindingsPage.Proof] =
    (try? FindingsPage(ProjectFiles.text("docs/findings.md")))?.findings.flatMap(\.proofs) ?? []

  @Test func `has the findings that must be there`() throws {
    let page = try FindingsPage(ProjectFiles.text("docs/findings.md"))
    let titles = page.findings.map(\.title).joined(separator: "\n")
    for words in [
      "DirectMap1G is 0, 1 or 2 GiB too high", "lost G for good",
      "only the direct map is not flushed",
      "Unloading splits what loading left whole", "512 pages through an area of 4K entries",
    ] { #expect(titles.contains(words)) }
    for finding in page.findings {
      #expect(finding.scenario != nil, "\(finding.title) has no scenario")
      #expect(!finding.proofs.isEmpty, "\(finding.title) has no proof")
      #expect(finding.hasMeaning, "\(finding.title) does not say what it means to the kernel")
      for proof in finding.proofs { #expect(!proof.facts.isEmpty, "\(proof)") }
    }
  }

  @Test(arguments: proofs)
  func `what is said of a recording is what it says`(proof: FindingsPage.Proof) throws {
    let source = try RecordedText(proof)
    for fact in proof.facts {
      let found = try source.value(of: fact.name)
      #expect(found == fact.value, "\(proof.file), \(proof.place): \(fact.name)")
    }
  }

  @Test func `every recorded boot counts 2 GiB too much in 1G leaves, or has none`() throws {
    let folder = "Tests/KernelTextTests/Recorded/boots"
    let files = ProjectFiles.list(folder, ending: "txt").filter { $0.hasSuffix("/meminfo.txt") }
    #expect(files.count == 18)
    var tooHigh = 0
    for file in files {
      let leaves = try RecordedText(
        FindingsPage.Proof(file: file.replacing("meminfo", with: "leaves")))
      let counted = (try? RecordedText(.init(file: file)).value(of: "DirectMap1G")) ?? "0 kB"
      let (kB, real) = (Self.kB(counted), Self.kB(try leaves.value(of: "total 1G")))
      #expect(kB - real == (kB > 0 ? 2 << 20 : 0), "\(file)")
      if kB > 0 { tooHigh += 1 }
    }
    #expect(tooHigh == 12)
  }

  private static func kB(_ text: String) -> Int { Int(text.split(separator: " ")[0]) ?? -1 }

  @Test func `a wrong number is found, and a step that does not exist`() throws {
    var proof = FindingsPage.Proof(file: "Assets/recordings/linux-7.2.12/basic-2.jsonl")
    proof.place = "step 2"
    let source = try RecordedText(proof)
    #expect(try source.value(of: "op") == "set_memory_p")
    #expect(try source.value(of: "leaf 520704 before") == "2M 0x8000000000000062")
    #expect(try source.value(of: "leaf 520703 after") == "2M 0x80000000000001e3")
    #expect(throws: RecordedText.Trouble.self) { try source.value(of: "calls.nothing") }
    proof.place = "step 4000"
    #expect(throws: RecordedText.Trouble.self) { try RecordedText(proof) }
  }
}
