import Engine
import TestSupport
import Testing

/// The order of events that `WalkGrammar` reads: where an emit changes its place, these fail.
@Suite struct WalkGrammarTests {
  /// What a walk consists of, as the grammar reads it.
  private struct Walk {
    var start: VirtualAddress
    var pages: PageCount
    var steps: [VirtualAddress] = []
    var isWhole = false
    /// The leaves that it keeps or changes whole: their sizes, by the address that a decision names.
    private var wholeLeaves: [VirtualAddress: LeafSize] = [:]

    init(start: VirtualAddress, pages: PageCount) {
      self.start = start
      self.pages = pages
    }

    mutating func note(_ decision: Decision) {
      if case .sameProtection(let address, let size, _) = decision { wholeLeaves[address] = size }
      if case .preserved(let address, let size, old: _, new: _) = decision {
        wholeLeaves[address] = size
      }
    }

    /// Where a step ends: behind the leaf that is kept or changed whole, else behind one page.
    func end(ofStepAt address: VirtualAddress) -> VirtualAddress {
      let names = [address, address.alignedDown(to: .size2M), address.alignedDown(to: .size1G)]
      let size = names.lazy.compactMap { wholeLeaves[$0] }.first
      return address + (size.map(address.pagesToEnd) ?? 1)
    }
  }

  /// The walks of a call, each with the addresses of its steps.
  private static func walks(_ events: [Event]) throws -> [Walk] {
    var walks: [Walk] = []
    var open: [(function: KernelFunction, walk: Int?)] = []
    var isDecided = false
    var inStep = false
    let kept = CallEvents(events)
    for (index, event) in events.enumerated() {
      if inStep, open.last?.walk != nil, WalkGrammar.endsStep(event, isDecided: isDecided) {
        inStep = false
      }
      if !inStep, let walk = open.last?.walk,
        let address = WalkGrammar.stepAddress(at: index, in: kept)
      {
        walks[walk].steps.append(address)
        inStep = true
        isDecided = false
      }
      if case .entered(let function, let address, let pages) = event {
        let isWalk = function == .changePageAttrLoop
        if isWalk { walks.append(Walk(start: address, pages: pages)) }
        open.append((function, isWalk ? walks.count - 1 : nil))
      }
      if case .left(let function, let code) = event {
        let last = open.popLast()
        try #require(last?.function == function)
        if let walk = last?.walk { walks[walk].isWhole = code == .success }
      }
      if case .decided(let decision) = event {
        if WalkGrammar.stepEnd(decision) != nil { isDecided = true }
        if let walk = open.last(where: { $0.walk != nil })?.walk { walks[walk].note(decision) }
      }
    }
    return walks
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `the steps of a walk come to every page in turn`(seed: UInt64) throws {
    let kernel = KernelProfile.x86[Int(seed) % KernelProfile.x86.count]
    let policy = (PolicyName.merging + [nil as PolicyName?])[Int(seed) % 5]
    let start = Machine.ofLargeLeaves(
      kernel: kernel, policies: try PolicySet(policy.map { [$0] } ?? []))
    var machine = start
    var calls = RandomCalls(seed: seed)
    var steps = 0
    for _ in 0..<120 {
      // A policy's BUG ends a machine, not the test.
      if machine.stopped != nil { machine = start }
      let call = calls.next(on: machine)
      var log = EventLog()
      guard let code = try? machine.perform(call, into: &log), code == .success else { continue }
      if case .setPagesArray = call { continue }
      for walk in try Self.walks(log.events) where walk.isWhole {
        // Each step begins where the one before ended; where that is, the tables tell.
        var next = walk.start
        for step in walk.steps {
          try #require(step == next, "\(call)")
          next = walk.end(ofStepAt: step)
        }
        try #require(next >= walk.start + walk.pages, "\(call) ends at \(next)")
        steps += walk.steps.count
      }
    }
    #expect(steps > 100)
  }

  @Test(arguments: PolicyName.merging)
  func `what a merging policy adds is known as a policy's`(policy: PolicyName) throws {
    var machine = Machine.ofLargeLeaves(kernel: .linux6_1, policies: try PolicySet([policy]))
    var parts = 0
    for operation in [SetMemory.ro, .rw] {
      var log = EventLog()
      try machine.perform(.setMemory(operation, .frame(Machine.largeLeavesStart), 3), into: &log)
      var open: [KernelFunction] = []
      for event in log.events {
        if case .entered(let function, _, _) = event { open.append(function) }
        if case .left = event { open.removeLast() }
        guard let function = open.last else { continue }
        if WalkGrammar.policyPart(event, in: function) != nil { parts += 1 }
      }
    }
    // Entries are counted at each split and step, or read before the flush.
    #expect(parts > 0, "\(policy)")
  }
}
