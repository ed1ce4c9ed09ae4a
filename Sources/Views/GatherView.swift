import Engine
import Lanes
import Screen

/// The batches of an `mmu_gather` as they are filled at this moment, what the call that is shown
/// counts before and after the series of January 2024, and the question of its thread.
struct GatherView: View {
  let lane: Lane

  func draw(on canvas: inout Canvas, in area: Rect) {
    var inside = canvas.box(area, title: lane.titled("mmu_gather"))
      .inset(horizontally: 1, vertically: 0)
    guard inside.width >= 20 else { return }
    guard inside.height >= 4 else {
      drawLow(on: &canvas, inside)
      return
    }
    var left = inside
    let isWide = inside.width >= 76 && lane.zapComparison != nil
    if isWide {
      // Picture and question beside the counts.
      var right = inside.cutRight(inside.width / 2 - 1)
      drawCounts(on: &canvas, &right, answerRows: 0)
      left = inside.cutLeft(inside.width - 2)
    }
    let state = ZapWords.state(lane.machine)
    let height = min(2, TextWrap.lines(state, width: left.width).count)
    canvas.putWrapped(state, in: left.cutTop(height))
    drawPicture(on: &canvas, &left, keeping: isWide || lane.zapComparison == nil ? 5 : 11)
    if !isWide {
      drawCounts(
        on: &canvas, &left,
        answerRows: lane.machine.gather == nil ? min(8, left.height / 2 + 1) : 2)
    }
    drawAnswer(on: &canvas, left)
  }

  /// The batches while a zap is under way, else what the last one counted, in the few rows beside a
  /// caption.
  private func drawLow(on canvas: inout Canvas, _ area: Rect) {
    var inside = area
    if lane.machine.gather == nil, lane.zapComparison != nil {
      drawCounts(on: &canvas, &inside, answerRows: 0)
      return
    }
    let state = ZapWords.state(lane.machine)
    let height = min(inside.height, TextWrap.lines(state, width: inside.width).count)
    canvas.putWrapped(state, in: inside.cutTop(height))
    if let gather = lane.machine.gather { drawBatches(of: gather, on: &canvas, &inside) }
  }

  // MARK: - The batches

  private func drawPicture(on canvas: inout Canvas, _ inside: inout Rect, keeping rows: Int) {
    guard let gather = lane.machine.gather else { return }
    drawBatches(of: gather, on: &canvas, &inside)
    guard gather.active > 0 || gather.pageBatches > 0 else { return }
    // While batches are emptied, the one that is let go.
    let shown = gather.active > 0 ? gather.active : 1
    let most = max(3, min(9, inside.height - rows))
    drawBatch(gather.batches[shown], number: shown, rows: most, on: &canvas, &inside)
  }

  /// The words on the stack and how full each page batch is, a row each.
  private func drawBatches(of gather: MmuGather, on canvas: inout Canvas, _ inside: inout Rect) {
    let bundle = gather.batches[0]
    var pieces: [(String, Ink)] = [("stack   ", .dim)]
    pieces += GatherCells.words(of: bundle, canvas.glyphs)
    pieces.append(("  \(bundle.used) of \(bundle.capacity)", .dim))
    canvas.put(pieces, in: inside.cutTop(1))
    canvas.put(
      [("batches ", .dim)] + GatherCells.bars(of: gather, canvas.glyphs)
        + [("  \(gather.pageBatches) of \(MmuGather.batchLimit)", .dim)], in: inside.cutTop(1))
  }

  /// One page batch, large: a cell a word where there is room, else a cell a few words.
  private func drawBatch(
    _ batch: MmuGather.Batch, number: Int, rows most: Int, on canvas: inout Canvas,
    _ inside: inout Rect,
  ) {
    let wordsEach = max(1, (batch.capacity + inside.width * most - 1) / (inside.width * most))
    let scale = wordsEach == 1 ? "1 a cell" : "\(wordsEach) a cell"
    canvas.put(
      [
        ("batch \(number): ", .title), ("\(batch.used) of \(batch.capacity) words, ", .text),
        (scale, .dim),
      ], in: inside.cutTop(1))
    let cells = GatherCells.words(of: batch, wordsEach: wordsEach, canvas.glyphs)
    for start in stride(from: 0, to: cells.count, by: inside.width) where inside.height > 1 {
      let end = min(start + inside.width, cells.count)
      canvas.put(Array(cells[start..<end]), in: inside.cutTop(1))
    }
    let legend: [(String, Ink)] = [
      (String(canvas.glyphs[.full]), .bar4K), (" page ", .dim),
      (String(canvas.glyphs[.full]), .bar2M), (" page and ", .dim),
      (String(canvas.glyphs[.medium]), .bar2M), (" its count", .dim),
    ]
    if inside.height > 7 { canvas.put(legend, in: inside.cutTop(1)) }
  }

  // MARK: - Before and after

  private func drawCounts(on canvas: inout Canvas, _ inside: inout Rect, answerRows: Int) {
    guard let comparison = lane.zapComparison else { return }
    let names = ZapSeries.allCases.map(\.rawValue)
    let width = max(7, min(11, (inside.width - 15) / names.count))
    func line(_ name: String, _ values: [String], _ inks: [Ink]) -> [(String, Ink)] {
      let label = name + String(repeating: " ", count: max(0, 15 - name.count))
      return [(label, .text)]
        + zip(values, inks).map { value, ink in
          (String(repeating: " ", count: max(1, width - value.count)) + value, ink)
        }
    }
    canvas.put(line("", names, [.dim, .dim, .dim]), in: inside.cutTop(1))
    for (name, values) in rows(comparison) where inside.height > answerRows {
      let inks = values.map { value -> Ink in
        value == values[0] ? .text : value < values[0] ? .good : .warning
      }
      canvas.put(
        line(name, values.map { Self.compact($0, width - 1) }, inks), in: inside.cutTop(1))
    }
  }

  /// The most telling rows first: where there is little room, the last ones are left out.
  private func rows(_ comparison: ZapComparison) -> [(name: String, values: [Int64])] {
    func values(_ counter: ZapCounter, zeroing: Bool = false) -> [Int64] {
      ZapSeries.allCases.map {
        (zeroing ? comparison.zeroing : comparison.plain)[$0]?[counter] ?? 0
      }
    }
    return [
      ("runs of pages", values(.runs)), ("refcount, rmap", values(.refOperations)),
      ("flushes", values(.flushes)), ("longest, units", values(.longestChunkCost)),
      ("... zeroing", values(.longestChunkCost, zeroing: true)),
      ("page batches", values(.batches)),
      ("all, units", values(.cost)), ("... zeroing", values(.cost, zeroing: true)),
      ("TLB removals", values(.tlbRemovals)), ("forced flushes", values(.forcedFlushes)),
      ("PTEs cleared", values(.pages)), ("words", values(.words)),
      ("pages freed", values(.pagesFreed)), ("longest, pages", values(.longestChunkPages)),
      ("... zeroing", values(.longestChunkPages, zeroing: true)),
    ]
  }

  /// A number in this many columns: in thousands or millions where it does not fit.
  static func compact(_ value: Int64, _ columns: Int) -> String {
    let whole = NumberText.grouped(value)
    if whole.count <= columns { return whole }
    let thousands = NumberText.grouped(value / 1000) + "k"
    return thousands.count <= columns ? thousands : "\(value / 1_000_000)M"
  }

  // MARK: - The question

  private func drawAnswer(on canvas: inout Canvas, _ inside: Rect) {
    var row = 0
    for (index, line) in (ZapWords.answer() + [ZapWords.assumption]).enumerated() {
      let height = TextWrap.lines(line, width: inside.width).count
      guard row + height <= inside.height else { return }
      row += canvas.putWrapped(line, in: inside, row: row, ink: index == 3 ? .dim : .text)
    }
  }
}

/// The words of a gather as cells.
enum GatherCells {
  /// What a word is.
  enum Word: UInt8, CaseIterable {
    case free, page, pageOfPair, count
  }

  /// The words of a batch in order.
  static func all(of batch: MmuGather.Batch) -> [Word] {
    var words: [Word] = []
    for group in batch.groups {
      for _ in 0..<group.entries {
        words += group.pagesEach == 1 ? [.page] : [.pageOfPair, .count]
      }
    }
    return words + Array(repeating: .free, count: max(0, batch.capacity - words.count))
  }

  /// A cell for each word, or for some words in a row, which shows what most of them are.
  static func words(
    of batch: MmuGather.Batch, wordsEach: Int = 1, _ glyphs: Glyphs,
  ) -> [(String, Ink)] {
    let words = all(of: batch)
    return stride(from: 0, to: words.count, by: wordsEach).map { start in
      let part = words[start..<min(start + wordsEach, words.count)]
      let free = part.count { $0 == .free }
      if free * 2 > part.count { return (String(glyphs[.dot]), .dim) }
      let singles = part.count { $0 == .page }
      if singles * 2 >= part.count - free { return (String(glyphs[.full]), .bar4K) }
      let isCount = wordsEach == 1 && part.first == .count
      return (String(glyphs[isCount ? .medium : .full]), .bar2M)
    }
  }

  /// A cell for each page batch there can be: how full it is.
  static func bars(of gather: MmuGather, _ glyphs: Glyphs) -> [(String, Ink)] {
    (1...MmuGather.batchLimit).map { index in
      guard gather.batches.indices.contains(index) else {
        return (String(glyphs[.dot]), .dim)
      }
      let batch = gather.batches[index]
      let eighths = (batch.used * 8 + batch.capacity - 1) / batch.capacity
      let ink: Ink = batch.groups.contains { $0.pagesEach > 1 } ? .bar2M : .bar4K
      guard let glyph = Glyphs.bar(eighths: eighths) else {
        return (String(glyphs[.light]), .dim)
      }
      return (String(glyphs[glyph]), ink)
    }
  }
}
