import Engine

// What lies beyond the depth: random sequences, and leaves that can never be one again.

extension Search {
  /// Makes random sequences, from random ones of the states that were found last. What they break that
  /// nothing shorter does is shrunk.
  mutating func goBeyond(_ progress: WorkProgress?) async {
    let options = explorer.options
    guard options.randomSequences > 0, !explorer.alphabet.calls.isEmpty else { return }
    var numbers = SeededNumbers(seed: options.seed)
    var buffers = CallCheck.Buffers()
    for sequence in 0..<options.randomSequences where progress?.isStopped != true {
      let starts = frontier.isEmpty ? 0..<nodes.count : frontier
      let start = starts.lowerBound + Int(numbers.next(below: UInt64(starts.count)))
      var path = path(to: start)
      guard var place = Place(path, explorer) else { continue }
      for _ in 0..<options.randomLength {
        let call = Int(numbers.next(below: UInt64(explorer.alphabet.calls.count)))
        guard let findings = place.make(call, explorer, undoes: true, &buffers) else { continue }
        exploration.randomCalls += 1
        path.append(call)
        let operation = explorer.alphabet.operations[call]
        for finding in findings {
          let calls =
            exploration.knows(finding, operation: operation)
            ? path : explorer.shrunk(path, to: finding)
          exploration.add(
            finding, explorer.alphabet.calls(calls, showing: finding), operation: operation)
        }
      }
      progress?.report(UInt64(sequence + 1), of: UInt64(options.randomSequences))
    }
  }

  /// Looks for states from which no call leads back to where every leaf of the beginning is one again.
  /// Only states whose calls were all tried decide; if some were not, nothing is said of what leads to
  /// them.
  mutating func findUnhealed() {
    var back: [[Int32]] = Array(repeating: [], count: nodes.count)
    for edge in edges { back[Int(edge.to)].append(edge.from) }
    var heals = Array(repeating: false, count: nodes.count)
    // What was never tried may heal.
    var open = Array(frontier)
    for node in nodes.indices where !frontier.contains(node) && isWhole(node) { open.append(node) }
    for node in open { heals[node] = true }
    while let node = open.popLast() {
      for from in back[node] where !heals[Int(from)] {
        heals[Int(from)] = true
        open.append(Int(from))
      }
    }
    for node in nodes.indices where !heals[node] {
      let calls = path(to: node)
      guard let last = calls.last else { continue }
      exploration.add(
        Finding(.heals), calls, operation: explorer.alphabet.operations[last])
    }
  }

  /// Whether every large leaf of the beginning is one in a state.
  private func isWhole(_ node: Int) -> Bool {
    guard let place = Place(path(to: node), explorer) else { return false }
    return explorer.largeLeaves.allSatisfy { leaf in
      place.machine.tables.lookup(leaf.start)?.size == leaf.size
    }
  }
}

extension Explorer {
  /// The large leaves that the calls of the alphabet reach, at the beginning.
  var largeLeaves: [(start: VirtualAddress, size: LeafSize)] {
    var leaves: [(start: VirtualAddress, size: LeafSize)] = []
    for call in alphabet.calls {
      guard let target = call.operationOnFrames else { continue }
      let address = start.directMapAddress(of: target.first)
      guard let leaf = start.tables.lookup(address), leaf.size > .size4K else { continue }
      let first = address.alignedDown(to: leaf.size)
      if !leaves.contains(where: { $0.start == first }) { leaves.append((first, leaf.size)) }
    }
    return leaves
  }

  /// Leaves calls out of a sequence as long as its last one still breaks the property in the same way.
  func shrunk(_ path: [Int], to finding: Finding) -> [Int] {
    var path = path
    var index = path.count - 2
    while index >= 0 {
      var shorter = path
      shorter.remove(at: index)
      if breaks(shorter, finding) { path = shorter }
      index = min(index, path.count - 1) - 1
    }
    return path
  }

  private func breaks(_ path: [Int], _ finding: Finding) -> Bool {
    var buffers = CallCheck.Buffers()
    guard let last = path.last, var place = Place(Array(path.dropLast()), self),
      let findings = place.make(last, self, undoes: finding.needsInverse, &buffers)
    else { return false }
    return findings.contains { $0.sign == finding.sign }
  }
}
