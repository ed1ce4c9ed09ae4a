import Engine
import History
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

/// A flush or a split stops wherever in the kernel it comes from.
@Suite struct FactStopTests {
  /// A stop, the calls in which it must hit, and the machine they are made on.
  struct Case: Sendable, CustomTestStringConvertible {
    var stop: String
    var machine: String
    var kernel: KernelProfile
    var cpu: @Sendable (inout CPUFeatures) -> Void = { _ in }
    var calls: [String]
    var hits: Int

    var testDescription: String { "\(stop) on \(kernel.name)" }
  }

  private static let vmalloc = ["vmalloc v 20", "set_memory_ro v 20"]

  /// More pages than arm64 flushes one by one.
  private static let larger = ["vmalloc v 600", "set_memory_ro v 600"]

  static let cases = [
    Case(
      stop: "watch flush_tlb_kernel_range", machine: "arm64-16g", kernel: .linux6_12Arm64,
      calls: vmalloc, hits: 21),
    Case(
      stop: "watch flush_tlb_all", machine: "arm64-16g", kernel: .linux6_12Arm64, calls: larger,
      hits: 1),
    Case(
      stop: "break flush full", machine: "arm64-16g", kernel: .linux6_12Arm64, calls: larger,
      hits: 1),
    Case(
      stop: "break split", machine: "arm64-16g", kernel: .linux7_0Arm64,
      cpu: {
        $0[.bbml2] = true
        $0[.bbml2All] = false
      }, calls: ["map_mem"], hits: 1),
    Case(
      stop: "break flush full", machine: "teaching-4g", kernel: .linux6_12,
      calls: ["mmap a 100000", "zap a"], hits: 11),
  ]

  @Test(arguments: cases)
  func `a stop hits whatever part of the kernel the event comes from`(_ test: Case) throws {
    var description = try #require(MachineDescription(builtIn: test.machine))
    test.cpu(&description.cpu)
    var timeline = Timeline(try Machine(booting: description, kernel: test.kernel))
    for line in test.calls {
      guard case .call(let call) = try Parser(file: "t").statement(ofLine: line)?.statement else {
        Issue.record("\(line) is no call")
        return
      }
      try timeline.perform(call)
    }
    guard case .stop(let stop) = try Parser(file: "t").statement(ofLine: test.stop)?.statement
    else {
      Issue.record("\(test.stop) is no stop")
      return
    }
    var stops = StopList()
    _ = stops.add(stop)
    timeline.go(to: .start)
    var hits = 0
    while let hit = timeline.nextHit(of: stops, forwards: true) {
      hits += 1
      timeline.go(to: hit.moment)
    }
    #expect(hits == test.hits)
    let zaps = timeline.machine(after: timeline.end.call).allZaps[.fullFlushes]
    #expect(zaps == 0 || zaps == Int64(hits))
  }

  @Test func `the name of every call is the command that makes it`() throws {
    var count = 0
    for command in Command.all {
      guard
        case .call(let call) = try? Parser(
          file: "t", machines: MachineDescription.builtIn.map(\.name)
        ).statement(ofLine: command.example)?.statement
      else { continue }
      count += 1
      #expect(call.name == command.name)
    }
    #expect(count > 60)
  }
}
