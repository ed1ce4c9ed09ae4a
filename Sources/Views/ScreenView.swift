import Engine
import History
import Interface
import Lanes
import Screen

/// Draws the whole screen: a pure function from the model and the size of the terminal to cells.
public func screen(_ model: Model, size: Size, glyphs: Glyphs) -> Canvas {
  var canvas = Canvas(size, glyphs: glyphs)
  let caption = model.captionText
  guard let layout = model.layout(size, caption) else {
    drawTooSmall(on: &canvas)
    return canvas
  }
  HeaderView(lanes: model.lanes, isFilmed: model.isFilmed).draw(on: &canvas, in: layout.header)
  if model.lanes.isComparing, layout.bars.height >= 2 {
    LaneBarsView(lanes: model.lanes).draw(on: &canvas, in: layout.bars)
  } else {
    BarsView(lane: model.lane).draw(on: &canvas, in: layout.bars)
  }
  drawMap(model, layout, on: &canvas)
  drawLegend(model, layout, on: &canvas)
  SentenceView(lanes: model.lanes, notice: model.notice, keymap: model.keymap)
    .draw(on: &canvas, in: layout.sentence)
  // Before what shares its borders: titles stand on them.
  if let area = layout.caption, let caption {
    CaptionView(text: caption).draw(on: &canvas, in: area)
  }
  drawSide(model, layout, on: &canvas)
  if let area = layout.timeline {
    TimelineView(lane: model.lane, known: model.knownCalls).draw(on: &canvas, in: area)
  }
  drawHints(model, on: &canvas, in: layout.hints)
  drawForAudience(model, caption, layout, on: &canvas)
  drawLayers(model, layout, on: &canvas)
  return canvas
}

/// Draws the panels, and the numbers of lanes side by side.
private func drawMap(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  let lanes = model.lanes
  let panels = PanelPlace.all(lanes, layout).map { place in
    (view: panelView(model, place), area: place.area)
  }
  for panel in panels { panel.view.draw(on: &canvas, in: panel.area) }
  // Panels share borders, so the marks on them come last.
  for panel in panels { panel.view.drawMarks(on: &canvas, in: panel.area) }
  guard let area = layout.numbers else { return }
  ComparisonView(lanes: lanes, window: lanes.window(layout.row.count), keymap: model.keymap)
    .draw(on: &canvas, in: area)
}

private func panelView(_ model: Model, _ place: PanelPlace) -> PanelView {
  let lanes = model.lanes
  let lane = place.isTwin ? lanes.inCharge.twin : lanes.list[place.lane]
  var view = PanelView(
    lane: lane, showsLetters: model.showsLetters, size: place.size, scale: place.scale)
  view.pointsOut = model.pointsOutBlockers(of: lane)
  view.isInCharge = place.lane == lanes.charge && !place.isTwin
  if place.lane == lanes.charge { view.spotlight = model.presentation.spotlight }
  if !place.isTwin {
    let rival = lanes.rival(of: place.lane)
    view.beside = rival?.map[place.size]
    view.tintsBeside = view.beside.flatMap { rival?.tints($0) }
  }
  return view
}

extension Model {
  /// Whether the entries of a lane that block a merge are pointed out: where the panel why lists them,
  /// and in the colours of pages.
  fileprivate func pointsOutBlockers(of lane: Lane) -> Bool {
    options.sidePanel == .why || lane.overlay == .pages && lane.machine.mergesByEntries
  }
}

/// Draws what colours and signs mean: as a panel, or as rows of text.
private func drawLegend(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  var legend = Legend(lane: model.lane, letters: model.showsLetters || canvas.glyphs == .ascii)
  legend.pointsOutBlockers =
    model.pointsOutBlockers(of: model.lane) || model.lane.tints?.lit.isEmpty == false
  legend.hasSpotlight = model.presentation.spotlight != nil
  legend.showsDifferences = model.lanes.isComparing && layout.numbers == nil
  if let area = layout.legend {
    LegendView(legend: legend).draw(on: &canvas, in: area)
  } else if let area = layout.legendRows {
    LegendRowsView(legend: legend).draw(on: &canvas, in: area)
  }
}

// MARK: - Beside the map

/// Draws what stands beside the map and below it, or in the place of most of it the welcome.
private func drawSide(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  let isWhole = layout.panels.count == 1
  let side = model.options.sidePanel
  if let page = layout.page, side.isPage {
    if !isWhole {
      drawInspector(model, layout, on: &canvas)
      if let trace = layout.trace, trace.intersection(page).isEmpty {
        traceView(model).draw(on: &canvas, in: trace)
      }
    }
    drawPage(model, on: &canvas, in: page)
    if !layout.sharesSide, let why = layout.why, why.intersection(page).isEmpty {
      drawWhy(model, on: &canvas, in: why)
    }
    return
  }
  let isLow = !isWhole && layout.side.map { $0.height < 10 } ?? false
  // A presenter's caption is the welcome.
  let welcomes = !model.hasBegun && model.presentation.caption.isEmpty
  if !welcomes || !isWhole && !isLow { drawInspector(model, layout, on: &canvas) }
  if welcomes, var side = layout.side {
    if isLow, let inspector = layout.inspector {
      side = Rect(
        x: inspector.x, y: side.y, width: side.right - inspector.x, height: side.height)
    }
    WelcomeView(keymap: model.keymap, showsOnePanel: isWhole).draw(on: &canvas, in: side)
    if let why = layout.why, why.intersection(side).isEmpty {
      drawWhy(model, on: &canvas, in: why)
    }
    return
  }
  guard let trace = layout.trace, let why = layout.why else { return }
  if !layout.sharesSide || side == .trace {
    traceView(model).draw(on: &canvas, in: trace)
    // A lesson asks to watch the entry where words take the room of its panel.
    if layout.inspector == nil, model.lesson != nil {
      inspector(model).drawEdge(
        on: &canvas,
        in: Rect(x: trace.x + 2, y: trace.bottom - 1, width: trace.width - 4, height: 1))
    }
  }
  if !layout.sharesSide || side == .why { drawWhy(model, on: &canvas, in: why) }
}

extension SidePanel {
  /// Whether it takes the place of most other panels.
  fileprivate var isPage: Bool {
    switch self {
    case .policies, .memory, .tlb, .gather: true
    case .trace, .why: false
    }
  }
}

/// Draws the panel that takes the place of most others.
private func drawPage(_ model: Model, on canvas: inout Canvas, in page: Rect) {
  let lane = model.lane
  switch model.options.sidePanel {
  case .policies: PoliciesView(lane: lane, keymap: model.keymap).draw(on: &canvas, in: page)
  case .tlb:
    TLBView(lane: lane, question: model.options.tlb, answers: model.presentation.answers)
      .draw(on: &canvas, in: page)
  case .gather: GatherView(lane: lane).draw(on: &canvas, in: page)
  case .memory, .trace, .why: MemoryView(lane: lane).draw(on: &canvas, in: page)
  }
}

private func traceView(_ model: Model) -> TraceView {
  TraceView(lane: model.lane, keymap: model.keymap, displayed: model.displayLines)
}

private func drawWhy(_ model: Model, on canvas: inout Canvas, in area: Rect) {
  WhyView(lane: model.lane, scroll: model.options.whyScroll).draw(on: &canvas, in: area)
}

private func drawInspector(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  guard let area = layout.inspector else { return }
  inspector(model).draw(on: &canvas, in: area)
}

private func inspector(_ model: Model) -> InspectorView {
  InspectorView(lane: model.lane, pages: model.pages, knowsNext: model.knowsNext)
}

private func drawHints(_ model: Model, on canvas: inout Canvas, in area: Rect) {
  let editors = model.layers.reversed().lazy.compactMap { layer -> LineEditor? in
    if case .line(let editor) = layer { editor } else { nil }
  }
  HintsView(
    keymap: model.keymap, editor: editors.first, pending: model.pending,
    marks: model.timeline.marks, count: model.count, playback: model.playback,
    isComparing: model.lanes.isComparing,
    depth: model.timeline.moment.event > 0 ? model.lane.traceDepth : nil,
    next: TryNext.steps(model),
    lesson: model.lesson == nil ? nil : model.captionText?.keys.first?.help
  ).draw(on: &canvas, in: area)
}

// MARK: - Over the map

private func drawLayers(_ model: Model, _ layout: ScreenLayout, on canvas: inout Canvas) {
  if model.layers.isEmpty, let entry = model.predictions.shown {
    // What the sentence has no room for stands beside the map.
    let sentence = layout.sentence
    let lines = TextWrap.lines(model.notice?.text ?? "", width: sentence.width - 2)
    if model.lane.note != nil || lines.count > sentence.height {
      let verdict = VerdictView(entry: entry, score: model.predictions.score)
      verdict.draw(on: &canvas, in: layout.place(forRows: verdict.rows))
    }
  }
  for layer in model.layers {
    let whole = canvas.bounds
    switch layer {
    case .help(let place): HelpView(keymap: model.keymap, place: place).draw(on: &canvas, in: whole)
    case .calls, .choices, .views:
      model.list(in: layer).map(ListView.init)?.draw(on: &canvas, in: whole)
    case .report(let report): ReportView(report: report).draw(on: &canvas, in: whole)
    case .stops(let index):
      StopListView(stops: model.stops, selected: index).draw(on: &canvas, in: whole)
    case .prediction(let prompt):
      let question = PredictionView(prompt: prompt, score: model.predictions.score)
      question.draw(on: &canvas, in: layout.place(forRows: question.rows))
    case .leaving: LeavingView(keymap: model.keymap).draw(on: &canvas, in: whole)
    case .resuming: ResumingView(model: model).draw(on: &canvas, in: whole)
    case .line(let editor):
      let above = Rect(x: 0, y: 0, width: whole.width, height: layout.hints.y)
      AnswerView(editor: editor).draw(on: &canvas, in: above)
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
