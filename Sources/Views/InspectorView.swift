import Engine
import Lanes
import Narration
import Screen

/// The selected page: both its addresses, the entry that maps it, decoded, and what shows it besides.
struct InspectorView: View {
  let lane: Lane
  /// The pages that the next call takes.
  let pages: PageCount
  /// Whether the screen may tell what lies ahead.
  let knowsNext: Bool

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = area.inset(by: 1).inset(horizontally: 1, vertically: 0)
    var lines = lines
    var title = "here"
    // Where not all can be seen, what is known otherwise is the first to go.
    for start in ["0x", "table in", "va  ", "slot", Self.pfnLabel]
    where lines.count > inside.height {
      lines.removeAll { $0.first?.0.hasPrefix(start) ?? false }
      if start == Self.pfnLabel { title = "here: pfn \(lane.selection.hex)" }
    }
    if lane.isUnrecorded { title += " " + Knowledge.sign }
    canvas.box(area, title: lane.titled([title], width: area.width - 4))
    if canvas.glyphs == .ascii { lines = lines.map { $0.map { (Self.plain($0.0), $0.1) } } }
    lines = Self.wrapped(lines, in: inside.size)
    for (row, whole) in lines.enumerated() {
      // The physical address only repeats the frame number.
      let isLong = TextWidth.columns(whole.map(\.0).joined()) > inside.width
      let line = isLong && whole.first?.0 == Self.pfnLabel ? Array(whole.prefix(2)) : whole
      let end = canvas.put(line, in: inside, row: row)
      guard end > inside.right, row < inside.height else { continue }
      canvas.put(.ellipsis, x: inside.right - 1, y: inside.y + row, ink: .dim)
    }
    guard area.height >= 2 else { return }
    let edge = Rect(x: inside.x, y: area.bottom - 1, width: inside.width, height: 1)
    let aim = aims.first { TextWidth.columns($0) + 11 <= edge.width } ?? aims[1]
    canvas.put([(" acts on: ", .dim), (aim + " ", .key)], in: edge)
  }

  /// The lines, with those that are too long in several, as far as there are rows for them.
  private static func wrapped(_ lines: [Line], in size: Size) -> [Line] {
    var spare = size.height - lines.count
    return lines.flatMap { line -> [Line] in
      let widths = line.map { TextWidth.columns($0.0) }
      let indent = widths.dropLast().reduce(0, +)
      guard widths.reduce(0, +) > size.width, line.first?.0 != pfnLabel, let last = line.last,
        size.width - indent >= 12
      else { return [line] }
      let texts = TextWrap.lines(last.0, width: size.width - indent)
      guard texts.count - 1 <= spare, let first = texts.first else { return [line] }
      spare -= texts.count - 1
      let blanks = String(repeating: " ", count: indent)
      return [line.dropLast() + [(first, last.1)]]
        + texts.dropFirst().map { [(blanks, .dim), ($0, last.1)] }
    }
  }

  /// The entry alone, and what the last step did to it, on the border of another panel.
  func drawEdge(on canvas: inout Canvas, in area: Rect) {
    guard let leaf = lane.machine.tables(for: address).lookup(address) else { return }
    var line: Line = [(" here: ", .dim), (leaf.flags.text(leaf.size) + " ", .text)]
    if let before = lane.previous.tables(for: address).lookup(address), before != leaf,
      !lane.wentBack
    {
      let moves = EntryMoves(from: (before.flags, before.size), to: (leaf.flags, leaf.size))
      let bits: Line = [("now ", .dim), (moves.bitWords + " ", .highlight)]
      let width = TextWidth.columns((line + bits).map(\.0).joined())
      if !moves.bits.isEmpty, width <= area.width { line += bits }
    }
    if canvas.glyphs == .ascii { line = line.map { (Self.plain($0.0), $0.1) } }
    canvas.put(line, in: area)
  }

  /// Arrows of two characters, as `1>0` would be a comparison.
  private static func plain(_ text: String) -> String {
    text.split(separator: "→", omittingEmptySubsequences: false).joined(separator: "->")
  }

  typealias Line = [(String, Ink)]

  private static let pfnLabel = "pfn  "

  private var address: VirtualAddress { lane.selectedAddress }

  private var lines: [Line] {
    if lane.place.space != .direct { return elsewhereLines }
    let pfn = lane.selection
    var lines: [Line] = [
      [(Self.pfnLabel, .dim), (pfn.hex, .title), ("  phys ", .dim), (pfn.address.hex, .text)],
      [("va   ", .dim), (address.hex, .text)],
    ]
    guard let leaf = lane.machine.tables.lookup(address) else {
      let isRAM = lane.machine.memory.contains(pfn)
      lines.append([(isRAM ? "RAM, not mapped yet" : "nothing is mapped: no RAM", .dim)])
      return lines
    }
    let permission = PermissionClass(leaf.flags, leaf.size)
    lines.append([
      ("\(leaf.size.name) leaf ", .title),
      (PermissionClass.words(of: leaf.flags, leaf.size), permission.ink),
    ])
    lines += overlayLines
    lines += entryLines(leaf)
    if let slotWords { lines.append([("slot ", .dim), (slotWords, .text)]) }
    lines += areaLines(leaf)
    lines += memoryLines
    return lines
  }

  /// What the colour of the selected slot says.
  var overlayLines: [Line] {
    lane.overlayWords.enumerated().map { index, words in
      [(index == 0 ? "\(lane.overlay.rawValue): " : "  ", .key), (words, .text)]
    }
  }

  // MARK: - The page

  /// Whose the page is, what policies know of it, and which page holds the table that maps it.
  var memoryLines: [Line] {
    let machine = lane.machine
    var lines: [Line] = []
    if let state = FrameWords.state(of: lane.selection, machine.physical) {
      lines.append([("mem  ", .dim), (state, .text)])
    }
    for (title, known) in machine.inspection(of: lane.selection) {
      for (index, line) in known.enumerated() {
        guard let text = line.words else { continue }
        lines.append([(index == 0 ? "\(title): " : "  ", .key), (text, .text)])
      }
    }
    if let leaf = machine.tables(for: address).lookup(address), let larger = leaf.size.larger,
      let table = machine.tables(for: address).tableFrame(at: address, larger)
    {
      lines.append([("table in ", .dim), ("pfn \(table.hex)", .text)])
    }
    return lines
  }

  /// What the next call would act on, with the length and without it.
  private var aims: [String] {
    var side = lane.machine.architecture == .arm64 ? "linear map" : "direct map"
    switch lane.target {
    case .area(let name, let page): side = "\(name)+\(page.rawValue)"
    case .virtual(let address): side = address.hex
    case .frame: break
    }
    return [
      "\(pages.words), \(NumberText.length(pages.rawValue)), \(side)", "\(pages.words), \(side)",
    ]
  }

  /// What is inside the slot that has the keys, where it is split.
  var slotWords: String? {
    let panel = lane.map[lane.place.focus]
    let slot = panel.slots[panel.index(of: lane.page)]
    switch slot.kind {
    case .hole, .unmapped, .reserved, .leaf: return nil
    case .split: return "\(lane.place.focus.name), split, nothing in 4K"
    case .splitTo4K:
      let leaves = NumberText.grouped(Int64(slot.leaves4K))
      let pages = slot.leaves4K == 1 ? "page" : "pages"
      return "\(lane.place.focus.name), \(leaves) \(pages) of it in 4K"
    }
  }

  // MARK: - The entry

  func entryLines(_ leaf: PageTables.Leaf) -> [Line] {
    let upcoming = nextLines(leaf)
    var lines: [Line] = [[("is   ", .dim), (leaf.flags.text(leaf.size), .text)]]
    if let before = lane.previous.tables(for: address).lookup(address), before != leaf {
      let other = (before.flags, before.size)
      let own = (leaf.flags, leaf.size)
      // Who goes back comes from what will be.
      if !lane.wentBack {
        lines += Self.lines("now  ", EntryMoves(from: other, to: own), .highlight)
      } else if upcoming.isEmpty, knowsNext {
        lines += Self.lines("ahead ", EntryMoves(from: own, to: other), .warning)
      }
    }
    lines += upcoming
    let isArm = lane.machine.architecture == .arm64
    let word =
      isArm ? lane.machine.armDescriptor(leaf.entry, leaf.size, at: address).word : leaf.entry.word
    var line: Line = [(word.paddedHex, .dim)]
    if !isArm {
      // The kernel books types of RAM by frame; other mappings have only their bits.
      if lane.place.space == .direct {
        line += [("  memtype ", .dim), (lane.machine.memoryType(of: lane.selection).name, .text)]
      }
    } else if leaf.flags.contains(.contiguous) {
      line.append((leaf.size == .size4K ? "  in a group of 64K" : "  in a group of 32M", .text))
    }
    lines.append(line)
    return lines
  }

  /// What the next step does to the entry, or to which other one.
  private func nextLines(_ leaf: PageTables.Leaf) -> [Line] {
    guard let upcoming = lane.upcoming else { return [] }
    let label = "next "
    let isHere =
      lane.place.space == .direct
      ? upcoming.changes.contains(lane.selection) : upcoming.changes.contains(address: address)
    guard isHere else {
      return upcoming.changes.focus.map { [[(label, .dim), ("pfn \($0.hex)", .warning)]] } ?? []
    }
    let moves = lane.trace.events[upcoming.events].lazy.compactMap {
      EntryMoves($0, at: address, from: leaf)
    }
    return moves.first.map { Self.lines(label, $0, .warning) } ?? []
  }

  /// Moves in one line, or in two where the size changes too.
  private static func lines(_ label: String, _ moves: EntryMoves, _ ink: Ink) -> [Line] {
    guard let words = moves.sizeWords else { return [[(label, .dim), (moves.bitWords, ink)]] }
    let first: Line = [(label, .dim), (words, ink)]
    return moves.bits.isEmpty ? [first] : [first, [("     ", .dim), (moves.bitWords, ink)]]
  }

  // MARK: - Areas

  private func areaLines(_ leaf: PageTables.Leaf) -> [Line] {
    var lines: [Line] = []
    let machine = lane.machine
    let shown = machine.areas.live.lazy.compactMap {
      AreaPage(of: lane.selection, in: $0, machine)
    }
    for page in shown.prefix(3) {
      let address = page.area.start + page.page
      guard let alias = machine.tables.lookup(address) else { continue }
      lines.append([
        ("area \(page.area.name)+\(page.page.rawValue) ", .title),
        (alias.flags.text(alias.size), .text),
      ])
      lines.append([("  ", .dim), (leaf.comparison(with: alias), .dim)])
    }
    return lines
  }
}
