import Engine
import History
import Interface
import Lanes
import Screen
import TestSupport
import Testing
import Views

/// Folding that is opened: the same call at every depth.
@Suite struct TraceDepthTests {
  /// Two nodes with cached pages each, and a call that takes nine of them.
  private static let twoNodes = """
    dmesg "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable"
    dmesg "BIOS-e820: [mem 0x0000000000100000-0x000000007fffffff] usable"
    dmesg "ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x3fffffff]"
    dmesg "ACPI: SRAT: Node 1 PXM 1 [mem 0x40000000-0x7fffffff]"
    kernel linux-5.11
    policy edgecombe-2021
    vmalloc here 1 node 0 group
    vmalloc there 1 node 1 group
    vmalloc code 9 group
    """

  /// A model before the last call of a scenario.
  private func model(_ text: String) throws -> Model {
    var model = try scenarioModel(text)
    for _ in 1..<model.timeline.steps.count { _ = model.update(.input(.character(">"))) }
    return model
  }

  /// The events at which the steps of the next call stop.
  private func steps(_ model: Model) -> [Event] {
    var model = model
    var events: [Event] = []
    let call = model.timeline.moment.call
    repeat {
      _ = model.update(.input(.character(".")))
      let count = model.timeline.moment.event
      let done = count > 0 ? count : model.trace.events.total
      let line = model.trace.tree.line(after: done)
      events.append(model.trace.events[model.trace.lines[line]])
    } while model.timeline.moment.call == call
    return events
  }

  private func takenNodes(_ events: [Event]) -> [Int] {
    events.compactMap { event in
      if case .policy(.edgecombe2021(.taken(_, let node))) = event { node } else { nil }
    }
  }

  @Test func `deeper, nine cached pages are taken one by one, the nodes in turn`() throws {
    var model = try model(Self.twoNodes)
    // Two turns that differ in their node, and the others like them: what repeats is passed.
    #expect(takenNodes(steps(model)).count < 4)
    #expect(takenNodes(steps(model)).count >= 1)
    _ = model.update(.input(.character("J")))
    #expect(model.trace.depth == .pages)
    let nodes = takenNodes(steps(model))
    #expect(nodes.count == 9)
    for (node, next) in zip(nodes, nodes.dropFirst()) { #expect(node != next) }
  }

  @Test func `event by event, a step is an event`() throws {
    var model = try model(Self.twoNodes)
    _ = model.update(.input(.character("J")))
    _ = model.update(.input(.character("J")))
    var steps = 0
    let call = model.timeline.moment.call
    while model.timeline.moment.call == call {
      _ = model.update(.input(.character(".")))
      steps += 1
      if model.timeline.moment.call == call {
        // The first line is the first event itself.
        #expect(model.timeline.moment.event == steps)
      }
    }
    #expect(steps == model.trace.events.total)
    _ = model.update(.input(.character("J")))
    #expect(model.notice?.kind == .failed)
  }

  @Test func `up again, time stands where it stood and steps are as before`() throws {
    var model = try model(Self.twoNodes)
    _ = model.update(.input(.character("J")))
    for _ in 0..<7 { _ = model.update(.input(.character("."))) }
    let moment = model.timeline.moment
    _ = model.update(.input(.character("H")))
    #expect(model.timeline.moment == moment && model.trace.depth == .folded)
    let (back, on) = (model.timeline.moment.event, model.trace.events.total)
    _ = model.update(.input(.character(",")))
    #expect(model.timeline.moment.event < back)
    _ = model.update(.input(.character(">")))
    #expect(model.timeline.moment.event == 0 && model.trace.events.total == on)
    _ = model.update(.input(.character("H")))
    #expect(model.notice?.kind == .failed)
  }

  /// Each deeper level stops wherever the one above does.
  @Test(arguments: PolicyName.x86)
  func `a deeper level has every line of the one above it`(policy: PolicyName) throws {
    let needs: [PolicyName: PolicyName] = [
      .unmappedAllocWholeBlock: .unmappedAlloc2023, .mergeOnFree: .unmapped2022,
      .mergeOnFreeLiteral: .unmapped2022, .mergeOnFreeChecked: .unmapped2022,
      .mergeOnFreeLiteralChecked: .unmapped2022,
    ]
    let before = needs[policy].map { "policy \($0.rawValue)\n" } ?? ""
    var model = try scenarioModel(
      """
      kernel linux-6.12
      \(before)policy \(policy.rawValue)
      vmalloc code 12 group reset
      set_memory_ro code 12
      vfree code
      drop_slab
      """)
    while model.timeline.moment.call < model.timeline.steps.count {
      let before = model.timeline.moment
      _ = model.update(.input(.character(">")))
      if model.timeline.moment == before { break }
      let folded = Set(model.trace.lines)
      _ = model.update(.input(.character("J")))
      let pages = Set(model.trace.lines)
      _ = model.update(.input(.character("J")))
      let events = Set(model.trace.lines)
      #expect(folded.isSubset(of: pages) && pages.isSubset(of: events))
      #expect(events.count == model.trace.events.total)
      #expect(model.trace.depth == .events)
      for _ in 0..<2 { _ = model.update(.input(.character("H"))) }
      #expect(Set(model.trace.lines) == folded)
    }
  }

  @Test func `lanes side by side go equally deep`() throws {
    var model = try comparedModel(
      """
      kernel linux-5.11
      vmalloc code 5 group
      """, [.edgecombe2021], [])
    _ = model.update(.input(.character("J")))
    #expect(model.lanes.list.allSatisfy { $0.traceDepth == .pages })
    _ = model.update(.input(.character("e")))
    _ = model.update(.input(.character("H")))
    #expect(model.lanes.list.allSatisfy { $0.traceDepth == .folded })
  }

  @Test func `the footer names the keys inside a call, and the title the level`() throws {
    var model = try model(Self.twoNodes)
    func text() -> String {
      screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
        .text(planes: [.characters])
    }
    #expect(!text().contains("J deeper"))
    _ = model.update(.input(.character(".")))
    #expect(text().contains("J deeper") && !text().contains("H up"))
    _ = model.update(.input(.character("J")))
    #expect(text().contains("H up") && text().contains("page by page"))
    _ = model.update(.input(.character("J")))
    #expect(!text().contains("J deeper") && text().contains("event by event"))
  }

  @Test func `plain mode has words for it`() throws {
    var session = PlainSession(try model(Self.twoNodes))
    let folded = session.answers(to: "step 200")
    #expect(folded.contains { $0.hasSuffix("more the same way.") })
    _ = session.answers(to: "<")
    #expect(session.answers(to: "unfold").contains { $0.contains("page by page") })
    let pages = session.answers(to: "step 200")
    #expect(pages.count { $0.contains("newest page in the cache") } == 9)
    #expect(!pages.contains { $0.hasSuffix("more the same way.") })
    #expect(session.answers(to: "fold").contains { $0.contains("one step") })
    #expect(session.answers(to: "fold").contains { $0.contains("folded already") })
  }
}
