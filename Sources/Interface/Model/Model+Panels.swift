import Engine
import History
import Lanes
import Language
import Parsing
import Scenarios
import TLB

// What stands beside the map, and what the colours of the map mean.

extension Model {
  /// Puts another panel beside the map.
  mutating func show(_ panel: SidePanel) {
    options.sidePanel = panel
    compareZaps()
  }

  /// Tries the call that is shown under the other rules, where the panel is there to tell of it.
  mutating func compareZaps() {
    lane.zapComparison = options.sidePanel == .gather ? lane.zapsCompared() : nil
  }
}

extension Model {
  /// Asks another question, and shows the panel with the answer. What is wrong if there is none.
  mutating func measure(_ question: TLBQuestion) -> String? {
    let reading = lane.reading(of: question)
    if let reason = reading.reason { return reason }
    lane.tlb = reading
    options.tlb = question
    options.sidePanel = .tlb
    hasBegun = true
    return nil
  }

  /// Reads a line such as `skylake random`, of which anything may be left out, and asks it.
  mutating func measure(line: String) -> String? {
    var words = line.split(separator: " ", maxSplits: 2).map(String.init)
    let isModel = words.first.map { TLBModel(named: $0) != nil } ?? false
    if !isModel, words.count < 2 || AccessPattern.Name(rawValue: words[0]) != nil {
      words.insert(options.tlb.run.model.name, at: 0)
    }
    if words.count < 2 {
      var question = options.tlb
      if let model = TLBModel(named: words[0]) { question.run.model = model }
      return measure(question)
    }
    do throws(ParseError) {
      let text = "tlb " + words.joined(separator: " ")
      guard case .tlb(let question)? = try Parser(file: ":").statement(ofLine: text)?.statement
      else { return "no question" }
      guard question.file == nil else { return "a file of addresses can be named in a scenario" }
      return measure(question)
    } catch {
      return error.reason
    }
  }

  /// Keeps the answer that the panel shows abreast of time.
  mutating func keepMeasuring() {
    guard options.sidePanel == .tlb else { return }
    if let tlb = lane.tlb, tlb.question == options.tlb, tlb.moment == timeline.moment,
      tlb.branch == timeline.current
    {
      return
    }
    lane.tlb = lane.reading(of: options.tlb)
  }
}

extension Model {
  /// Goes on to the next overlay, around in a circle, and says which.
  mutating func showNextOverlay() { show(options.overlay.next) }

  /// Shows an overlay, and says which; where cells stand for many pages, also how they get their colour.
  mutating func show(_ overlay: MapOverlay) {
    options.overlay = overlay
    showOverlay()
    say("the colours show \(overlay.words)" + (focus == .size4K ? "" : "; \(overlay.rule)"))
  }

  /// Shows the chosen overlay in all lanes.
  mutating func showOverlay() {
    for index in lanes.list.indices where lanes.list[index].overlay != options.overlay {
      lanes.list[index].show(options.overlay)
    }
  }
}
