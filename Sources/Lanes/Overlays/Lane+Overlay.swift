import Engine
import History

// What the colours of a lane's map mean.

extension Lane {
  /// Shows an overlay.
  package mutating func show(_ overlay: MapOverlay) {
    self.overlay = overlay
    readTints()
  }

  /// Reads the colours again where they are not those of this place and moment.
  mutating func readTints() {
    guard overlay != .permission else {
      tints = nil
      pageCounts = nil
      return
    }
    let stamp = OverlayPicture.Stamp(
      overlay: overlay, branch: timeline.current, moment: timeline.moment, space: map.space,
      bases: map.panels.map(\.base))
    guard tints?.stamp != stamp else { return }
    followPages()
    var reader = tintReader
    tints = OverlayPicture(map, stamp: stamp, &reader)
    pageCounts = reader.known
  }

  /// Brings what calls did to pages up to this moment, as far as the overlay needs it.
  private mutating func followPages() {
    guard overlay.needsHistory, overlay != .pages || !machine.policies.isEmpty else { return }
    var known = pages
    // Not shared while it is written.
    pages = PageHistory()
    known.follow(&timeline)
    pages = known
  }

  /// Tells the classes of pages in the overlay.
  var tintReader: TintReader {
    TintReader(overlay, machine, pages, timeline.steps, known: pageCounts)
  }

  /// The classes of the slots of a panel; `nil` where permissions show.
  package func tints(_ panel: PanelPicture) -> [TintClass]? {
    guard let codes = tints?.codes(panel) else { return nil }
    let classes = overlay.classes
    return codes.map { classes[Int($0)] }
  }
}
