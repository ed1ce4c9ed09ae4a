import Engine
import Screen

/// A panel of the map on the screen: which one, of which machine, and where.
struct PanelPlace {
  /// Where it stands, with its frame.
  var area: Rect
  /// The size of its slots.
  var size: LeafSize
  /// Columns and rows of a cell.
  var scale: Size
  /// Whether it shows the machine that is not in charge.
  var isRivals = false
  /// Whether it shows the direct map beside another space: where the selected frame lies there.
  var isTwin = false

  /// The panels of a screen: of one machine, or of two side by side; where only one fits, that in
  /// charge.
  static func all(_ model: Model, _ layout: ScreenLayout) -> [PanelPlace] {
    let sizes = layout.panels.count == 3 ? MapPicture.sizes : [model.focus]
    var places = zip(layout.panels, sizes).map {
      PanelPlace(area: $0, size: $1, scale: layout.scale)
    }
    guard model.rival != nil else {
      if places.count == 3, let size = model.twinSize {
        places[0].size = size
        places[0].isTwin = true
      }
      return places
    }
    let minor = model.focus.smaller ?? .size2M
    let rows = [
      (layout.pair, model.focus, layout.scale),
      (layout.minorPair, minor, Size(width: 1, height: 1)),
    ]
    for (areas, size, scale) in rows {
      for (index, area) in areas.enumerated() {
        let isRivals = (index == 1) != model.isSecond
        places.append(PanelPlace(area: area, size: size, scale: scale, isRivals: isRivals))
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
