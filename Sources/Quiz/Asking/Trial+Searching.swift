import Engine
import Exploring
import Narration

// Questions whose answers a search proves: what is the shortest way, and which call breaks a property.

extension Trial {
  /// The questions about what may follow the call. Each makes hundreds of calls, so they are asked where
  /// somebody wants them.
  public var searchQuestions: [Question] {
    guard returned == .success, before.kernel.architecture == .x86_64 else { return [] }
    return [healingQuestion, breakerQuestion, undoQuestion].compactMap(\.self)
  }

  /// The names of what may follow.
  private var followers: [String] {
    let names = ["set_memory_ro", "set_memory_rw", "set_memory_np"]
    return names + (before.kernel.hasP ? ["set_memory_p"] : [])
      + (before.kernel.hasRox ? ["set_memory_rox"] : ["set_memory_nx"])
  }

  /// The first frame of the slot, and the page in it.
  private var place: (slot: PFN, page: PFN)? {
    guard let subject, let pfn = AddressLayout.directMapFrame(of: subject.direct) else {
      return nil
    }
    return (pfn.alignedDown(to: .size2M), pfn)
  }

  private func explorer(_ lines: [String], _ properties: [Property], depth: Int) -> Explorer? {
    guard let alphabet = try? Alphabet(reading: lines), !alphabet.calls.isEmpty else { return nil }
    var options = Explorer.Options()
    options.properties = properties
    options.depth = depth
    return Explorer(from: after, alphabet: alphabet, options: options)
  }

  // MARK: - The shortest way back

  private static let mostCalls = 10

  var healingQuestion: Question? {
    guard let place, let leaf = after.tables.lookup(after.directMapAddress(of: place.slot)),
      leaf.size == .size4K
    else { return nil }
    let targets = [place.page.target, "\(place.slot.target) 512"]
    let lines = followers.flatMap { name in targets.map { "\(name) \($0)" } }
    guard let explorer = explorer(lines, [], depth: Self.mostCalls) else { return nil }
    let address = after.directMapAddress(of: place.slot)
    let reach = explorer.fewestCalls { machine in
      machine.tables.lookup(address).map { $0.size > .size4K } ?? false
    }
    let names = followers.map { $0.dropFirst("set_memory_".count) }.joined(separator: ", ")
    var maker = QuestionMaker(
      .healing,
      "What is the least number of further calls that makes the 2M slot at \(place.slot.target) one "
        + "leaf? Calls: set_memory_ of \(names), each on \(place.page.target) or on all 512 pages.")
    let right: Int?
    let explanation: String
    switch reach {
    case .shortest(let path):
      right = path.count
      let way = path.map { lines[$0] }.joined(separator: "; ")
      explanation = "Shortest way: \(way)." + (path.count > 1 ? " Nothing shorter does it." : "")
    case .never(let states):
      right = nil
      explanation =
        "The calls reach \(counted(states, "state")), all of which were tried: in none is it one leaf. "
        + whoMerges
    case .notWithin: return nil
    }
    let answers: [Int?] = [right] + ([1, 2, 3, nil] as [Int?]).filter { $0 != right }
    for answer in answers.prefix(4) {
      maker.offer(
        answer.map { "\($0)" } ?? "never", order: Int64(answer ?? 99),
        aliases: answer == nil ? ["none"] : [],
        mistake: Self.healingMistake(answer, right: right))
    }
    return maker.question(explanation)
  }

  private static func healingMistake(_ answer: Int?, right: Int?) -> String {
    guard let answer else { return "There is a way, of \(counted(right ?? 0, "call"))." }
    guard let right else { return "No sequence of whatever length does it." }
    return answer < right
      ? "All sequences of \(counted(answer, "call")) were tried, and none does it."
      : "Fewer calls do it too."
  }

  // MARK: - What breaks

  var breakerQuestion: Question? {
    guard let place else { return nil }
    // Where the page has a second address, that is a target too.
    let areas = after.areas.live.filter { after.tables.frame(at: $0.start) == place.page }
    let targets = [place.page.target] + areas.map { "\($0.name)" }
    let names = ["set_memory_ro", "set_memory_rw", "set_memory_x", "set_memory_nx"]
    let lines = names.flatMap { name in targets.map { "\(name) \($0)" } }
    for property in [Property.flush, .wx] {
      guard let explorer = explorer(lines, [property], depth: 1) else { return nil }
      let words = lines.indices.map { explorer.broken(by: $0).first?.words }
      let breakers = words.indices.filter { words[$0] != nil }
      guard let right = breakers.first, breakers.count == 1, let found = words[right] else {
        continue
      }
      var maker = QuestionMaker(
        .breaker, "Which of these calls, made next, breaks this: \(property.meaning)?")
      let others = lines.indices.filter { $0 != right }
      // Those on the same pages first: they are harder to tell from it.
      let near = others.filter { lines[$0].hasSuffix(targets[right % targets.count]) }
      for index in ([right] + near + others.filter { !near.contains($0) }).prefix(4) {
        maker.offer(
          lines[index], order: Int64(index),
          mistake: "Tried: \(lines[index]) leaves the property whole.")
      }
      return maker.question("Tried: after \(lines[right]) \(found).")
    }
    return nil
  }

  // MARK: - What undoes it

  var undoQuestion: Question? {
    guard let place, let old = flags(of: place.page, on: before),
      let new = flags(of: place.page, on: after), old != new
    else { return nil }
    let names =
      ["set_memory_rw", "set_memory_nx"] + (before.kernel.hasP ? ["set_memory_p"] : [])
      + ["set_memory_global", "touch write"]
    let lines = names.map { "\($0) \(place.page.target)" }
    guard let explorer = explorer(lines, [], depth: 2) else { return nil }
    func isBack(_ machine: Machine) -> Bool { flags(of: place.page, on: machine) == old }
    let reach = explorer.fewestCalls(until: isBack)
    var maker = QuestionMaker(
      .undo,
      "Which one call, made next, gives \(place.page.target) the same flags in the direct map as before?"
    )
    let right: Int?
    let explanation: String
    switch reach {
    case .shortest(let path) where path.count == 1:
      right = path[0]
      explanation = "Tried: after \(lines[path[0]]) they are \(old.text(.size4K)) again."
    case .shortest(let path):
      right = nil
      let way = path.map { lines[$0] }.joined(separator: "; ")
      explanation =
        "The call leaves \(new.text(.size4K)) of \(old.text(.size4K)); two calls are needed: \(way)."
    case .never, .notWithin:
      right = nil
      explanation =
        "The call leaves \(new.text(.size4K)) of \(old.text(.size4K)); no two of these calls give that back."
    }
    let order: [Int?] = [right] + lines.indices.map(Optional.some) + [nil]
    for answer in order {
      maker.offer(
        answer.map { lines[$0] } ?? "none of them", order: Int64(answer ?? 99),
        aliases: answer == nil ? ["none"] : [],
        mistake: answer.map { "Tried: after \(lines[$0]) the flags are not those from before." }
          ?? "One of them does: they were all tried.")
    }
    return maker.question(explanation)
  }

  private func flags(of pfn: PFN, on machine: Machine) -> EntryFlags? {
    machine.tables.lookup(machine.directMapAddress(of: pfn))?.flags4K
  }
}

extension PFN {
  fileprivate var target: String { Call.Target.frame(self).scenarioText }
}
