import Engine
import KernelText
import Recordings
import TestSupport
import Testing

@Suite struct ReplayTests {
  @Test(arguments: Workload.all)
  func `a replay leads to the recorded leaves and counters`(_ workload: Workload) throws {
    var replay = try Replay(
      workload.trace(), from: workload.leavesBefore(), kernel: workload.kernel)
    replay.compare(with: try workload.leavesAfter())
    let report = replay.report
    #expect(report.differences == [])
    #expect(report.equalMarks == workload.marks)
    #expect(report.marks.count == workload.marks)
    #expect(report.isEqual)
    #expect(report.requests == workload.requests)
    #expect(report.invalidAndDefaultCalls == workload.directMapCalls)
    #expect(report.validCalls == workload.validCalls)
    #expect(report.leavesBefore.list == workload.before)
    #expect(report.leavesAfter.list == workload.after)
    let splits = report.splits
    #expect([splits.loadingModules, splits.removingModules, splits.afterwards] == workload.splits)
    #expect(report.collapses == 0)
    #expect(report.modulesLoaded == workload.modules)
    #expect(report.modulesRemoved == workload.removed)
    #expect(report.bpfLoaded == workload.programs)
    #expect(report.losses == [])
    #expect(report.unreadableLines == [])
    #expect(report.requestsWithoutFrames == [])
    #expect(report.framesWithoutRequest == [])
    #expect(report.requestsByCall["other"] == nil)
    try replay.machine.checkInvariants()
  }

  @Test func `what is left out is missed`() throws {
    let report = try Workload.small.replayed { lines in
      let last = lines.lastIndex { $0.contains("set_direct_map_default_noflush:") }
      if let last { lines.remove(at: last) }
    }
    #expect(!report.isEqual)
    #expect(report.differences?.map(\.pages) == [1])
    let difference = try #require(report.differences?.first)
    #expect(difference.here.hasSuffix("020"))
    #expect(difference.lastChange?.hasPrefix("set_direct_map_invalid_noflush in line ") == true)
  }

  @Test func `a request without frames is told, and what it would have done is missed`() throws {
    var line = 0
    let report = try Workload.small.replayed { lines in
      let first = lines.firstIndex { $0.contains("set=0x0 clr=0x8000000000000042") }
      line = (first ?? 0) + 1
      lines.remove(at: line)
    }
    #expect(report.requestsWithoutFrames == [line])
    #expect(!report.isEqual)
    #expect(report.text().contains("warning: line \(line): request: the frames are not in"))
  }

  @Test func `a request for NX alone needs no frames`() throws {
    let report = try Workload.small.replayed { lines in
      for index in lines.indices.dropLast().reversed()
      where lines[index].contains("set=0x8000000000000000 clr=0x0") {
        lines.remove(at: index + 1)
      }
    }
    #expect(report.requestsWithoutFrames == [])
    #expect(report.isEqual)
  }

  @Test func `frames before their request belong to none`() throws {
    var line = 0
    let report = try Workload.small.replayed { lines in
      let first = lines.firstIndex { $0.contains("set=0x0 clr=0x8000000000000042") }
      line = (first ?? 0) + 1
      lines.swapAt(line - 1, line)
    }
    #expect(report.framesWithoutRequest == [line])
    #expect(report.requestsWithoutFrames == [line + 1])
  }

  @Test func `a long list of frames goes on in further lines`() throws {
    let report = try Workload.small.replayed { lines in
      for index in lines.indices.reversed() where lines[index].contains("cpa_pfns: addr") {
        let words = lines[index].split(separator: " ")
        guard let last = words.last, words.count > 9 else { continue }
        let head = lines[index].dropLast(last.count)
        let prefix = words.dropLast(words.count - 7).joined(separator: " ")
        lines[index] = head
        lines.insert("\(prefix) \(last)", at: index + 1)
      }
    }
    #expect(report.isEqual)
    #expect(report.requestsWithoutFrames == [])
  }

  @Test func `a counter that differs is told with its mark`() throws {
    let report = try Workload.small.replayed { lines in
      let index = lines.firstIndex { $0.contains(": loaded ") } ?? 0
      lines[index] = Substring(lines[index].replacing("level2_splits=", with: "level2_splits=1"))
    }
    #expect(!report.isEqual)
    #expect(report.equalMarks == report.marks.count - 1)
    #expect(report.text().contains("loaded: direct_map_level2_splits recorded 1"))
  }

  @Test func `without marks the splits are counted all the same`() throws {
    let report = try Workload.small.replayed { lines in
      lines.removeAll { $0.contains("tracing_mark_write: ") }
    }
    #expect(report.isEqual)
    #expect(report.marks == [])
    #expect(report.splits.total == 15)
    #expect(report.splits.loadingModules == nil)
  }

  @Test func `the rules of another kernel do not fit`() throws {
    // 6.12 has no set_direct_map_valid_noflush.
    let error = #expect(throws: KernelTextError.self) {
      try Workload.all[3].replayed(as: .linux6_12)
    }
    #expect(error?.description.contains("a call that linux-6.12 has; check --kernel") == true)
  }

  @Test func `leaves that were given are compared without A and D`() throws {
    let before = try LeavesText("L 0 200 1 8000000000000163\n")
    let after = try LeavesText("L 0 100 1 8000000000000103\nL 100 100 1 8000000000000161\n")
    var replay = try Replay(Self.quietTrace(), from: before, kernel: .linux7_2)
    replay.compare(with: after)
    #expect(
      replay.report.differences == [
        LeafDifference(
          pfn: 0x100, pages: 0x100, recorded: "4K 0x8000000000000161",
          here: "4K 0x8000000000000163", lastChange: nil)
      ])
  }

  @Test func `leaves that begin or end elsewhere differ`() throws {
    let before = try LeavesText("L 10 200 1 8000000000000163\n")
    let after = try LeavesText(
      "L 0 20 1 8000000000000163\nL 20 10 0 0\nL 30 300 1 8000000000000163\n")
    var replay = try Replay(Self.quietTrace(), from: before, kernel: .linux7_2)
    replay.compare(with: after)
    let stretches = replay.report.differences?.map { [$0.pfn, $0.pages] }
    #expect(stretches == [[0, 0x10], [0x20, 0x10], [0x210, 0x120]])
  }

  @Test func `more page tables than fit are refused`() throws {
    let before = try LeavesText("L 0 400000000 1 8000000000000163\n")
    let error = #expect(throws: KernelTextError.self) {
      try Replay(Self.quietTrace(), from: before, kernel: .linux7_2)
    }
    #expect(error?.description.contains("the limit is 1 GiB") == true)
  }

  private static func quietTrace() throws -> FtraceText {
    try FtraceText(" a-1 [000] ..... 1.0: vfree: addr=0x0\n".utf8)
  }
}

extension LeafCounts {
  fileprivate var list: [UInt64] { [of4K, of2M, of1G] }
}
