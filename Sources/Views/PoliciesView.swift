import Engine
import Keys
import Lanes
import Narration
import Screen

/// What the policies keep, of the machine and of the selected slot: numbers, words of bits, flags and
/// pages first, what is said about them below.
struct PoliciesView: View {
  let lane: Lane
  let keymap: Keymap

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.box(area, title: lane.titled(title)).inset(horizontally: 1, vertically: 0)
    let panels = lane.machine.panels(
      at: lane.machine.directMapAddress(of: lane.selection))
    guard !panels.isEmpty else {
      let key = keymap.key(.commandLine)
      let row = canvas.putWrapped(
        "\(lane.machine.kernel.name) as it was released.", in: inside, ink: .text)
      canvas.putWrapped(
        "\(key)policy NAME boots a kernel with a remedy.", in: inside, row: row, ink: .dim)
      return
    }
    let rows = rows(panels, width: inside.width, glyphs: canvas.glyphs)
    let isCut = rows.count > inside.height
    for (index, row) in rows.prefix(isCut ? inside.height - 1 : inside.height).enumerated() {
      canvas.put(row, in: inside, row: index)
    }
    if isCut {
      let left = rows.count - inside.height + 1
      canvas.put("\(left) more lines", in: inside, row: inside.height - 1, ink: .dim)
    }
  }

  private var title: String {
    let held = lane.machine.cachedPages
    return held == 0 ? "policies" : "policies, caches hold \(held.words)"
  }

  // MARK: - Rows

  typealias Row = [(String, Ink)]

  private func rows(
    _ panels: [(title: String, lines: [PanelLine])], width: Int, glyphs: Glyphs,
  ) -> [Row] {
    var rows: [Row] = []
    for panel in panels {
      rows.append([(panel.title, .title)])
      for line in panel.lines { rows += Self.data(line, width: width, glyphs: glyphs) }
    }
    for panel in panels {
      for line in panel.lines {
        guard case .note(let text) = line else { continue }
        rows += TextWrap.lines(text, width: width).map { [($0, .dim)] }
      }
    }
    return rows
  }

  /// A line of a panel; nothing for a note.
  static func data(_ line: PanelLine, width: Int, glyphs: Glyphs) -> [Row] {
    switch line {
    case .count(let name, let value):
      return [[("\(name) ", .text), (NumberText.grouped(value), .key)]]
    case .bits(let name, let word):
      return [
        [("\(name): ", .text), ("\(word.nonzeroBitCount)", .key)]
      ] + bits(word, width: width, glyphs: glyphs)
    case .flags(let name, let flags, let size):
      return [[("\(name) ", .text), (flags.text(size), .key)]]
    case .pages(let name, let pages):
      let text = pages.isEmpty ? "none" : pages.map(\.hex).joined(separator: " ")
      let lines = TextWrap.lines("\(name): \(text)", width: width)
      return lines.map { [($0, pages.isEmpty ? .dim : .text)] }
    case .note: return []
    }
  }

  /// A word as cells, bit 0 first: a row, or two where 64 do not fit.
  private static func bits(_ word: UInt64, width: Int, glyphs: Glyphs) -> [Row] {
    let columns = width >= 64 ? 64 : 32
    return stride(from: 0, to: 64, by: columns).map { first in
      (first..<first + columns).map { bit in
        word >> UInt64(bit) & 1 == 1
          ? (String(glyphs[.full]), .warning) : (String(glyphs[.dot]), .dim)
      }
    }
  }
}
