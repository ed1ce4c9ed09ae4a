import Lanes
import Screen

extension ScreenLayout {
  /// The layout of the map alone: the panels as large as they fit, between the header and the line below
  /// the map; nil where the terminal is too small, and for lanes side by side, which need their numbers.
  init?(mapOnly size: Size, lanes: Int) {
    guard lanes == 1 else {
      self.init(size, lanes: lanes)
      return
    }
    guard size.width >= Self.least.width, size.height >= Self.least.height,
      var layout = ScreenLayout(size)
    else { return nil }
    var rest = Rect(size)
    layout.header = rest.cutTop(1)
    layout.hints = rest.cutBottom(1)
    layout.timeline = nil
    layout.sentence = rest.cutBottom(rest.height >= 21 ? 2 : 1)
    layout.bars = rest.cutTop(rest.height >= 19 ? 1 : 0)
    let count = layout.panels.count
    // One border between two panels, so that three fit into 100 columns.
    let columns = max(1, min(4, (rest.width - count - 1) / (count * PanelPicture.columns)))
    let rows = max(1, min(columns, (rest.height - 2) / PanelPicture.rows))
    layout.scale = Size(width: columns, height: rows)
    let extent = PanelPlace.extent(layout.scale)
    layout.legendRows = rest.height > extent.height ? rest.cutBottom(1) : nil
    let map = rest.centered(
      Size(width: count * (extent.width - 1) + 1, height: extent.height))
    layout.panels = (0..<count).map {
      Rect(x: map.x + $0 * (extent.width - 1), y: map.y, width: extent.width, height: extent.height)
    }
    layout.legend = nil
    layout.inspector = nil
    layout.trace = nil
    layout.why = nil
    layout.side = nil
    layout.page = nil
    layout.caption = nil
    self = layout
  }
}
