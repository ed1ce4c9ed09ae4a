import Engine
import Scenarios
import Screen

/// Why the selected slot is not one leaf: the kernel's conditions in its order, up to the first that
/// does not hold.
struct WhyView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    let size = self.size
    let inside = canvas.box(area, title: model.titled("why not one \(size.name)?"))
      .inset(horizontally: 1, vertically: 0)
    var row = 0
    let lines = Self.lines(model.machine, size, model.selection)
    // Where not all of it can be seen, the end matters.
    let heights = lines.map { line in
      TextWrap.lines(line.text, width: inside.width - (line.mark == nil ? 0 : 2)).count
    }
    var skipped = 0
    while heights[skipped...].reduce(0, +) > inside.height, skipped < lines.count - 1 {
      skipped += 1
    }
    for line in lines.dropFirst(skipped) {
      guard row < inside.height else { return }
      switch line.mark {
      case .holds: canvas.put(.tick, x: inside.x, y: inside.y + row, ink: .good)
      case .fails: canvas.put(.cross, x: inside.x, y: inside.y + row, ink: .error)
      case .unknown: canvas.put(.dot, x: inside.x, y: inside.y + row, ink: .dim)
      case .none: break
      }
      let indent = line.mark == nil ? 0 : 2
      let text = Rect(
        x: inside.x + indent, y: inside.y, width: inside.width - indent, height: inside.height)
      let ink: Ink = line.mark == .fails ? .title : line.mark == .unknown ? .dim : .text
      row += max(1, canvas.putWrapped(line.text, in: text, row: row, ink: ink))
    }
  }

  /// The leaf that the selected page could be part of: the next larger one.
  private var size: LeafSize {
    let address = AddressLayout.directMapAddress(of: model.selection)
    let leaf = model.machine.tables.lookup(address)?.size ?? .size4K
    return model.focus == .size1G || leaf != .size4K ? .size1G : .size2M
  }

  enum Mark { case holds, fails, unknown }

  struct Line {
    var mark: Mark?
    var text: String
  }

  /// The conditions and their outcomes.
  static func lines(_ machine: Machine, _ size: LeafSize, _ pfn: PFN) -> [Line] {
    let address = AddressLayout.directMapAddress(of: pfn)
    switch machine.collapseTest(of: size, at: address) {
    case .success:
      return conditions(size, failing: conditionCount, detail: "")
        + [Line(text: "All 512 entries are alike: it could be one leaf.")]
        + whoMerges(machine, size, address)
    case .failure(.alreadyLeaf(let leaf)):
      return [Line(mark: .holds, text: "It is part of one \(leaf.name) leaf: nothing to merge.")]
    case .failure(.nothingMapped):
      return [Line(mark: .fails, text: "Nothing is mapped here: no RAM.")]
    case .failure(let obstacle):
      return conditions(size, failing: obstacle.condition, detail: obstacle.words)
        + whoMerges(machine, size, address)
    }
  }

  /// Who would make the leaf: policies, with what they count against it, else the kernel.
  private static func whoMerges(
    _ machine: Machine, _ size: LeafSize, _ address: VirtualAddress,
  ) -> [Line] {
    let merging = machine.mergingPolicies
    guard !merging.isEmpty else { return [whoMerges(machine, size)] }
    var lines: [Line] = []
    for panel in machine.panels(at: address) where merging.contains(panel.name) {
      lines.append(Line(text: "\(panel.name.rawValue) merges; it keeps:"))
      for line in panel.lines {
        switch line {
        case .count(let name, let value): lines.append(Line(text: "\(name): \(value)"))
        case .bits(let name, let word):
          lines.append(Line(text: "\(name): \(word.nonzeroBitCount) of 64 set"))
        case .flags(let name, let flags, let size):
          lines.append(Line(text: "\(name): \(flags.text(size))"))
        case .pages, .note: break
        }
      }
    }
    return lines
  }

  /// What the kernel does by itself: `collapse_large_pages()` tries 1G right after a success with 2M.
  private static func whoMerges(_ machine: Machine, _ size: LeafSize) -> Line {
    guard machine.kernel.collapses else {
      return Line(text: "\(machine.kernel.name) never merges by itself.")
    }
    return size == .size1G
      ? Line(text: "Only set_memory_rox merges, and to 1G only right after a merge to 2M in it.")
      : Line(text: "Only set_memory_rox looks for merges.")
  }

  private static let conditionCount = 7

  private static func conditions(_ size: LeafSize, failing: Int, detail: String) -> [Line] {
    let small = size.smaller?.name ?? ""
    let texts = [
      "\(size.name) leaves exist", "all \(small) leaves", "first frame aligned",
      "first not KERNEL_4K",
      "all 512 present", "frames in a row", "equal flags",
    ]
    return texts.enumerated().compactMap { index, text in
      if index == 3, size != .size2M { return nil }
      if index == failing { return Line(mark: .fails, text: detail) }
      // The last three are checked entry by entry, so that each is known up to the failing one only.
      let isOpen = index > failing || failing < conditionCount && failing >= 4 && index >= 4
      return Line(mark: isOpen ? .unknown : .holds, text: text)
    }
  }
}

extension CollapseObstacle {
  /// Which of the conditions it is that fails.
  fileprivate var condition: Int {
    switch self {
    case .alreadyLeaf, .nothingMapped, .sizeUnavailable: 0
    case .table: 1
    case .frameMisaligned: 2
    case .kernel4K: 3
    case .notPresent: 4
    case .frameOutOfOrder: 5
    case .flagsDiffer: 6
    }
  }
}
