import Engine
import Lanes
import Screen

/// A panel of the map on the screen: which one, of which lane, and where.
package struct PanelPlace {
  /// Where it stands, with its frame.
  package var area: Rect
  /// The size of its slots.
  package var size: LeafSize
  /// Columns and rows of a cell.
  package var scale: Size
  /// The lane that it shows, by its place in the list.
  package var lane: Int
  /// Whether it shows the direct map beside another space: where the selected frame lies there.
  package var isTwin = false

  /// The panels of a screen: of one lane, or of those side by side for which there is room; where only
  /// one panel fits, that in charge.
  package static func all(_ lanes: Lanes, _ layout: ScreenLayout) -> [PanelPlace] {
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

  /// The extent of a panel with its frame.
  static func extent(_ scale: Size) -> Size {
    Size(
      width: PanelPicture.columns * scale.width + 2, height: PanelPicture.rows * scale.height + 2)
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
