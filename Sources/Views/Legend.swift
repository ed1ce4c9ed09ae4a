import Engine
import Lanes
import Screen

/// What colours, glyphs and letters of the map mean: the classes of the overlay, then the signs.
struct Legend {
  let lane: Lane
  /// Whether classes show as letters.
  let letters: Bool
  /// Whether entries that block a merge are pointed out.
  var pointsOutBlockers = false
  /// Whether a presenter points pages out.
  var hasSpotlight = false
  /// Whether the map shows how two lanes differ, and nothing else tells what its signs say.
  var showsDifferences = false

  /// A sign and what it means.
  struct Item: Equatable {
    var cell: Cell
    /// What it means, for a panel of its own.
    var words: String
    /// The same where several stand in a row; empty where another item says it there.
    var brief: String
    /// The ink of the words.
    var ink = Ink.text
    /// The line of the legend that a class of an overlay belongs to; `nil` of other items.
    var line: String?
    /// How the slots are mapped that an item is about, whatever their class.
    var kind: Slot.Kind?
  }

  private var isArm: Bool { lane.machine.architecture == .arm64 }

  /// The name of the overlay.
  var title: String { lane.overlay == .permission ? "legend" : lane.overlay.rawValue }

  /// The classes that colours or letters tell apart, and what is pointed out.
  func classes(_ glyphs: Glyphs) -> [Item] {
    let items = lane.overlay == .permission ? permissions(glyphs) : tints(glyphs)
    return items + pointed(glyphs)
  }

  // MARK: - Classes

  private func permissions(_ glyphs: Glyphs) -> [Item] {
    var items = PermissionClass.allCases.map { permission in
      var slot = Slot()
      slot.worst = permission
      slot.kind = permission == .hole ? .hole : .leaf
      let cell = PanelView.cell(
        slot, letters: letters, isEnclosed: false, modifiers: [], glyphs: glyphs)
      let isElsewhere = permission == .hole && lane.place.space != .direct
      let words = isElsewhere ? "not mapped" : permission.legend
      return Item(
        cell: cell, words: words, brief: isElsewhere ? "unmapped" : permission.brief,
        kind: permission == .hole ? .hole : nil)
    }
    if lane.place.space != .direct {
      let words = lane.place.space == .process ? "zapped" : "guard, freed"
      items.append(
        Item(
          cell: Cell(glyphs[.vertical], ink: .dim), words: words, brief: words, ink: .dim,
          kind: .reserved))
    } else if isArm {
      items.append(
        Item(
          cell: Cell(glyphs[.colon], ink: .dim), words: "not mapped", brief: "unmapped", ink: .dim,
          kind: .unmapped))
    }
    return items
  }

  private func tints(_ glyphs: Glyphs) -> [Item] {
    let classes = lane.overlay.classes
    return classes.compactMap { tint in
      guard let words = tint.legend, let brief = tint.brief else { return nil }
      var slot = Slot()
      slot.kind = tint == classes.first ? .hole : .leaf
      let cell = PanelView.cell(
        slot, tint, letters: letters, isEnclosed: false, modifiers: [], glyphs: glyphs)
      let isElsewhere = tint == classes.first && lane.place.space != .direct
      return Item(
        cell: cell, words: isElsewhere ? "not mapped" : words,
        brief: isElsewhere ? "not mapped" : brief, line: words)
    }
  }

  /// What is pointed out, and how two lanes differ.
  func pointed(_ glyphs: Glyphs) -> [Item] {
    func item(_ glyph: Glyph, _ words: String, _ brief: String) -> Item {
      Item(cell: Cell(glyphs[glyph], ink: .text, modifiers: .pointed), words: words, brief: brief)
    }
    var items: [Item] = []
    if showsDifferences {
      let differences =
        SlotDifference.all + (lane.overlay == .permission ? [] : [SlotDifference.color])
      items += differences.map {
        Item(
          cell: Cell($0.sign, ink: .text, modifiers: .differs), words: $0.brief, brief: $0.brief)
      }
    }
    // Letters keep their own sign, unless both are shown.
    let sign = PanelView.blockerSign(letters: letters, hasSpotlight: hasSpotlight)
    if pointsOutBlockers { items.append(item(sign ?? .square, "blocks merge", "blocks")) }
    if hasSpotlight { items.append(item(.square, "pointed out", "pointed")) }
    return items
  }

  /// Whether the panel that has the focus shows the class of an item.
  func isOnMap(_ item: Item) -> Bool {
    let panel = lane.map[lane.place.focus]
    guard let codes = lane.tints?.codes(panel), lane.overlay != .permission else {
      if let kind = item.kind { return panel.slots.contains { $0.kind == kind } }
      return panel.slots.contains { $0.isMapped && $0.worst.ink == item.cell.ink }
    }
    return Set(codes).contains { Self.line(of: Int($0), lane.overlay.classes) == item.line }
  }

  /// The line that tells of a class: its own, or that of the nearest class of the same ink before it.
  private static func line(of code: Int, _ classes: [TintClass]) -> String? {
    classes[...code].last { $0.legend != nil && $0.ink == classes[code].ink }?.legend
  }

  /// These classes, with those in the panel that has the focus first.
  func onMapFirst(_ items: some Sequence<Item>) -> [Item] {
    items.filter(isOnMap) + items.filter { !isOnMap($0) }
  }

  // MARK: - Signs

  /// The signs, which mean the same in every overlay.
  func signs(_ glyphs: Glyphs) -> [Item] {
    func item(_ sign: Unicode.Scalar, _ words: String, _ brief: String? = nil) -> Item {
      Item(cell: Cell(sign, ink: .text), words: words, brief: brief ?? words, ink: .dim)
    }
    let next = item(glyphs[.hollow], "changes next", "next")
    guard !letters else {
      let marks = [item("_", "just changed", "changed"), next, item(glyphs[.up], "selected")]
      // Letters of other classes do not tell how a slot is mapped.
      guard lane.overlay == .permission else { return marks }
      return [
        item("S", "split w", "R X U = split"), item("R", "X U split rxu", ""),
        item("=", "split -", ""),
      ] + marks
    }
    let split = [
      item(glyphs[.dark], "split, no 4K", "split"), item(glyphs[.medium], "4K inside", "4K in it"),
    ]
    let selected = item(glyphs[.disc], "selected")
    if isArm {
      return [item(glyphs[.full], "16 as one"), item(glyphs[.square], "one leaf")] + split
        + [next, selected]
    }
    let larger = item(glyphs[.light], "larger leaf")
    let changed = item(glyphs[.square], "just changed", "changed")
    return [item(glyphs[.full], "whole leaf")] + split + [larger, changed, next, selected]
  }
}

/// The legend as a panel: a line for each class and sign.
struct LegendView: View {
  let legend: Legend

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.box(area, title: legend.title).inset(horizontally: 1, vertically: 0)
    let classes = legend.classes(canvas.glyphs)
    let signs = legend.signs(canvas.glyphs)
    let gap = classes.count + signs.count < inside.height ? 1 : 0
    for (index, item) in (classes + signs).enumerated() {
      let row = index < classes.count ? index : index + gap
      draw(item, on: &canvas, in: inside.row(row))
    }
  }

  private func draw(_ item: Legend.Item, on canvas: inout Canvas, in row: Rect) {
    guard !row.isEmpty else { return }
    canvas.fill(Rect(x: row.x, y: row.y, width: 1, height: 1), with: item.cell)
    canvas.put(
      item.words, in: Rect(x: row.x + 2, y: row.y, width: row.width - 2, height: 1), ink: item.ink)
  }
}

/// The legend as rows of text, for screens without room for a panel: the classes first, then as many
/// signs as there is room for.
struct LegendRowsView: View {
  let legend: Legend

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = area.inset(horizontally: 1, vertically: 0)
    guard !inside.isEmpty else { return }
    // What is pointed out is what the screen is about: it comes first, and stays where something must go.
    let pointed = legend.pointed(canvas.glyphs)
    var classes = pointed + legend.classes(canvas.glyphs).dropLast(pointed.count)
    // Where not all classes have room, those on the map come before the others.
    if Self.rows(classes.map { Self.width($0.brief) }, 1, inside.width) > inside.height {
      classes = pointed + legend.onMapFirst(classes.dropFirst(pointed.count))
    }
    // The classes show the sign of the whole leaf.
    let signs = legend.signs(canvas.glyphs).filter {
      $0.words != "whole leaf" && !$0.brief.isEmpty
    }
    let isWide =
      Self.rows(classes.map { Self.width($0.words) }, 1, inside.width) <= inside.height
    let widths = classes.map { Self.width(isWide ? $0.words : $0.brief) }
    let gap = Self.rows(widths, 2, inside.width) <= inside.height ? 2 : 1
    var (x, y) = (inside.x, inside.y)
    for (index, item) in (classes + signs).enumerated() {
      let words = isWide && index < classes.count ? item.words : item.brief
      let width = Self.width(words)
      if x + width > inside.right, x > inside.x { (x, y) = (inside.x, y + 1) }
      guard y < inside.bottom, x + width <= inside.right else { return }
      canvas.fill(Rect(x: x, y: y, width: 1, height: 1), with: item.cell)
      canvas.put(words, x: x + 2, y: y, ink: item.ink)
      x += width + gap
    }
  }

  private static func width(_ words: String) -> Int { 2 + TextWidth.columns(words) }

  /// How many rows of a width these take, with a gap between two of them.
  private static func rows(_ widths: [Int], _ gap: Int, _ width: Int) -> Int {
    var (rows, x) = (1, 0)
    for item in widths {
      if x + item > width, x > 0 { (rows, x) = (rows + 1, 0) }
      x += item + gap
    }
    return rows
  }
}

extension PermissionClass {
  /// The class as the panel of the legend has room for.
  fileprivate var legend: String {
    switch self {
    case .rwNX: "RW NX ordinary"
    case .roNX: "RO NX"
    case .roX: "RO X"
    case .rwX: "RW X never!"
    case .notPresent: "not present"
    case .uncached: "UC WC WT"
    case .hole: "no RAM"
    }
  }

  /// The class where several stand in a row.
  fileprivate var brief: String {
    switch self {
    case .rwNX: "rw"
    case .roNX: "ro"
    case .roX: "rox"
    case .rwX: "rwx"
    case .notPresent: "absent"
    case .uncached: "uc"
    case .hole: "no RAM"
    }
  }
}
