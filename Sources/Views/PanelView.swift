import Engine
import Interface
import Lanes
import Narration
import Screen

/// One page-table page: 32 x 16 cells, each several columns and rows where there is room.
struct PanelView: View {
  let lane: Lane
  /// Whether permissions show as letters.
  let showsLetters: Bool
  let size: LeafSize
  /// Columns and rows of a cell.
  let scale: Size
  /// Whether the entries that block a merge are pointed out.
  var pointsOut = false
  /// The pages that a presenter points out.
  var spotlight: Spotlight?
  /// The same panel of the lane that this one is compared with.
  var beside: PanelPicture?
  /// The classes of its slots in the overlay; `nil` where permissions show.
  var tintsBeside: [TintClass]?
  /// Whether the keys act on the panel's lane.
  var isInCharge = true

  private var panel: PanelPicture { lane.map[size] }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let hasFocus = lane.place.focus == size && isInCharge
    let inside = canvas.box(
      area, title: title(area.width - 4), ink: hasFocus ? .borderActive : .border,
      titleInk: hasFocus ? .borderActive : .title)
    canvas.clipped(to: inside) { canvas in drawCells(on: &canvas, in: inside) }
    if let edgeLabel, inside.width > TextWidth.columns(edgeLabel) + 4 {
      let place = Rect(x: inside.x + 1, y: inside.bottom, width: inside.width - 2, height: 1)
      canvas.put(edgeLabel, in: place, alignment: .trailing, ink: .title)
    }
    if let label { drawLabel(label, on: &canvas, in: inside) }
  }

  // MARK: - Words

  /// What the panel shows, with the name of the lane; in fewer words where there is little room.
  private func title(_ width: Int) -> String {
    let titles = titles.map(lane.titled) + [lane.titled(size.name)]
    return titles.first { TextWidth.columns($0) <= width } ?? size.name
  }

  private var titles: [String] {
    let space = lane.place.space.title
    switch size {
    case .size1G:
      let page = panel.base.rawValue >> 27
      let pages = (lane.pageEnd + (1 << 27) - 1) >> 27
      let first = page * 512
      let slots = "1G  \(space)slots \(first)-\(first + 511)"
      return pages > 1 ? ["\(slots), \(page + 1)/\(pages)", slots] : [slots]
    case .size2M:
      let slot = "1G slot \(panel.base.rawValue >> 18)"
      return ["2M  \(space)in \(slot)", "2M  \(space)\(slot)", "2M  \(slot)"]
    case .size4K:
      let slot = "2M slot \(panel.base.rawValue >> 9)"
      return ["4K  \(space)in \(slot)", "4K  \(space)\(slot)", "4K  \(slot)"]
    }
  }

  /// What is said in the middle of a panel that has no table behind it.
  private var label: [String]? {
    if let leaf = panel.enclosing {
      let words = PermissionClass.words(of: leaf.flags, leaf.size)
      // Below other colours every page shows, so the words stand on the frame.
      if lane.overlay != .permission { return nil }
      let lines = ["one \(leaf.size.name) leaf", "not split", words]
      // Where one panel shows at a time, that of the leaf may be another.
      return isNext(leaf.size) ? lines + ["changes next"] : lines
    }
    guard size != .size1G else { return nil }
    if panel.slots.allSatisfy({ $0.kind == .unmapped }) { return ["not mapped yet"] }
    if panel.slots.allSatisfy({ $0.kind == .hole }) {
      if lane.place.space == .direct { return ["no RAM here"] }
      return [lane.areaHere == nil ? "no area here" : "not mapped"]
    }
    return nil
  }

  /// What is said on the frame of a panel that one larger leaf maps, where its cells show more.
  private var edgeLabel: String? {
    guard lane.overlay != .permission, let leaf = panel.enclosing else { return nil }
    return isNext(leaf.size)
      ? " one \(leaf.size.name) leaf, changes next " : " one \(leaf.size.name) leaf, not split "
  }

  /// Whether the next step changes the leaf of this size that maps the panel.
  private func isNext(_ size: LeafSize) -> Bool {
    guard isInCharge, let upcoming = lane.upcoming else { return false }
    return panel.stretches(of: upcoming.changes).contains {
      $0.size >= size && $0.frames.contains(panel.base.rawValue)
    }
  }

  private func drawLabel(_ lines: [String], on canvas: inout Canvas, in inside: Rect) {
    let width = (lines.map(TextWidth.columns).max() ?? 0) + 4
    let box = inside.centered(Size(width: width, height: lines.count + 2))
    canvas.fill(box)
    for (index, line) in lines.enumerated() {
      canvas.put(
        line, in: box.inset(by: 1), row: index, alignment: .center,
        ink: index == 0 ? .title : .text)
    }
  }

  // MARK: - Cells

  private func drawCells(on canvas: inout Canvas, in inside: Rect) {
    let panel = panel
    let letters = showsLetters || canvas.glyphs == .ascii
    let selected = panel.index(of: lane.page)
    let isEnclosed = panel.enclosing != nil
    let next = isInCharge ? lane.upcoming.map { panel.slots(touchedBy: $0.changes) } ?? [] : []
    let entries = pointsOut ? lane.pointedEntries : nil
    let blockers = entries.flatMap { $0.size == size ? $0.entries : nil }
    let spotted = spotlight?.slots(of: panel)
    let lit = size == .size4K ? lane.tints?.lit ?? [] : []
    let tints = lane.tints(panel)
    let differences = beside.map { self.differences(of: panel, tints, from: $0) }
    // Asked of the lane once, not for each cell.
    let changed: Modifiers = lane.isFlashing ? .flash : .changed
    let dimsSame = beside != nil && lane.source.isMap
    for index in 0..<PanelPicture.slotCount {
      let slot = panel.slots[index]
      var modifiers: Modifiers = []
      if slot.isChanged { modifiers.insert(changed) }
      if index == selected { modifiers.insert(.selected) }
      if next.contains(where: { $0.contains(index) }) { modifiers.insert(.next) }
      let tint = tints?[index]
      let difference = differences.flatMap { $0[index] }
      if difference != nil { modifiers.insert(.differs) }
      let blocks = blockers?.contains(index) ?? false || lit.contains(index)
      if blocks || spotted?.contains(index) ?? false { modifiers.insert(.pointed) }
      var cell = Self.cell(
        slot, tint, letters: letters, isEnclosed: isEnclosed, modifiers: modifiers,
        glyphs: canvas.glyphs)
      // Both stand on one paper: the sign of the panel why tells them apart.
      if blocks, !modifiers.contains(.next),
        let sign = Self.blockerSign(letters: letters, hasSpotlight: spotlight != nil)
      {
        cell = Cell(sign, of: canvas.glyphs, ink: cell.ink, modifiers: modifiers)
      }
      // Of two maps that were read only what differs is lit.
      if dimsSame, difference == nil { cell.ink = .dim }
      // Letters of a larger leaf stand apart, as its lighter glyph does; not where each page has its own.
      if letters, isEnclosed, tint == nil, index % 2 == 1, modifiers.isEmpty { continue }
      let place = Rect(
        x: inside.x + index % PanelPicture.columns * scale.width,
        y: inside.y + index / PanelPicture.columns * scale.height, width: scale.width,
        height: scale.height)
      canvas.fill(place, with: cell)
      if let difference {
        canvas.put(difference.sign, x: place.x, y: place.y, ink: cell.ink, modifiers: modifiers)
      }
    }
  }

  /// The sign of an entry that blocks a merge; `nil` where it keeps its letter. A letter has no room for
  /// a sign, so it gives way only where a presenter points pages out on the same paper. `x` is a letter.
  static func blockerSign(letters: Bool, hasSpotlight: Bool) -> Glyph? {
    guard letters else { return .cross }
    return hasSpotlight ? .diamond : nil
  }

  /// How each slot differs from that of the lane it is compared with.
  private func differences(
    of panel: PanelPicture, _ tints: [TintClass]?, from beside: PanelPicture,
  ) -> [SlotDifference?] {
    (0..<PanelPicture.slotCount).map { index in
      if let difference = panel.difference(from: beside, at: index) { return difference }
      return tints?[index] == tintsBeside?[index] ? nil : .color
    }
  }

  /// The character of a slot: size by glyph, or its class by letter.
  ///
  /// - Parameter tint: the class in the overlay; `nil` where permissions show.
  static func cell(
    _ slot: Slot, _ tint: TintClass? = nil, letters: Bool, isEnclosed: Bool, modifiers: Modifiers,
    glyphs: Glyphs,
  ) -> Cell {
    let ink = tint?.ink ?? slot.worst.ink
    func glyph(_ glyph: Glyph, _ ink: Ink) -> Cell {
      Cell(glyph, of: glyphs, ink: ink, modifiers: modifiers)
    }
    if modifiers.contains(.next) { return glyph(.hollow, ink) }
    if let tint, slot.kind != .reserved {
      if tint.ink == .hole { return glyph(.dot, ink) }
      if letters { return Cell(tint.letter, ink: ink, modifiers: modifiers) }
      if let mark = tint.mark { return glyph(mark, ink) }
    }
    switch slot.kind {
    case .hole: return glyph(.dot, ink)
    case .unmapped: return glyph(.colon, .dim)
    case .reserved: return glyph(.vertical, .dim)
    case .leaf where isEnclosed:
      return letters ? Cell(slot.letter, ink: ink, modifiers: modifiers) : glyph(.light, ink)
    case .leaf, .split, .splitTo4K:
      if letters || slot.worst == .rwX && tint == nil {
        return Cell(slot.letter, ink: ink, modifiers: modifiers)
      }
      // A full block would hide the paper, and the line under what changed.
      if slot.kind == .leaf, modifiers == .selected { return glyph(.disc, ink) }
      if slot.kind == .leaf, !modifiers.isEmpty || slot.isAlone { return glyph(.square, ink) }
      return glyph(slot.kind == .leaf ? .full : slot.kind == .split ? .dark : .medium, ink)
    }
  }

  /// Arrow heads on the frame, in the row and the column of the selected slot.
  func drawMarks(on canvas: inout Canvas, in area: Rect) {
    let inside = area.inset(by: 1)
    let selected = panel.index(of: lane.page)
    let x = inside.x + selected % PanelPicture.columns * scale.width + (scale.width - 1) / 2
    let y = inside.y + selected / PanelPicture.columns * scale.height + (scale.height - 1) / 2
    let ink: Ink = lane.place.focus == size && isInCharge ? .borderActive : .title
    guard inside.contains(Point(x: x, y: y)) else { return }
    canvas.put(.up, x: x, y: inside.bottom, ink: ink)
    canvas.put(.right, x: inside.x - 1, y: y, ink: ink)
  }
}

extension Slot {
  /// The letter of the slot's class, a capital where it is split; `S` and `=` stand for the capitals
  /// of `w` and `-`.
  var letter: Unicode.Scalar {
    let letter = worst.letter.unicodeScalars.first ?? "?"
    guard kind == .split || kind == .splitTo4K else { return letter }
    switch worst {
    case .rwNX: return "S"
    case .roNX: return "R"
    case .roX: return "X"
    case .uncached: return "U"
    case .notPresent: return "="
    case .rwX, .hole: return letter
    }
  }
}
