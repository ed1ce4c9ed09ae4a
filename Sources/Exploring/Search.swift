import Engine

/// A search under way: the states that are known, and those that were found last.
struct Search {
  /// How a state was reached: by a call from another.
  struct Node: Sendable {
    var parent: Int32
    var call: UInt8
  }

  let explorer: Explorer
  private(set) var nodes: [Node] = [Node(parent: -1, call: 0)]
  private var known = KnownStates()
  /// The states whose calls are not tried yet.
  private(set) var frontier: Range<Int> = 0..<1
  /// Calls from state to state; kept where somebody asks what can be reached.
  private(set) var edges: [(from: Int32, to: Int32)] = []
  private var places: [UInt64: Int32] = [:]
  private let keepsEdges: Bool
  var exploration = Exploration()

  init(_ explorer: Explorer) {
    self.explorer = explorer
    var runs: [LeafRun] = []
    let key = explorer.universe.key(of: explorer.start, &runs)
    _ = known.insert(key)
    keepsEdges = explorer.options.properties.contains(.heals)
    if keepsEdges { places[key] = 0 }
  }

  /// The bytes that the states take: how each was reached, and its key.
  var bytes: Int { nodes.count * MemoryLayout<Node>.stride + known.bytes }

  /// Whether no more states may be kept.
  var isFull: Bool {
    nodes.count >= explorer.options.stateLimit
  }

  /// The calls that lead to a state.
  func path(to node: Int) -> [Int] {
    var path: [Int] = []
    var place = node
    while place > 0 {
      path.append(Int(nodes[place].call))
      place = Int(nodes[place].parent)
    }
    return path.reversed()
  }

  /// How many states a task takes: enough to outweigh its cost, few enough for frequent progress reports.
  private static let chunk = 64

  /// Tries every call from every state of the frontier.
  mutating func widen(to depth: Int, _ progress: WorkProgress?) async {
    let last = frontier
    var next = last.lowerBound
    let batch = Self.chunk * explorer.options.jobs * 4
    while next < last.upperBound, !isFull, progress?.isStopped != true {
      let end = min(next + batch, last.upperBound)
      let paths = (next..<end).map { path(to: $0) }
      for tried in await tryCalls(behind: paths) {
        take(tried, of: next + tried.index, path: paths[tried.index])
      }
      next = end
      progress?.report(UInt64(next - last.lowerBound), of: UInt64(last.count))
    }
    frontier = last.upperBound..<nodes.count
    exploration.statesByDepth.append(frontier.count)
    exploration.bytes = bytes
    if isFull { exploration.stopped = .full(explorer.options.stateLimit) }
    if next < last.upperBound { exploration.stopped = exploration.stopped ?? .asked }
  }

  /// Tries all calls behind each path, on as many threads as there are jobs, in the order of the paths.
  private func tryCalls(behind paths: [[Int]]) async -> [Tried] {
    let explorer = explorer
    let chunks = stride(from: 0, to: paths.count, by: Self.chunk).map {
      $0..<min($0 + Self.chunk, paths.count)
    }
    guard explorer.options.jobs > 1 else {
      return chunks.flatMap { explorer.tryCalls(behind: paths, $0) }
    }
    return await withTaskGroup(of: (Int, [Tried]).self) { group in
      var results = Array(repeating: [Tried](), count: chunks.count)
      var started = 0
      while started < min(explorer.options.jobs, chunks.count) {
        let index = started
        group.addTask { (index, explorer.tryCalls(behind: paths, chunks[index])) }
        started += 1
      }
      for await (index, tried) in group {
        results[index] = tried
        if started < chunks.count {
          let next = started
          group.addTask { (next, explorer.tryCalls(behind: paths, chunks[next])) }
          started += 1
        }
      }
      return results.flatMap(\.self)
    }
  }

  private mutating func take(_ tried: Tried, of node: Int, path: [Int]) {
    exploration.transitions += tried.results.count
    for result in tried.results {
      let operation = explorer.alphabet.operations[Int(result.call)]
      for finding in result.findings {
        let calls = explorer.alphabet.calls(path + [Int(result.call)], showing: finding)
        exploration.add(finding, calls, operation: operation)
      }
      if known.insert(result.key) {
        nodes.append(Node(parent: Int32(node), call: result.call))
        if keepsEdges { places[result.key] = Int32(nodes.count - 1) }
      }
      if keepsEdges, let place = places[result.key], place != Int32(node) {
        edges.append((Int32(node), place))
      }
    }
  }
}

/// The calls tried from one state.
struct Tried: Sendable {
  struct Result: Sendable {
    var call: UInt8
    var key: UInt64
    var findings: [Finding]
  }

  /// Which of the paths.
  var index: Int
  var results: [Result] = []
}

extension Explorer {
  /// Tries all calls behind some of the paths.
  func tryCalls(behind paths: [[Int]], _ range: Range<Int>) -> [Tried] {
    var buffers = CallCheck.Buffers()
    var runs: [LeafRun] = []
    var changes = StateParts.Changes()
    var alike: [Universe.AlikeSum] = []
    return range.map { index in
      var tried = Tried(index: index)
      let path = paths[index]
      guard let place = Place(path, self) else { return tried }
      let parts = universe.parts(of: place.machine, &runs)
      tried.results.reserveCapacity(alphabet.calls.count)
      for call in alphabet.calls.indices {
        if path.isEmpty, !options.shard.holds(firstCall: call) { continue }
        var next = place
        // With its opposite the sequence is one call longer.
        let undoes = path.count + 2 <= options.depth
        guard let findings = next.make(call, self, undoes: undoes, &buffers) else { continue }
        let key: UInt64
        if options.readsWhole {
          key = universe.key(of: next.machine, &runs)
        } else {
          var after = parts
          universe.renew(&after, of: next.machine, after: buffers.log.events, &changes, &runs)
          key = universe.key(of: after, &alike)
        }
        tried.results.append(Tried.Result(call: UInt8(call), key: key, findings: findings))
      }
      return tried
    }
  }
}

extension Alphabet {
  /// The calls that show a finding: those that lead to it, and the opposite of the last one where it
  /// needs that.
  func calls(_ path: [Int], showing finding: Finding) -> [Int] {
    guard finding.needsInverse, let last = path.last, let inverse = inverses[last] else {
      return path
    }
    return path + [inverse]
  }
}

/// Where a sequence of calls leads: the machine, and the one beside it.
struct Place {
  private(set) var machine: Machine
  private var rival: Machine?

  /// Where a path leads; `nil` if a call of it cannot be made.
  init?(_ path: [Int], _ explorer: Explorer) {
    machine = explorer.start
    rival = explorer.rival
    for place in path {
      let call = explorer.alphabet.calls[place]
      guard (try? machine.perform(call)) != nil else { return nil }
      _ = try? rival?.perform(call)
    }
  }

  /// Makes a call and says what it breaks; `nil` if it cannot be made.
  ///
  /// - Parameters:
  ///   - undoes: whether its opposite is tried behind it.
  ///   - buffers: storage, with the events of the call afterwards.
  mutating func make(
    _ place: Int, _ explorer: Explorer, undoes: Bool, _ buffers: inout CallCheck.Buffers,
  ) -> [Finding]? {
    let call = explorer.alphabet.calls[place]
    let before = machine
    buffers.log.removeAll()
    guard let returned = try? machine.perform(call, into: &buffers.log) else { return nil }
    var made = CallCheck.Made(before: before, after: machine, call: call, returned: returned)
    if let other = rival, let code = try? rival?.perform(call), let after = rival {
      made.rival = (other, after, code)
    }
    if undoes, explorer.check.properties.contains(.inverse),
      let inverse = explorer.alphabet.inverses[place]
    {
      var undone = machine
      if (try? undone.perform(explorer.alphabet.calls[inverse])) == .success {
        made.undone = undone
      }
    }
    return explorer.check.findings(of: made, &buffers)
  }
}
