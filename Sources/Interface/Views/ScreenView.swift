import Engine
import History
import Screen

/// Draws the whole screen: a pure function from the model and the size of the terminal to cells.
public func screen(_ model: Model, size: Size, glyphs: Glyphs) -> Canvas {
  var canvas = Canvas(size, glyphs: glyphs)
  guard let layout = model.layout(size) else {
    drawTooSmall(on: &canvas)
    return canvas
  }
  HeaderView(model: model).draw(on: &canvas, in: layout.header)
  BarsView(model: model).draw(on: &canvas, in: layout.bars)
  drawMap(model, layout, on: &canvas)
  if let area = layout.legend { LegendView(model: model).draw(on: &canvas, in: area) }
  SentenceView(model: model).draw(on: &canvas, in: layout.sentence)
  drawSide(model, layout, on: &canvas)
  if let area = layout.timeline { TimelineView(model: model).draw(on: &canvas, in: area) }
  HintsView(model: model).draw(on: &canvas, in: layout.hints)
  if let area = layout.caption { CaptionView(model: model).draw(on: &canvas, in: area) }
  drawLayers(model, layout, on: &canvas)
  return canvas
}

extension Model {
  /// Where everything stands on a terminal of a size; `nil` where it is too small.
  func layout(_ size: Size) -> ScreenLayout? {
    ScreenLayout(
      size, showing: options.sidePanel, comparing: rival != nil, captioned: captionText != nil)
  }
}

/// Draws the panels, and the numbers of two machines.
private func drawMap(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  for place in PanelPlace.all(model, layout) {
    if place.isTwin {
      var view = PanelView(model: model.twin, size: place.size, scale: place.scale)
      view.isInCharge = false
      view.draw(on: &canvas, in: place.area)
      continue
    }
    let shown = place.isRivals ? model.rival ?? model : model
    let other = place.isRivals ? model : model.rival
    var view = PanelView(
      model: shown, size: place.size, scale: place.scale, beside: other?.map[place.size])
    view.isInCharge = !place.isRivals
    view.draw(on: &canvas, in: place.area)
  }
  guard let area = layout.numbers, let rival = model.rival else { return }
  let both = model.isSecond ? [rival, model] : [model, rival]
  ComparisonView(model: model, first: both[0], second: both[1]).draw(on: &canvas, in: area)
}

/// Draws what stands beside the map and below it, or in the place of most of it the welcome.
private func drawSide(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  let isWhole = layout.panels.count == 1
  let side = model.options.sidePanel
  if let page = layout.page, [.policies, .memory, .tlb, .gather].contains(side) {
    if !isWhole {
      drawInspector(model, layout, on: &canvas)
      if let trace = layout.trace, trace.intersection(page).isEmpty {
        TraceView(model: model).draw(on: &canvas, in: trace)
      }
    }
    switch side {
    case .policies: PoliciesView(model: model).draw(on: &canvas, in: page)
    case .tlb: TLBView(model: model).draw(on: &canvas, in: page)
    case .gather: GatherView(model: model).draw(on: &canvas, in: page)
    case .memory, .trace, .why: MemoryView(model: model).draw(on: &canvas, in: page)
    }
    if !layout.sharesSide, let why = layout.why, why.intersection(page).isEmpty {
      WhyView(model: model).draw(on: &canvas, in: why)
    }
    return
  }
  if model.hasBegun || !isWhole { drawInspector(model, layout, on: &canvas) }
  if !model.hasBegun, let side = layout.side {
    WelcomeView(model: model, showsOnePanel: isWhole).draw(on: &canvas, in: side)
    if let why = layout.why, why.intersection(side).isEmpty {
      WhyView(model: model).draw(on: &canvas, in: why)
    }
    return
  }
  guard let trace = layout.trace, let why = layout.why else { return }
  if !layout.sharesSide || side == .trace { TraceView(model: model).draw(on: &canvas, in: trace) }
  if !layout.sharesSide || side == .why { WhyView(model: model).draw(on: &canvas, in: why) }
}

private func drawInspector(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  guard let area = layout.inspector else { return }
  InspectorView(model: model).draw(on: &canvas, in: area)
}

private func drawLayers(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  if model.layers.isEmpty, let entry = model.predictions.shown, let side = layout.besideMap {
    VerdictView(model: model, entry: entry).draw(on: &canvas, in: side, unlessIn: layout.sentence)
  }
  for layer in model.layers {
    let whole = canvas.bounds
    switch layer {
    case .help(let first): HelpView(model: model, first: first).draw(on: &canvas, in: whole)
    case .calls(let index): CallMenuView(model: model, selected: index).draw(on: &canvas, in: whole)
    case .report(let report):
      ReportView(model: model, report: report).draw(on: &canvas, in: whole)
    case .stops(let index):
      StopListView(model: model, selected: index).draw(on: &canvas, in: whole)
    case .prediction(let prompt):
      let place =
        layout.besideMap ?? Rect(x: 0, y: 1, width: whole.width, height: layout.hints.y - 1)
      PredictionView(model: model, prompt: prompt).draw(on: &canvas, in: place)
    case .leaving: LeavingView(model: model).draw(on: &canvas, in: whole)
    case .line(let editor):
      let above = Rect(x: 0, y: 0, width: whole.width, height: layout.hints.y)
      AnswerView(model: model, editor: editor).draw(on: &canvas, in: above)
    }
  }
}

private func drawTooSmall(on canvas: inout Canvas) {
  let whole = canvas.bounds
  let middle = whole.height / 2
  canvas.put(
    "terminal too small", in: whole, row: max(0, middle - 1), alignment: .center, ink: .warning)
  canvas.put(
    "\(canvas.size), needs \(ScreenLayout.least)", in: whole, row: middle, alignment: .center)
}
