import Engine
import History
import Scenarios
import Screen

/// The line of what is running: kernel, machine, and the step with its call.
struct HeaderView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    let setup = model.setup
    canvas.put(
      [
        (" directmap", .title), ("  \(setup.kernel.name)", .text), (" \u{b7} ", .dim),
        (setup.file ?? setup.description.name, .text),
      ], in: area)
    let left = 14 + TextWidth.columns(setup.kernel.name + (setup.file ?? setup.description.name))
    let room = Rect(x: area.x + left + 2, y: area.y, width: area.width - left - 3, height: 1)
    canvas.put(place, in: room, alignment: .trailing)
  }

  /// Where in time the screen stands.
  private var place: String {
    let moment = model.timeline.moment
    let steps = model.timeline.steps
    guard !steps.isEmpty else { return "no calls yet" }
    if moment.event > 0 {
      return "call \(moment.call + 1) of \(steps.count)  \(steps[moment.call].call.scenarioText)  "
        + "event \(moment.event) of \(model.trace.events.count)"
    }
    guard moment.call > 0 else { return "before call 1 of \(steps.count)" }
    return "call \(moment.call) of \(steps.count)  \(steps[moment.call - 1].call.scenarioText)"
  }
}

/// The kernel's own sums: DirectMap lines as bars and numbers, splits, collapses, flushes.
struct BarsView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    let counters = model.machine.counters
    let splits1G = counters[.level3Splits]
    let splits2M = counters[.level2Splits]
    let collapses = counters[.level2Collapses] + counters[.level3Collapses]
    let full = counters[.flushTLBAll]
    let single = counters[.flushTLBOneKernel]
    let isWide = area.width >= 110
    let tail =
      isWide
      ? "splits 1G \(splits1G) \u{b7} 2M \(splits2M)   merges \(collapses)   "
        + "flushes \(full) full + \(single) single "
      : "split \(splits1G)+\(splits2M) merged \(collapses) flush \(full)+\(single) "
    let tailWidth = TextWidth.columns(tail)
    canvas.put(tail, in: area, alignment: .trailing)
    let sizes = MapPicture.sizes
    let whole = sizes.reduce(Int64(0)) { $0 + max(0, model.machine.directMapKilobytes($1)) }
    let texts = sizes.map { Self.amount(model.machine.directMapKilobytes($0)) }
    let fixed = texts.reduce(0) { $0 + TextWidth.columns($1) + 3 + (isWide ? 4 : 2) }
    let bar = min(24, max(0, (area.width - tailWidth - fixed - 2) / 3))
    var x = area.x + 1
    canvas.clipped(to: Rect(x: area.x, y: area.y, width: area.width - tailWidth, height: 1)) {
      canvas in
      for (size, text) in zip(sizes, texts) {
        x = canvas.put("\(size.name) ", x: x, y: area.y, ink: .title)
        let part = UInt64(max(0, model.machine.directMapKilobytes(size)))
        canvas.bar(
          x: x, y: area.y, width: bar, part: part, of: UInt64(max(1, whole)), ink: size.barInk)
        x += bar + (isWide && bar > 0 ? 1 : 0)
        x = canvas.put(text, x: x, y: area.y) + (isWide ? 3 : 2)
      }
    }
  }

  /// Kilobytes in a unit that leaves no remainder, MB as `/proc/meminfo` users count.
  static func amount(_ kilobytes: Int64) -> String {
    kilobytes % 1024 == 0
      ? "\(kilobytes / 1024) MB" : "\(NumberText.grouped(kilobytes)) kB"
  }
}

extension LeafSize {
  /// The ink of the bar of leaves of this size.
  var barInk: Ink {
    switch self {
    case .size4K: .bar4K
    case .size2M: .bar2M
    case .size1G: .bar1G
    }
  }
}
