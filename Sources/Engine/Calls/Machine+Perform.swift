extension Machine {
  /// Makes a call and returns what the kernel function returned. A call that cannot be made throws
  /// and leaves the machine as it was; one that the kernel refuses returns its error number.
  @discardableResult
  public mutating func perform(_ call: Call) throws(CallError) -> ReturnCode {
    var sink = SilentSink()
    return try perform(call, &sink)
  }

  /// Makes a call and appends all that happens to a log.
  @discardableResult
  public mutating func perform(_ call: Call, into log: inout EventLog) throws(CallError)
    -> ReturnCode
  {
    try perform(call, &log)
  }

  /// Makes a call that may be long, as far as the log wants it made. One that the log breaks off leaves
  /// the machine unusable: make it on a copy.
  ///
  /// - Throws: `CallError.interrupted` where the progress of the log was told to stop.
  @discardableResult
  public mutating func perform(_ call: Call, reading log: inout PartLog) throws(CallError)
    -> ReturnCode
  {
    let part = PartBox(log)
    defer { log = part.log }
    var listener = EventListener(part)
    let code = try perform(call, &listener)
    if part.log.isStopped { throw .interrupted }
    if part.log.isComplete { return code }
    part.log.summary.close(code, self)
    return code
  }

  /// Makes a call that may be long, and shows each event with its place, keeping none.
  ///
  /// - Parameter progress: where to look whether to stop, which leaves the machine unusable.
  /// - Throws: `CallError.interrupted` where it was told to stop.
  @discardableResult
  public mutating func perform(
    _ call: Call, _ progress: WorkProgress?, visiting visit: (Int, Event) -> Void,
  ) throws(CallError) -> ReturnCode {
    try withoutActuallyEscaping(visit) { visit throws(CallError) in
      var log = PartLog(progress: progress, visiting: visit)
      return try perform(call, reading: &log)
    }
  }

  /// Makes a call and sums up what happened.
  public mutating func perform(
    _ call: Call, summarizing summary: inout CallSummary,
  ) throws(CallError) {
    var listener = EventListener.summing
    defer { summary = listener.summary }
    let code = try perform(call, &listener)
    listener.summary.close(code, self)
  }

  /// Makes a call and sums up what happened.
  ///
  /// - Parameter progress: where a long call reports its progress. A stopped call leaves the machine
  ///   unusable.
  /// - Throws: `CallError.interrupted` if it was stopped.
  public mutating func perform(
    _ call: Call, reportingTo progress: WorkProgress?,
  ) throws(CallError) -> CallSummary {
    guard let progress, call.mayBeLong else {
      var summary = CallSummary()
      try perform(call, summarizing: &summary)
      return summary
    }
    var log = PartLog(progress: progress, visiting: nil)
    try perform(call, reading: &log)
    return log.summary
  }

  /// Applies events that a call on an equal machine gave: all of them lead to the machine after the
  /// call, the first few to a machine inside it.
  public mutating func apply(_ events: some Sequence<Event>) {
    for event in events { apply(event) }
  }

  private mutating func perform<Sink: EventSink>(
    _ call: Call, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    if let stopped { throw .stopped(stopped) }
    let code = try performOfRule(call, &sink)
    if setup.hooks.contains(.calls), code != .bug {
      policiesDidCall(code, &sink.listener)
      if stopped != nil { return .bug }
    }
    return code
  }

  /// Makes a call for a rule. Other rules do not see it, so rules cannot call each other.
  @inline(__always)
  mutating func performOfRule<Sink: EventSink>(
    _ call: Call, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    guard case .setMemory(let operation, let target, let pages) = call else {
      return try performRarer(call, &sink)
    }
    let address =
      try setup.isArm64 ? resolveOnArm64(target, pages) : resolveAnywhere(target, pages)
    if operation == .split4K { try checkTables(for: pages) }
    return setMemory(operation, address, pages, &sink)
  }

  @inline(never)
  private mutating func performRarer<Sink: EventSink>(
    _ call: Call, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    switch call {
    case .setMemory: break
    case .setPages(let operation, let pfn, let pages):
      try needX86()
      let address = try resolveAnywhere(.frame(pfn), pages)
      return setMemory(operation.setMemory, address, pages, &sink)
    case .setPagesArray(let operation, let frames):
      try needX86()
      try check(frames)
      try checkTables(for: frames.count)
      return setPagesArray(operation, frames, &sink)
    case .setDirectMap(let operation, let pfn, let pages):
      _ = try resolve(.frame(pfn), pages)
      try checkTables(for: pages)
      return setDirectMap(operation, pfn, pages, &sink)
    case .setDirectMapValid(let pfn, let pages, let isValid):
      _ = try resolve(.frame(pfn), pages)
      return setDirectMapValid(pfn, pages, isValid, &sink)
    case .touch(let access, let target, let pages):
      let address = try resolve(target, pages)
      try touch(access, address, pages, &sink)
    case .poke(let target, let bits):
      try needX86()
      try poke(try resolve(target, 1), bits, &sink)
    case .vmap(let name, let frames, let place):
      try checkTables(for: frames.count)
      try vmap(name, frames, at: place, &sink)
    case .vmapPageRange(let name, let pfn, let pages, let place):
      try vmapPageRange(name, pfn, pages, at: place, &sink)
    case .vunmap(let name):
      try vunmap(name, &sink)
    case .user(let call): return try perform(call, &sink.listener)
    case .policy(let call): return try perform(call, &sink.listener)
    case .process(let call): return try perform(call, &sink.listener)
    case .linearMap(let call): return try perform(call, &sink.listener)
    case .function(let call): throw .needsRealKernel(call.name)
    case .collapse(let target, let pages):
      if !setup.kernel.linearMap.hasGenericCPA { try needX86() }
      let address = try resolve(target, pages)
      let request = CPARequest(address, pages, set: [], clear: [])
      cpaCollapseLargePages(request, &sink)
    case .allocPages(let name, let order, let type, let node, let traits):
      return try allocPages(name, order: order, type, node: node, traits, &sink)
    case .freePages(let name, let inSoftirq):
      try freePages(name, inSoftirq: inSoftirq, &sink)
    case .drainPages: drainAllPages(&sink)
    case .freePagesAt(let pfn, let order):
      try freePages(at: pfn, order: order, &sink)
    case .age(let seed, let operations):
      try age(seed: seed, operations: operations, &sink)
    case .scatter(let name, let pages, let percentFreed, let seed):
      return try scatter(name, pages, percentFreed: percentFreed, seed: seed, &sink)
    }
    return .success
  }

  /// Refuses what only x86-64 has.
  private func needX86() throws(CallError) {
    if setup.isArm64 { throw .needsArchitecture(.x86_64) }
  }
}
