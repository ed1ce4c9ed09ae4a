import Engine
import History
import Keys
import Lanes
import Screen

// The mouse: a click selects what it meets, the wheel scrolls it, a double click zooms in.

extension Model {
  /// What the mouse did, given to what stands there.
  mutating func receive(_ mouse: Input.Mouse) -> [Effect] {
    // Reports may still be under way when nobody wants them any more.
    guard options.usesMouse, mouse.action != .release else { return [] }
    lane.isFlashing = false
    if let layer = layers.last {
      receive(mouse, in: layer)
      return []
    }
    guard let layout = layout(size, captionText) else { return [] }
    let point = mouse.position
    let place = PanelPlace.all(lanes, layout).first { $0.area.contains(point) }
    switch mouse.action {
    case .left:
      notice = nil
      if let place, let slot = place.slot(at: point) {
        select(slot, of: place)
      } else if let area = layout.timeline, area.contains(point) {
        travel(to: point, onTimelineIn: area)
      }
    case .double:
      if let place, place.slot(at: point) != nil { return perform(.zoomIn) }
    case .wheelUp, .wheelDown:
      let isDown = mouse.action == .wheelDown
      count = nil
      if let place, !place.isTwin {
        focus = place.size
        return perform(isDown ? .down : .up)
      }
      if [layout.trace, layout.timeline].contains(where: { $0?.contains(point) ?? false }) {
        notice = nil
        return perform(isDown ? .nextEvent : .previousEvent)
      }
    case .middle, .right, .release: break
    }
    return []
  }

  /// Selects a slot of a panel; a page inside of it that is selected already stays.
  private mutating func select(_ slot: Int, of place: PanelPlace) {
    count = nil
    if place.isTwin {
      let frame = lane.twin.map[place.size].page(of: slot)
      let space = lane.place.space
      guard lane.address(of: frame, in: space) != nil else {
        say("\(space.words(machine.architecture)) does not show pfn \(frame.hex)", .failed)
        return
      }
      lane.select(frame)
      return
    }
    focus = place.size
    let panel = lane.map[place.size]
    guard panel.index(of: lane.page) != slot else { return }
    let start = panel.base.rawValue + UInt64(slot) * place.size.pages.rawValue
    guard start < lane.pageEnd else { return }
    lane.select(page: PFN(start))
  }

  package mutating func travel(to point: Point, onTimelineIn area: Rect) {
    guard let track = TimelineLine(lane).track(in: area),
      !timeline.steps.isEmpty
    else {
      return
    }
    playback.isPlaying = false
    let column = min(max(0, point.x - track.x), track.width - 1)
    let calls = timeline.steps.count
    // The nearest end of a call.
    let call = track.width > 1 ? (column * calls * 2 / (track.width - 1) + 1) / 2 : 0
    if timeline.moment != Moment(call: call) { go(to: Moment(call: call)) }
  }

  private mutating func receive(_ mouse: Input.Mouse, in layer: Layer) {
    if case .line = layer { return }
    switch mouse.action {
    case .wheelDown: _ = receive(.key(.down), in: layer)
    case .wheelUp: _ = receive(.key(.up), in: layer)
    case .left: _ = receive(.key(.escape), in: layer)
    case .double, .middle, .right, .release: break
    }
  }
}
