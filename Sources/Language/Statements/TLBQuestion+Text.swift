import Engine
import Narration
import TLB

extension TLBQuestion {
  /// The question as a line of the scenario language.
  public var scenarioText: String {
    let listed = UInt64(run.pattern.listedCount)
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
