import Engine
import Screen

/// A panel of the map on the screen: which one, of which lane, and where.
struct PanelPlace {
  /// Where it stands, with its frame.
  var area: Rect
  /// The size of its slots.
  var size: LeafSize
  /// Columns and rows of a cell.
  var scale: Size
  /// The lane that it shows, by its place in the list.
  var lane: Int
  /// Whether it shows the direct map beside another space: where the selected frame lies there.
  var isTwin = false

  /// The panels of a screen: of one lane, or of those side by side for which there is room; where only
  /// one panel fits, that in charge.
  static func all(_ lanes: Lanes, _ layout: ScreenLayout) -> [PanelPlace] {
    let focus = lanes.inCharge.place.focus
    let sizes = layout.panels.count == 3 ? MapPicture.sizes : [focus]
    var places = zip(layout.panels, sizes).map {
      PanelPlace(area: $0, size: $1, scale: layout.scale, lane: lanes.charge)
    }
    guard lanes.isComparing else {
      if places.count == 3, let size = lanes.inCharge.twinSize {
        places[0].size = size
        places[0].isTwin = true
      }
      return places
    }
    let minor = focus.smaller ?? .size2M
    let rows = [
      (layout.row, focus, layout.scale), (layout.minorRow, minor, Size(width: 1, height: 1)),
    ]
    for (areas, size, scale) in rows {
      for (area, lane) in zip(areas, lanes.window(areas.count)) {
        places.append(PanelPlace(area: area, size: size, scale: scale, lane: lane))
      }
    }
    return places
  }

  /// The slot at a point; nil on the frame and outside.
  func slot(at point: Point) -> Int? {
    let inside = area.inset(by: 1)
    guard inside.contains(point) else { return nil }
    let column = (point.x - inside.x) / scale.width
    let row = (point.y - inside.y) / scale.height
    guard column < PanelPicture.columns, row < PanelPicture.rows else { return nil }
    return row * PanelPicture.columns + column
  }
}
