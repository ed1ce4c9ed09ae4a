import Engine
import TestSupport
import Testing

@testable import Lab

/// Recordings that have a form of their own, made of a real kernel and held against the simulation.
@Suite(.waitsForGuests) struct RecorderTests {
  @Test(
    .enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"),
    arguments: [RecordedKind.zap, .vmalloc])
  func `zaps and areas of x86-64 are recorded, and equal the simulation`(
    kind: RecordedKind,
  ) throws {
    let path = try #require(LabKernels.x86)
    let lab = try LabKernel(booting: GuestOptions(translating: path))
    let text = try lab.record(kind, seed: 1, steps: 8)
    let check = try kind.check(text)
    #expect(check.steps >= 8)
    #expect(check.differences == [])
    // The same seed from the same beginning.
    let again = try lab.record(kind, seed: 1, steps: 2)
    #expect(again.split(separator: "\n").prefix(2) == text.split(separator: "\n").prefix(2))
    #expect(throws: LabError.self) { _ = try lab.record(.arm64, seed: 1, steps: 1) }
  }

  @Test(.enabled(if: LabKernels.arm64 != nil, "\(LabKernels.missing)"))
  func `the linear map of arm64 is recorded, and equals the simulation`() throws {
    let path = try #require(LabKernels.arm64)
    var options = try GuestOptions(translating: path)
    options.append = "rodata=full"
    let lab = try LabKernel(booting: options)
    let text = try lab.record(.arm64, seed: 1, steps: 30)
    // Every call that changes a page invalidates it.
    #expect(text.contains("  tlbi pages=1 ranges=0 all=0"))
    let check = try RecordedKind.arm64.check(text)
    // Leaves and tables of two steps, and the probe.
    #expect(check.steps == 5)
    #expect(check.differences == [])
    // From the same beginning, to which the guest was brought back.
    let again = try RecordedKind.arm64.check(try lab.record(.arm64, seed: 2, steps: 10))
    #expect(again.steps == 5 && again.differences == [])
    #expect(throws: LabError.self) { _ = try lab.record(.zap, seed: 1, steps: 1) }
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `a process that exits is told with all that it had mapped`() throws {
    let path = try #require(LabKernels.x86)
    let lab = try LabKernel(booting: GuestOptions(translating: path))
    // The first seed whose first zap is an exit.
    var text = ""
    for seed in 1...40 as ClosedRange<UInt64> where !text.contains(" exit ") {
      text = try lab.record(.zap, seed: seed, steps: 1)
    }
    let own = text.split(separator: "\n").filter { $0.hasPrefix("own 0x") }
    // Its code and data, and its stack.
    #expect(own.count >= 2, "\(text)")
    let check = try RecordedKind.zap.check(text)
    #expect(check.steps == 1 && check.differences == [])
  }

  @Test func `counts of entries are told as recordings have them`() {
    var counts = EntryCounts([
      CountedFunction("b", .number(0)), CountedFunction("a"), CountedFunction("c", .number(1)),
    ])
    counts.add("a", nil)
    for value in [7, 509, 509, 5] { counts.add("b", (UInt64(value), nil)) }
    #expect(counts.text == "count a 1\ncount b 4 log 7 509x2 5\ncount c 0 log\n")
  }
}
