import Engine
import KernelText
import TestSupport
import Testing

@testable import Recordings

@Suite struct FtraceStreamTests {
  @Test(arguments: Workload.all, [1 << 8, 1 << 20])
  func `pieces of any length give what the whole trace gives`(
    workload: Workload, size: Int,
  ) throws {
    let bytes = Array(try workload.text("workload.ftrace.txt").utf8)
    let trace = try FtraceText(bytes)
    var random = SeededGenerator(seed: UInt64(size))
    let open = { BytesInMemory(bytes) { Int.random(in: 1...size, using: &random) } }
    let survey = try FtraceStream.survey(open())
    #expect(survey == trace.survey)
    #expect(survey.eventCount == trace.events.count)

    var whole = try Replay(trace, from: workload.leavesBefore(), kernel: workload.kernel)
    whole.compare(with: try workload.leavesAfter())
    var streamed = try Replay(
      streaming: open(), survey, from: workload.leavesBefore(), kernel: workload.kernel)
    streamed.compare(with: try workload.leavesAfter())
    #expect(streamed.report == whole.report)
    #expect(streamed.machine.checksum == whole.machine.checksum)

    var text = ""
    try TraceScenario.write(open, survey, kernel: workload.kernel, source: "here") {
      text += $0 + "\n"
    }
    #expect(text == TraceScenario(trace).text(kernel: workload.kernel, source: "here"))
  }

  @Test func `a trace that is cut off anywhere gives the same error`() throws {
    let lines = try Workload.small.text("workload.ftrace.txt").split(separator: "\n")
    let request = try #require(lines.firstIndex { $0.contains("change_page_attr_set_clr") })
    let bytes = Array(lines[request...(request + 2)].joined(separator: "\n").utf8)
    for count in 0...bytes.count {
      let cut = bytes[..<count]
      var errors: [String] = []
      for read in [
        { try FtraceText(cut).survey },
        { try FtraceStream.survey(BytesInMemory(cut, inPiecesOf: { 7 })) },
      ] {
        do { errors.append("\(try read())") } catch { errors.append("\(error)") }
      }
      #expect(errors[0] == errors[1])
    }
  }

  @Test func `of many places the first are kept, and all are counted`() throws {
    let event = " a-1 [000] ..... 1.0: vfree: addr=0x0\n"
    let text = event + String(repeating: "rubbish\nCPU:0 [LOST 3 EVENTS]\n", count: 5000)
    let survey = try FtraceText(text.utf8).survey
    #expect(survey.unreadableLines.count == 5000 && survey.losses.count == 5000)
    #expect(survey.unreadableLines.first == (0..<20).map { 2 * $0 + 2 })
    #expect(survey.losses.first.count == 20)
    let report = try Replay(
      FtraceText(text.utf8), from: LeavesText("L 0 400 2 80000000000001e3\n"), kernel: .linux7_2
    ).report
    #expect(report.text().contains("warning: line 2 and 4999 more: line: no event"))
    #expect(report.text().contains("warning: the kernel lost events in 4980 more places"))
  }

  @Test func `kinds of events beyond a number are counted together`() throws {
    let text = (0..<FtraceSurvey.namesLimit + 5).map { " a-1 [000] ..... 1.0: event\($0): x\n" }
    let survey = try FtraceText(text.joined().utf8).survey
    #expect(survey.ignored.count == FtraceSurvey.namesLimit + 1)
    #expect(survey.ignored["others"] == 5)
  }
}

@Suite struct LastChangesTests {
  @Test(arguments: 1...20)
  func `the last change of a range is the last that touched it`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var changes = LastChanges()
    var all: [(line: Int, frames: [Range<PFN>])] = []
    let run = { (random: inout SeededGenerator) -> Range<PFN> in
      let first = random.next(below: 3000)
      return PFN(first)..<PFN(first + 1 + random.next(below: random.oneIn(4) ? 1500 : 40))
    }
    for line in 1...150 {
      let frames = (0..<1 + Int(random.next(below: 3))).map { _ in run(&random) }
      changes.note("change", line: line, frames)
      all.append((line, frames))
      let asked = run(&random)
      let last = all.last { $0.frames.contains { $0.overlaps(asked) } }
      #expect(changes.last(in: asked) == last.map { "change in line \($0.line)" })
    }
  }
}
