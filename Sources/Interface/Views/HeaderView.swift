import Engine
import History
import Scenarios
import Screen

/// The line of what is running: kernel, machine, and the step with its call.
struct HeaderView: View {
  let lanes: Lanes
  /// Whether what is shown is recorded.
  let isFilmed: Bool

  func draw(on canvas: inout Canvas, in area: Rect) {
    let setup = lanes.inCharge.setup
    let software = software(area.width)
    canvas.put(
      [
        (" directmap", .title), ("  \(software)", .text), (" \u{b7} ", .dim),
        (setup.file ?? setup.description.name, .text),
      ], in: area)
    if isFilmed { canvas.put("\u{25cf}", x: area.x, y: area.y, ink: .error) }
    let left = 14 + TextWidth.columns(software + (setup.file ?? setup.description.name))
    let room = Rect(x: area.x + left + 2, y: area.y, width: area.width - left - 3, height: 1)
    let text = place(isBrief: false)
    let fits = TextWidth.columns(text) <= room.width
    canvas.put(fits ? text : place(isBrief: true), in: room, alignment: .trailing)
  }

  /// The kernel and its policies; those of all lanes where there is room.
  private func software(_ width: Int) -> String {
    let own = lanes.inCharge.titled(lanes.inCharge.setup.software)
    let all = lanes.list.map { $0.titled($0.setup.software) }.joined(separator: " | ")
    return TextWidth.columns(all) <= width * 6 / 10 ? all : own
  }

  /// Where in time the screen stands.
  private func place(isBrief: Bool) -> String {
    let lane = lanes.inCharge
    let moment = lane.timeline.moment
    let steps = lane.timeline.steps
    guard !steps.isEmpty else { return lane.source.isMap ? "as read" : "no calls yet" }
    let call = moment.event > 0 ? moment.call + 1 : moment.call
    guard call > 0 else { return "before call 1 of \(steps.count)" }
    let name = steps.deed(call - 1).title
    let events = "\(moment.event)\(isBrief ? "/" : " of ")\(lane.trace.events.total)"
    if isBrief {
      return "\(call)/\(steps.count) " + (moment.event > 0 ? "event \(events) " : "") + name
    }
    return "call \(call) of \(steps.count)  \(name)"
      + (moment.event > 0 ? "  event \(events)" : "")
  }
}
