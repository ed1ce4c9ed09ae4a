import Engine
import TLB

extension TLBQuestion {
  /// The question as a line of the scenario language.
  public var scenarioText: String {
    let listed = UInt64(AddressList.count(run.pattern))
    let usual = TLBRun(
      run.model, run.pattern, accesses: listed == 0 ? TLBRun.usualAccesses : listed)
    var words = ["tlb", run.model.name, run.pattern.name.rawValue]
    switch run.pattern {
    case .modules: break
    case .list(let addresses):
      if let file {
        words += ["file", Statement.quoted(file)]
      } else {
        words.append(Statement.quoted(addresses.map(\.hex).joined(separator: " ")))
      }
    case .sequential(let step):
      words.append(run.target.scenarioText)
      if step != AccessPattern.lineBytes { words.append("step \(step)") }
    case .chase(let step):
      words.append(run.target.scenarioText)
      if step != AccessPattern.pageBytes { words.append("step \(step)") }
    case .random: words.append(run.target.scenarioText)
    case .hash(let table):
      words.append(run.target.scenarioText)
      if table.nodes != .everything { words.append("nodes \(table.nodes.scenarioText)") }
      if table.every != 1 { words.append("every \(table.every)") }
    }
    if run.accesses != usual.accesses { words.append("accesses \(run.accesses)") }
    if run.seed != usual.seed { words.append("seed \(run.seed)") }
    if let label { words.append("as \(label)") }
    return words.joined(separator: " ")
  }
}

extension AccessTarget {
  /// The target as the scenario language writes it.
  var scenarioText: String {
    switch self {
    case .everything: return "all"
    case .pages(let target, let pages):
      var text = target.scenarioText
      // An area may be called like a word that could stand there.
      if TLBQuestion.keywords.contains(text) { text += "+0" }
      return text + (pages.map { " \($0.rawValue)" } ?? "")
    }
  }
}

extension TLBAnswer {
  /// The answer in one line.
  public var sentence: String {
    var parts = [
      "\(counted(result.accesses, "access", "accesses")), \(result.firstMisses) "
        + "\(result.firstMisses == 1 ? "misses" : "miss") the first level",
      result.walks == 1 ? "1 misses all and walks" : "\(result.walks) miss all and walk",
    ]
    let sizes = LeafSize.allCases.filter { result[$0] > 0 }.map { "\(result[$0]) to \($0.name)" }
    let faults =
      result.faults == 0 ? [] : ["\(result.faults) to nothing present"]
    if !(sizes + faults).isEmpty {
      parts[1] += " (" + (sizes + faults).joined(separator: ", ") + ")"
    }
    parts.append("\(counted(result.walkSteps, "table")) read")
    return parts.joined(separator: ", ") + "; reach \(Self.amount(result.reachBytes))"
  }

  /// A number of bytes in the largest unit that it fills, cut after one digit: `1.9 GiB`.
  public static func amount(_ bytes: UInt64) -> String {
    var unit: UInt64 = 1
    var name = "B"
    for larger in ["KiB", "MiB", "GiB", "TiB"] where bytes >= unit << 10 {
      unit <<= 10
      name = larger
    }
    let tenths = bytes % unit * 10 / unit
    return tenths == 0 ? "\(bytes / unit) \(name)" : "\(bytes / unit).\(tenths) \(name)"
  }

  /// The question and the answer, as a run prints them.
  public var line: String { "\(question.scenarioText): \(sentence)" }
}
