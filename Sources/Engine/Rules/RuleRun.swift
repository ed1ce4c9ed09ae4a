/// One run of a rule's handlers: a stack of numbers over a machine.
///
/// It changes the machine by events alone, as every policy does, and ends: loops go over the slots of a
/// request, a slot or a block, and all of a run has ``Rule/stepLimit`` steps.
struct RuleRun {
  let body: Rule.Body
  /// The rule's place among those that are on.
  let place: Int
  var moment: RuleMoment
  var stack = InlineArray<32, Int64>(repeating: 0)
  var depth = 0
  var locals = InlineArray<16, Int64>(repeating: 0)
  var stepsLeft = Rule.stepLimit
  /// What is kept with the slot's table, as far as it was read; written back where others may look.
  var track: TableTrack?
  var isTrackChanged = false
  /// The flags of the entry that a count looks at.
  var entry: Int64 = 0
  /// How many tables this run has replaced.
  var merged: Int64 = 0
  /// Leaves that merges made, for the handlers of written entries.
  var made: [RuleMoment] = []
  /// What the handlers answer to those who called them.
  var result = ReturnCode.success
  var wantsFullFlush = false
  var answer = PageAnswer.notMine
  /// Numbers of tables that came down to a limit, for the handlers that wait for that.
  var fallen: [(handler: RuleHandler, moment: RuleMoment)] = []
  /// What is asked of the rule, where nothing may merge.
  var trial: RuleTrial?
  /// Whether a count was wrong: the kernel has stopped.
  var isStopped: Bool { result != .success }

  init(_ rule: Rule, _ place: Int, _ moment: RuleMoment) {
    body = rule.body
    self.place = place
    self.moment = moment
  }

  // MARK: - The stack

  @inline(__always)
  mutating func push(_ number: Int64) {
    stack[depth] = number
    depth += 1
  }

  @inline(__always)
  mutating func pop() -> Int64 {
    depth -= 1
    return stack[depth]
  }

  /// Takes steps off; whether there are any left.
  @inline(__always)
  mutating func spend(_ steps: Int) -> Bool {
    stepsLeft -= steps
    return stepsLeft > 0
  }

  // MARK: - Running

  /// Runs a handler.
  mutating func run(_ code: RuleCode, _ machine: inout Machine, _ sink: inout EventListener) {
    guard !isStopped else { return }
    run(code.operations, 0..<code.operations.count, &machine, &sink)
    writeBack(&machine, &sink)
    if !fallen.isEmpty { runFallen(&machine, &sink) }
    if stepsLeft <= 0 {
      sink.record(.decided(.policy(.ruleRan(RuleLine(rule: UInt8(place), line: 0)))))
    }
    depth = 0
  }

  /// Runs the handlers of numbers that came down to their limits, and of those that these let fall.
  private mutating func runFallen(_ machine: inout Machine, _ sink: inout EventListener) {
    let around = moment
    while !isStopped, stepsLeft > 0, !fallen.isEmpty {
      let next = fallen.removeFirst()
      moment = next.moment
      let operations = next.handler.code.operations
      run(operations, 0..<operations.count, &machine, &sink)
      writeBack(&machine, &sink)
    }
    fallen = []
    moment = around
  }

  /// Runs operations up to the end of a range. Jumps stay within it.
  mutating func run(
    _ operations: [RuleOperation], _ range: Range<Int>, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) {
    var index = range.lowerBound
    while index < range.upperBound, spend(1), !isStopped {
      let operation = operations[index]
      index += 1
      switch operation {
      case .push(let number): push(number)
      case .load(let name): push(value(of: name, machine))
      case .loadCounter(let counter): push(machine.counters[counter])
      case .loadLocal(let local): push(locals[Int(local)])
      case .storeLocal(let local): locals[Int(local)] = pop()
      case .loadValue(let value): push(kept(Int(value), machine))
      case .storeValue(let value): keep(Int(value), pop(), &machine, &sink)
      case .binary(let sign):
        let right = pop()
        stack[depth - 1] = sign.of(stack[depth - 1], right)
      case .not: stack[depth - 1] = stack[depth - 1] == 0 ? 1 : 0
      case .negative: stack[depth - 1] = 0 &- stack[depth - 1]
      case .bitCount: stack[depth - 1] = Int64(stack[depth - 1].nonzeroBitCount)
      case .countEntries(let length), .countAlike(_, _, let length):
        let count = countEntries(operations, index - 1, machine)
        machine.countCost(.entriesScanned, 512, &sink)
        push(count)
        index += Int(length)
      case .jump(let goal): index = Int(goal)
      case .jumpIfZero(let goal):
        if pop() == 0 {
          if trial != nil { trial?.fails(at: index - 1, upTo: Int(goal), moment.slot) }
          index = Int(goal)
        }
      case .each(let loop, let end):
        runEach(loop, operations, index..<Int(end), &machine, &sink)
        index = Int(end)
      case .line(let line, let tellsNumber):
        let number = tellsNumber ? stack[depth - 1] : nil
        let ran = RuleLine(rule: UInt8(place), line: line, number: number)
        sink.record(.decided(.policy(.ruleRan(ran))))
      case .track, .recount, .check, .merge, .collapse, .wait, .flushAll, .flushRange, .cost,
        .retype, .relist, .refuse, .serve, .call:
        act(operation, &machine, &sink)
      }
    }
  }

  /// Runs the inside of a loop for each of its slots.
  private mutating func runEach(
    _ loop: RuleLoop, _ operations: [RuleOperation], _ inside: Range<Int>,
    _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    writeBack(&machine, &sink)
    let around = moment.slot
    defer { moment.slot = around }
    switch loop.place {
    case .request:
      guard let request = moment.request else { return }
      var last: VirtualAddress?
      var index: PageCount = 0
      while index < request.pages, stepsLeft > 0, !isStopped {
        let address = request.address(ofPage: index)
        let start = address.alignedDown(to: loop.size)
        if start != last {
          visit(start, loop.size, operations, inside, &machine, &sink)
        } else {
          _ = spend(1)
        }
        last = start
        index += request.isArray ? 1 : address.pagesToEnd(of: loop.size)
      }
    case .slot:
      guard loop.size < around.size else { return }
      var start = around.start
      let count = around.size.pages.rawValue / loop.size.pages.rawValue
      for _ in 0..<count where stepsLeft > 0 && !isStopped {
        visit(start, loop.size, operations, inside, &machine, &sink)
        start = start + loop.size.pages
      }
    case .memory:
      for range in machine.memory.ranges {
        var first = range.lowerBound.alignedDown(to: loop.size)
        while first < range.upperBound, stepsLeft > 0, !isStopped {
          let start = machine.directMapAddress(of: first)
          visit(start, loop.size, operations, inside, &machine, &sink)
          first = first + loop.size.pages
        }
      }
    case .block:
      guard let block = moment.block else { return }
      let count = max(1, block.pages.rawValue / loop.size.pages.rawValue)
      var first = block.first.alignedDown(to: loop.size)
      for _ in 0..<count where stepsLeft > 0 && !isStopped {
        let start = machine.directMapAddress(of: first)
        visit(start, loop.size, operations, inside, &machine, &sink)
        first = first + loop.size.pages
      }
    }
  }

  /// Runs the inside of a loop for a slot; of a rule that is asked about one slot, only for that one and
  /// those around it.
  @inline(__always)
  private mutating func visit(
    _ start: VirtualAddress, _ size: LeafSize, _ operations: [RuleOperation],
    _ inside: Range<Int>, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    let slot = RuleMoment.Slot(start: start, size: size)
    if let trial, !slot.contains(trial.slot) { return }
    moment.slot = slot
    track = nil
    run(operations, inside, &machine, &sink)
    writeBack(&machine, &sink)
  }
}
