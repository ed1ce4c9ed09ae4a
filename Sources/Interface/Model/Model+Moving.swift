import Engine
import Keys
import Lanes

extension Model {
  /// Moves the selection or the focus.
  mutating func move(_ action: Action) {
    let repeats = min(count ?? 1, Self.countLimit)
    count = nil
    let slot = focus.pages.rawValue
    let here = lane.page.rawValue
    let page = slot * UInt64(PanelPicture.slotCount)
    let row = UInt64(PanelPicture.columns)
    let start = (page: lane.page, focus: focus)
    switch action {
    case .left: moveBack(repeats.multipliedSafely(by: slot))
    case .right: moveForward(repeats.multipliedSafely(by: slot))
    case .up: moveBack(repeats.multipliedSafely(by: slot * row))
    case .down: moveForward(repeats.multipliedSafely(by: slot * row))
    case .pageUp: moveBack(repeats.multipliedSafely(by: page))
    case .pageDown: moveForward(repeats.multipliedSafely(by: page))
    case .first: lane.select(page: PFN(here / page * page))
    case .last: lane.select(page: PFN(here / page * page + page - slot))
    case .nextPanel, .zoomIn: focus = focus.smaller ?? (action == .nextPanel ? .size1G : .size4K)
    case .previousPanel, .zoomOut:
      focus = focus.larger ?? (action == .previousPanel ? .size4K : .size1G)
    case .nextChange:
      if !lane.moveToNextChange() { say("nothing else is mapped up to the end", .failed) }
    case .previousChange:
      if !lane.moveToPreviousChange() { say("nothing else is mapped before here", .failed) }
    default: break
    }
    if lane.page == start.page, focus == start.focus, notice == nil, let words = limit(of: action) {
      say(words, .failed)
    }
  }

  /// Why a key could not move.
  private func limit(of action: Action) -> String? {
    switch action {
    case .left, .up, .pageUp: "the map begins here, or would before that"
    case .right, .down, .pageDown: "the map ends here, or would before that"
    case .first: "this is the first slot of the panel"
    case .last: "this is the last slot of the panel"
    case .zoomIn: "4K is the smallest size; \(keymap.key(.zoomOut)) zooms out"
    case .zoomOut: "1G is the largest size; \(keymap.key(.zoomIn)) zooms in"
    default: nil
    }
  }

  /// A step beyond the end is none.
  private mutating func moveForward(_ pages: UInt64) {
    let start = lane.page.alignedDown(to: focus).rawValue
    let (sum, overflows) = start.addingReportingOverflow(pages)
    lane.select(page: PFN(overflows || sum >= lane.pageEnd ? start : sum))
  }

  /// A step before the beginning is none.
  private mutating func moveBack(_ pages: UInt64) {
    let start = lane.page.alignedDown(to: focus).rawValue
    lane.select(page: PFN(start >= pages ? start - pages : start))
  }
}

// Places that are mapped otherwise.

extension Lane {
  /// Selects the next page that is not mapped like the selected one; whether there is one.
  fileprivate mutating func moveToNextChange() -> Bool {
    let space = place.space
    let limit = pageEnd
    var start = page.rawValue
    var first: LeafRun?
    while start < limit {
      let end = min(limit, (start / Self.chunk + 1) * Self.chunk)
      let address = space.address(of: PFN(start), machine)
      for run in machine.tables.runs(from: address, pages: PageCount(end - start)) {
        guard let here = first else {
          first = run
          continue
        }
        if run.size == here.size, run.flags == here.flags { continue }
        select(page: space.page(of: run.start, machine) ?? page)
        return true
      }
      start = end
    }
    return false
  }

  /// Selects the last page before that is not mapped like the selected one; whether there is one.
  fileprivate mutating func moveToPreviousChange() -> Bool {
    let space = place.space
    var end = page.rawValue + 1
    var first: LeafRun?
    while end > 0 {
      let start = (end - 1) / Self.chunk * Self.chunk
      let address = space.address(of: PFN(start), machine)
      for run in machine.tables.runs(from: address, pages: PageCount(end - start)).reversed() {
        guard let here = first else {
          first = run
          continue
        }
        if run.size == here.size, run.flags == here.flags { continue }
        let found = space.page(of: run.start, machine) ?? 0
        select(page: PFN(found.rawValue + run.pages.rawValue - 1))
        return true
      }
      end = start
    }
    return false
  }

  /// How many frames are looked at in one piece.
  private static let chunk: UInt64 = 512 * LeafSize.size1G.pages.rawValue
}

extension UInt64 {
  /// The product, or the largest number where there is none.
  fileprivate func multipliedSafely(by other: UInt64) -> UInt64 {
    let product = multipliedReportingOverflow(by: other)
    return product.overflow ? .max : product.partialValue
  }
}
