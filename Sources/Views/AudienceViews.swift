import Engine
import Interface
import Lanes
import Language
import Screen

/// Draws what is for an audience over the screen: the spotlight, then the band.
func drawForAudience(
  _ model: Model, _ caption: CaptionText?, _ layout: ScreenLayout, on canvas: inout Canvas,
) {
  if let beam = model.presentation.beam {
    canvas.dim(
      outside: lit(by: beam, model, layout) + [layout.hints, layout.caption].compactMap(\.self))
  }
  guard let caption, model.showsBand(caption) else { return }
  let band = CaptionBand(
    caption, model.options.captionSize, on: canvas.size, canvas.glyphs)
  // Without colours the paper that stands out is underlined, which large letters would not survive.
  let isPlain = band.size != .text && model.hasNoColors
  BandView(band: band, ink: isPlain ? .title : .highlight)
    .draw(on: &canvas, in: bandArea(band, model, layout))
}

/// Where a band stands: over the lower part of the screen, unless that hides more of what is in the
/// spotlight than the upper part does.
func bandArea(_ band: CaptionBand, _ model: Model, _ layout: ScreenLayout) -> Rect {
  let rows = [layout.hints.y - band.height, layout.bars.bottom, layout.header.y]
  let areas = rows.map { Rect(x: 0, y: $0, width: layout.hints.width, height: band.height) }
  guard let beam = model.presentation.beam else { return areas[0] }
  let lit = lit(by: beam, model, layout)
  let hidden = areas.map { area in
    lit.reduce(0) { $0 + $1.intersection(area).width * $1.intersection(area).height }
  }
  return zip(areas, hidden).min { $0.1 < $1.1 }?.0 ?? areas[0]
}

/// Where a spotlight falls; the whole screen where it shows nothing that is there.
private func lit(by beam: Beam, _ model: Model, _ layout: ScreenLayout) -> [Rect] {
  let whole = [
    Rect(x: 0, y: layout.header.y, width: layout.header.width, height: layout.hints.bottom)
  ]
  let places = PanelPlace.all(model.lanes, layout)
  let areas: [Rect]
  switch beam {
  case .panel(.map): areas = places.map(\.area)
  case .panel(.trace): areas = [layout.trace].compactMap(\.self)
  case .panel(.page): areas = [layout.inspector].compactMap(\.self)
  case .panel(.why): areas = [layout.why].compactMap(\.self)
  case .panel(.bars): areas = [layout.bars]
  case .panel(.off): areas = []
  case .pages(let spotlight):
    areas = places.flatMap { place -> [Rect] in
      let lane = place.isTwin ? model.lanes.inCharge.twin : model.lanes.list[place.lane]
      guard let slots = spotlight.slots(of: lane.map[place.size]) else { return [] }
      return slots.map { place.area(ofSlot: $0) }
    }
  }
  return areas.isEmpty ? whole : areas
}

extension PanelPlace {
  /// Where a slot stands.
  fileprivate func area(ofSlot index: Int) -> Rect {
    let inside = area.inset(by: 1)
    return Rect(
      x: inside.x + index % PanelPicture.columns * scale.width,
      y: inside.y + index / PanelPicture.columns * scale.height, width: scale.width,
      height: scale.height)
  }
}

extension Canvas {
  /// Shows everything outside of some areas in the ink of less important text.
  fileprivate mutating func dim(outside areas: [Rect]) {
    for y in 0..<size.height {
      let lit = areas.filter { y >= $0.y && y < $0.bottom }.sorted { $0.x < $1.x }
      var x = 0
      for area in lit + [Rect(x: size.width, y: y, width: 0, height: 1)] {
        restyle(Rect(x: x, y: y, width: max(0, area.x - x), height: 1), ink: .dim)
        x = max(x, area.right)
      }
    }
  }
}
