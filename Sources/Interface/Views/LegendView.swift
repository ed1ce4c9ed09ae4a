import Engine
import Screen

/// What colours, glyphs and letters of the map mean.
struct LegendView: View {
  let lane: Lane
  /// Whether permissions show as letters.
  let showsLetters: Bool

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.box(
      area, title: lane.overlay == .permission ? "legend" : lane.overlay.rawValue
    ).inset(horizontally: 1, vertically: 0)
    let letters = showsLetters || canvas.glyphs == .ascii
    if lane.overlay != .permission {
      drawOverlay(on: &canvas, in: inside, letters: letters)
      return
    }
    var row = 0
    for permission in PermissionClass.allCases {
      var slot = Slot()
      slot.worst = permission
      slot.kind = permission == .hole ? .hole : .leaf
      let cell = PanelView.cell(
        slot, letters: letters, isEnclosed: false, modifiers: [], glyphs: canvas.glyphs)
      let place = Rect(x: inside.x, y: inside.y + row, width: 1, height: 1)
      canvas.clipped(to: inside) { $0.fill(place, with: cell) }
      let text = Rect(x: inside.x + 2, y: inside.y, width: inside.width - 2, height: inside.height)
      let isElsewhere = permission == .hole && lane.place.space != .direct
      canvas.put(isElsewhere ? "not mapped" : permission.legend, in: text, row: row)
      row += 1
    }
    if lane.place.space == .direct, lane.machine.architecture == .arm64 {
      canvas.put(
        [(String(canvas.glyphs[.colon]), .dim), (" not mapped", .dim)], in: inside, row: row)
    }
    if lane.place.space != .direct {
      canvas.put(
        [
          (String(canvas.glyphs[.vertical]), .dim),
          (lane.place.space == .process ? " zapped" : " guard, freed", .dim),
        ], in: inside, row: row)
    }
    row += 1
    for (sign, words) in Self.signs(
      letters: letters, isArm: lane.machine.architecture == .arm64, canvas.glyphs)
    {
      canvas.put([(sign, .text), (" " + words, .dim)], in: inside, row: row)
      row += 1
    }
  }

  /// The classes of the overlay, then as many of the signs as there is room for.
  private func drawOverlay(on canvas: inout Canvas, in inside: Rect, letters: Bool) {
    var row = 0
    let classes = lane.overlay.classes
    for tint in classes {
      guard let legend = tint.legend else { continue }
      var slot = Slot()
      slot.kind = tint == classes.first ? .hole : .leaf
      let cell = PanelView.cell(
        slot, tint, letters: letters, isEnclosed: false, modifiers: [], glyphs: canvas.glyphs)
      let place = Rect(x: inside.x, y: inside.y + row, width: 1, height: 1)
      canvas.clipped(to: inside) { $0.fill(place, with: cell) }
      let text = Rect(
        x: inside.x + 2, y: inside.y, width: inside.width - 2, height: inside.height)
      canvas.put(legend, in: text, row: row)
      row += 1
    }
    if lane.overlay == .pages, lane.tints?.lit.isEmpty == false || lane.machine.mergesByEntries {
      let cell = Cell(canvas.glyphs[.square], ink: .text, modifiers: .pointed)
      let place = Rect(x: inside.x, y: inside.y + row, width: 1, height: 1)
      canvas.clipped(to: inside) { $0.fill(place, with: cell) }
      let text = Rect(
        x: inside.x + 2, y: inside.y, width: inside.width - 2, height: inside.height)
      canvas.put("holds back", in: text, row: row)
      row += 1
    }
    if letters { row += 1 }
    let signs = Self.signs(
      letters: letters, isArm: lane.machine.architecture == .arm64, canvas.glyphs)
    // Letters of these classes do not tell how a slot is mapped.
    for (sign, words) in letters ? Array(signs.dropFirst(2)) : signs {
      canvas.put([(sign, .text), (" " + words, .dim)], in: inside, row: row)
      row += 1
    }
  }

  private static func signs(
    letters: Bool, isArm: Bool, _ glyphs: Glyphs,
  ) -> [(String, String)] {
    let marks = [
      (letters ? "_" : String(glyphs[.square]), "just changed"),
      (String(glyphs[.hollow]), "changes next"),
      (String(glyphs[.up]), "selected"),
    ]
    if letters {
      return [("RXU", "split rxu"), ("S=", "split w-")] + marks
    }
    if isArm {
      return [
        ("\u{2588}", "16 as one"), ("\u{25a0}", "one leaf"), ("\u{2593}", "split, no 4K"),
        ("\u{2592}", "4K inside"),
      ] + marks.dropFirst()
    }
    return [
      ("\u{2588}", "whole leaf"), ("\u{2593}", "split, no 4K"), ("\u{2592}", "4K inside"),
      ("\u{2591}", "larger leaf"),
    ] + marks
  }
}

extension PermissionClass {
  /// The class as the legend has room for.
  fileprivate var legend: String {
    switch self {
    case .rwNX: "RW NX normal"
    case .roNX: "RO NX"
    case .roX: "RO X"
    case .rwX: "RW X never!"
    case .notPresent: "not present"
    case .uncached: "UC WC WT"
    case .hole: "no RAM"
    }
  }
}
