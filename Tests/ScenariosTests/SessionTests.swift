import Engine
import History
import Language
import Scenarios
import TestSupport
import Testing

@Suite struct SessionTests {
  @Test(arguments: 0..<48)
  func `opens what was saved, and saves the same bytes again`(seed: Int) throws {
    let session = try RandomSession(seed: seed).session
    let text = try session.text()
    let (scenario, loader, problems) = try RandomSession.loaded(text)
    #expect(problems.isEmpty, "seed \(seed): \(problems)\n\(text)")
    let again = try RandomSession.session(scenario, loader)
    #expect(try again.text() == text, "seed \(seed)")

    let (old, new) = (session.timeline, again.timeline)
    #expect(again.boot == session.boot)
    #expect(again.stops.items.map(\.stop) == session.stops.items.map(\.stop))
    #expect(Set(new.marks.map(\.name)) == Set(old.marks.map(\.name)))
    for mark in old.marks { #expect(new.marks.contains(mark), "seed \(seed): \(mark)\n\(text)") }
    #expect(new.current == old.current && new.moment == old.moment, "seed \(seed)\n\(text)")
    #expect(new.machine.checksum == old.machine.checksum)
    try #require(new.branches.count == old.branches.count)
    for index in old.branches.indices {
      let (before, after) = (old.branches[index], new.branches[index])
      #expect(after.name == before.name && after.parent == before.parent)
      #expect(after.fork == before.fork && after.pauses == before.pauses)
      #expect(after.closingNotes == before.closingNotes)
      if index != old.current { #expect(after.cursor == before.cursor, "seed \(seed)\n\(text)") }
      let (steps, newSteps) = (old.steps(ofBranch: index), new.steps(ofBranch: index))
      #expect(newSteps.map(\.call) == steps.map(\.call))
      #expect(newSteps.map(\.notes) == steps.map(\.notes))
      #expect(
        new.machine(ofBranch: index, after: after.end).checksum
          == old.machine(ofBranch: index, after: before.end).checksum)
    }
  }

  @Test(arguments: 0..<12)
  func `tells of every cut, and opens what is before it`(seed: Int) throws {
    let session = try RandomSession(seed: seed).session
    let text = try session.text()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("session") })
    for count in (start + 1)..<(lines.count - 1) {
      let cut = lines[..<count].joined(separator: "\n") + "\n"
      let (_, loader, problems) = try RandomSession.loaded(cut)
      #expect(problems.contains { $0.problem == .session(.cut) }, "seed \(seed), line \(count)")
      let own = loader.timeline.branches.map { $0.end - $0.fork }.reduce(0, +)
      let calls = lines[..<count].count { Self.isCall($0) }
      #expect(own == calls, "seed \(seed), line \(count)")
    }
  }

  @Test(arguments: 0..<3)
  func `tells of a cut within a line`(seed: Int) throws {
    let text = try RandomSession(seed: seed, steps: 12).session.text()
    let bytes = Array(text.utf8)
    let head = try #require(text.firstRange(of: "session 1\n")).upperBound
    for count in text.utf8.distance(from: text.startIndex, to: head)..<bytes.count - 1 {
      let (_, _, problems) = try RandomSession.loaded(
        String(decoding: bytes[..<count], as: UTF8.self))
      #expect(!problems.isEmpty, "seed \(seed), byte \(count)")
    }
  }

  private static func isCall(_ line: Substring) -> Bool {
    let word = line.split(separator: " ").first.map(String.init) ?? ""
    return Command.firstCallWords.contains(word) && !line.hasPrefix("policy")
  }

  @Test(arguments: 0..<64)
  func `never traps on a damaged session`(seed: Int) throws {
    var mutator = Mutator(seed: UInt64(seed))
    let text = try RandomSession(seed: seed, steps: 16).session.text()
    for _ in 0..<6 {
      let damaged = mutator.mutate(text)
      guard let (_, loader, problems) = try? RandomSession.loaded(damaged) else { continue }
      for problem in problems {
        #expect(problem.description.hasPrefix("s:\(problem.location.line):"))
        #expect(!problem.description.contains("\n"))
      }
      // What is loaded can be saved, and is then whole.
      var session = try RandomSession(seed: 0, steps: 0).session
      session.timeline = loader.timeline
      session.stops = loader.stops
      let (_, again, rest) = try RandomSession.loaded(session.text())
      #expect(rest.isEmpty, "seed \(seed): \(rest)")
      #expect(again.timeline.machine.checksum == loader.timeline.machine.checksum)
    }
  }
}
