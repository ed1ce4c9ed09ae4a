import Engine
import History
import Interface
import Lanes
import TestSupport
import Testing

/// Some calls, each with its events, on a machine with two areas and perhaps a policy.
private func randomCalls(_ seed: Int) throws -> [(events: [Event], policies: [PolicyName])] {
  var random = SeededGenerator(seed: UInt64(seed))
  let setups: [(KernelProfile, [PolicyName])] = [
    (.linux7_2, []), (.linux6_12, []), (.linux6_1, [.aaronLu2022]), (.linux6_1, [.hyeyooCount2022]),
    (.linux6_1, [.hyeyooBitmap2022]), (.linux5_11, [.kirill2020]),
  ]
  let (kernel, policies) = setups[seed % setups.count]
  let description = try #require(MachineDescription(builtIn: "teaching-4g"))
  var machine = try Machine(
    booting: description, kernel: kernel, options: BootOptions(policies: try PolicySet(policies)))
  let first: UInt64 = 0x140000
  let (a, b) = (try #require(Name("a")), try #require(Name("b")))
  try machine.perform(.vmap(a, FrameStride(first: PFN(first), stride: 3, count: 40), at: nil))
  try machine.perform(.vmapPageRange(b, PFN(first + 1024), 1024, at: nil))
  var result: [(events: [Event], policies: [PolicyName])] = []
  for _ in 0..<12 {
    let pages = PageCount(random.pick([1, 2, 3, 33, 34, 512, 1 + random.next() % 40]))
    let frame = PFN(first + random.next() % 1600)
    let calls: [Call] = [
      .setMemory(random.pick(SetMemory.allCases), .frame(frame), pages),
      .setMemory(random.pick([.ro, .rw, .rox, .nx, .np, .p]), .frame(PFN(first)), 512),
      .setMemory(
        random.pick([.ro, .rw, .rox, .uc, .wb]), .area(a, page: PageCount(random.next() % 8)), 30),
      .setMemory(random.pick([.ro, .rw, .rox]), .area(b, page: 0), random.pick([1, 512, 1024])),
      .setPagesArray(.wc, FrameStride(first: frame, stride: 2, count: 20)),
      .setPagesArray(.wb, FrameStride(first: frame, stride: 2, count: 20)),
      .setDirectMap(random.pick([.invalid, .default]), frame, pages),
      .touch(.write, .frame(frame), 3),
      .user(.vmalloc(try #require(Name("v")), 3, UserCall.VmallocOptions())),
      .user(.vfree(try #require(Name("v")))),
    ]
    var log = EventLog()
    _ = try? machine.perform(random.pick(calls), into: &log)
    result.append((log.events, policies))
  }
  return result
}

@Suite struct CallTreeStepTests {
  @Test(arguments: 0..<12)
  func `every event is in exactly one innermost function`(seed: Int) throws {
    for (events, policies) in try randomCalls(seed) {
      let tree = CallTree(events, policies: policies)
      #expect(tree.nodes.first?.events == 0..<events.count)
      for (index, node) in tree.nodes.enumerated() {
        var end = node.events.lowerBound
        for child in tree.children(of: index) {
          let inner = tree.nodes[child]
          #expect(inner.parent == index)
          #expect(inner.events.lowerBound >= end && !inner.events.isEmpty)
          #expect(inner.events.upperBound <= node.events.upperBound)
          end = inner.events.upperBound
        }
        guard case .kernel(let function) = node.function, !node.isDerived else { continue }
        guard case .entered(function, node.address, node.pages) = events[node.events.lowerBound],
          case .left(function, _) = events[node.events.upperBound - 1]
        else {
          Issue.record("seed \(seed): \(function) is \(node.events)")
          continue
        }
      }
      for event in stride(from: seed % 7, to: events.count, by: max(1, events.count / 100)) {
        let path = tree.path(to: event)
        #expect(path.allSatisfy { tree.nodes[$0].events.contains(event) })
        let innermost = tree.nodes.lastIndex { $0.events.contains(event) }
        #expect(path.last == innermost, "seed \(seed), event \(event)")
      }
      let entered = events.count { if case .entered = $0 { true } else { false } }
      let told = tree.nodes.count { !$0.isDerived && $0.function != .call }
      #expect(told == entered)
      // Each 4K entry that was looked at is a step of its own.
      let checked = events.count {
        if case .counted(.cpa4KSetChecked, _) = $0 { true } else { false }
      }
      #expect(tree.nodes.count { $0.function == .kernel(.changePageAttr) } >= checked)
    }
  }

  @Test(arguments: 0..<12)
  func `steps agree with each other`(seed: Int) throws {
    for (events, policies) in try randomCalls(seed) where !events.isEmpty {
      let tree = CallTree(events, policies: policies)
      var positions = [0]
      while let last = positions.last, last < tree.endOfEvents {
        positions.append(tree.into(from: last))
      }
      #expect(positions.count == tree.lines.count + 1)
      let all = Set(positions)
      for (place, position) in positions.enumerated()
      where place < 100 || place > positions.count - 100 {
        if place > 0 { #expect(tree.intoBack(from: position) == positions[place - 1]) }
        for step in CallTree.Step.allCases {
          let target = tree.target(of: step, from: position)
          #expect(all.contains(target), "seed \(seed): \(step) from \(position) to \(target)")
          if step.isBack {
            #expect(position == 0 || target < position, "\(step) from \(position)")
          } else {
            #expect(position == tree.endOfEvents || target > position, "\(step) from \(position)")
          }
        }
        #expect(tree.over(from: position) >= tree.into(from: position))
        #expect(tree.out(from: position) >= tree.into(from: position))
        #expect(tree.overBack(from: position) <= tree.intoBack(from: position))
        // Over a function and back again passes by nothing.
        let over = tree.over(from: position)
        if over < tree.endOfEvents { #expect(tree.overBack(from: over) <= position) }
      }
    }
  }

  @Test(arguments: 0..<6)
  func `a window is a part of all rows`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) &* 77)
    for (events, policies) in try randomCalls(seed) where !events.isEmpty {
      let tree = CallTree(events, policies: policies)
      let lines: [Int?] =
        [nil]
        + (0..<6).map { _ in
          tree.lines.isEmpty ? nil : tree.lines[Int(random.next() % UInt64(tree.lines.count))]
        }
      for line in lines {
        let whole = tree.window(around: line, height: 100_000)
        #expect(whole.rows.count == whole.total)
        if let line, let current = whole.current {
          #expect(whole.rows[current].events.contains(line))
          // The line itself, not what it is folded into.
          if case .turns = whole.rows[current].kind {
            Issue.record("seed \(seed): \(line) is folded")
          }
        }
        for height in [1, 5, 12] {
          let part = tree.window(around: line, height: height)
          let rows = whole.rows[part.first..<min(part.first + height, whole.total)]
          #expect(part.rows == Array(rows), "seed \(seed), line \(line ?? -1), \(height) rows")
          #expect(part.total == whole.total && part.current == whole.current)
          if let current = part.current {
            #expect((part.first..<(part.first + part.rows.count)).contains(current))
          }
        }
      }
    }
  }

  @Test func `over leaves a function out, out ends it`() throws {
    var model = try scenarioModel("set_memory_ro pfn:0x140000")
    func name(_ model: Model) -> String {
      let line = model.trace.tree.line(after: model.timeline.moment.event)
      guard case .entered(let function, _, _) = model.trace.events[model.trace.lines[line]] else {
        return "-"
      }
      return function.name
    }
    model.stepInto()
    #expect(name(model) == "change_page_attr_set_clr")
    model.stepInto()
    #expect(name(model) == "__change_page_attr_set_clr")
    let walk = model.timeline.moment
    model.stepOver()
    #expect(name(model) == "cpa_flush")
    model.stepOverBack()
    #expect(model.timeline.moment == walk)
    model.stepInto()
    #expect(name(model) == "should_split_large_page")
    model.stepOver()
    #expect(name(model) == "split_large_page")
    model.stepOut()
    #expect(model.machine.counters[.directMap1G] == 3)
    model.stepOutBack()
    #expect(name(model) == "split_large_page")
    model.stepOutBack(2)
    #expect(name(model) == "__change_page_attr_set_clr")
    model.stepOver(2)
    #expect(model.timeline.moment == Moment(call: 1))
    model.stepOverBack()
    #expect(model.timeline.moment == .start)
    model.stepOver()
    #expect(model.timeline.moment == Moment(call: 1))
    model.stepIntoBack()
    #expect(model.timeline.moment.call == 0 && model.timeline.moment.event > 0)
  }
}
