import Foundation
import TestSupport
import Testing

@Suite(.waitsForPrograms) struct CompareCommandTests {
  private static let scenario =
    "kernel linux-6.1\nset_memory_ro pfn:0x140000\nset_memory_rw pfn:0x140000"

  @Test func `prints a line for each variant`() throws {
    let result = try Program.run(
      ["compare", "-", "--variant", "plain=", "--variant", "merging=policy:aaronlu-2022"],
      input: Self.scenario)
    #expect(result.status == 0)
    #expect(result.errors == "")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("variant  kernel     policies"))
    #expect(lines[1].hasPrefix("plain    linux-6.1  -"))
    #expect(lines[2].hasPrefix("merging  linux-6.1  aaronlu-2022"))
  }

  @Test func `prints JSON that others can read`() throws {
    let result = try Program.run(
      [
        "compare", "-", "--format", "json", "--variant", "a=kernel:linux-6.12",
        "--variant", "b=kernel:linux-7.2,policy:kirill-2020",
      ], input: Self.scenario)
    #expect(result.status == 0)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let variants = try #require(object["variants"] as? [[String: Any]])
    #expect(variants.map { $0["name"] as? String } == ["a", "b"])
    #expect(variants.map { $0["kernel"] as? String } == ["linux-6.12", "linux-7.2"])
    #expect(variants.map { $0["policies"] as? [String] } == [[], ["kirill-2020"]])
    for key in [
      "DirectMap4k", "DirectMap2M", "DirectMap1G", "DirectMap4kAtBoot", "splits", "merges",
      "flushes",
    ] {
      #expect(variants.allSatisfy { $0[key] is Int }, "\(key)")
    }
  }

  @Test func `prints a chart`() throws {
    let result = try Program.run(["compare", "-", "--format", "svg"], input: Self.scenario)
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("<svg xmlns=") && result.output.hasSuffix("</svg>\n"))
    #expect(!result.output.contains("<script"))
  }

  @Test func `ends with 1 when a variant stops, and tells why`() throws {
    let result = try Program.run(
      ["compare", "-", "--variant", "a=policy:hyeyoo-count-2022"],
      input: "kernel linux-6.1\nset_memory_ro pfn:0x140200 2M\nset_memory_rw pfn:0x140200\n"
        + "set_memory_ro pfn:0x150000")
    #expect(result.status == 1)
    #expect(result.output.contains("a stopped at call 3: <stdin>:4:1: the kernel has stopped: BUG"))
  }

  @Test(arguments: [
    (["--variant", "a=kernel:linux-9"], "no kernel is called 'linux-9'"),
    (["--variant", "a=b"], "none of kernel:NAME, policy:NAME and rule:FILE"),
    (["--variant", "a=", "--variant", "a="], "two variants are called a"),
    (Array(repeating: ["--variant", "x"], count: 9).flatMap(\.self), "9 variants are too many"),
    (["--format", "pdf"], "pdf"),
  ])
  func `ends with 2 when a variant is wrong`(arguments: [String], words: String) throws {
    let result = try Program.run(["compare", "-"] + arguments, input: Self.scenario)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
