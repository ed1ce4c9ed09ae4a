import Engine
import History
import Lanes
import Narration
import Screen

/// The line of what is running: kernel, machine, and the step with its call.
struct HeaderView: View {
  let lanes: Lanes
  /// Whether what is shown is recorded.
  let isFilmed: Bool

  func draw(on canvas: inout Canvas, in area: Rect) {
    let (left, place) = texts(area.width)
    let end = canvas.put(left, in: area)
    if isFilmed { canvas.put("\u{25cf}", x: area.x, y: area.y, ink: .error) }
    let room = Rect(x: end + 2, y: area.y, width: area.right - end - 3, height: 1)
    canvas.put(place, in: room, alignment: .trailing)
  }

  /// What stands left and right: the first of these for which there is room.
  private func texts(_ width: Int) -> (left: [(String, Ink)], place: String) {
    let setup = lanes.inCharge.setup
    let file: [(String, Ink)] = [
      (" \u{b7} ", .dim), (setup.file ?? setup.description.name, .text),
    ]
    let own = software(of: lanes.inCharge)
    let all = lanes.list.map(software).joined(separator: " | ")
    let least = brief(lanes.inCharge.setup)
    let places = [place(isBrief: false), place(isBrief: true)]
    // The names that other panels show too are the first to go, and the options of a call the last.
    let program: [(String, Ink)] = [(" directmap ", .title)]
    for places in [places, [place(isBrief: true, hasOptions: false)]] {
      for (program, software, rest) in [
        (program, all, file), (program, own, file), (program, own, []), (program, least, []),
        ([], least, []),
      ] {
        let left = program + [(" \(software)", .text)] + rest
        let taken = TextWidth.columns(left.map(\.0).joined())
        if let place = places.first(where: { taken + 3 + TextWidth.columns($0) <= width }) {
          return (left, place)
        }
      }
    }
    return ([(" \(least)", .text)], place(isBrief: true, hasOptions: false))
  }

  /// The kernel of a lane with its policies, and the name of the lane where that is another.
  private func software(of lane: Lane) -> String {
    let software = lane.setup.software
    return lane.name == software ? software : lane.titled(software)
  }

  /// The kernel with the number of its policies.
  private func brief(_ setup: BootSetup) -> String {
    let policies = setup.policies.titles.count
    guard policies > 0 else { return setup.kernel.name }
    return "\(setup.kernel.name) + \(counted(policies, "policy", "policies"))"
  }

  /// Where in time the screen stands.
  private func place(isBrief: Bool, hasOptions: Bool = true) -> String {
    let lane = lanes.inCharge
    let moment = lane.timeline.moment
    let steps = lane.timeline.steps
    guard !steps.isEmpty else { return lane.source.isMap ? "as read" : "no calls yet" }
    let call = moment.event > 0 ? moment.call + 1 : moment.call
    guard call > 0 else { return "before call 1 of \(steps.count)" }
    let deed = steps.deed(call - 1)
    let name = hasOptions ? deed.title : CallWords.name(of: deed)
    let events = "\(moment.event)\(isBrief ? "/" : " of ")\(lane.trace.events.total)"
    if isBrief {
      return "\(call)/\(steps.count) " + (moment.event > 0 ? "event \(events) " : "") + name
    }
    return "call \(call) of \(steps.count)  \(name)"
      + (moment.event > 0 ? "  event \(events)" : "")
  }
}
