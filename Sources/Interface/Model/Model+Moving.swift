import Engine

extension Model {
  /// The frames that the panels can show: from 0 to the end of the RAM, whole 1G slots.
  var frameEnd: UInt64 {
    max(machine.memory.end.alignedUp(to: .size1G).rawValue, LeafSize.size1G.pages.rawValue)
  }

  /// Moves the selection or the focus.
  mutating func move(_ action: Action) {
    let repeats = min(count ?? 1, Self.countLimit)
    count = nil
    let slot = focus.pages.rawValue
    let page = slot * UInt64(PanelPicture.slotCount)
    let row = UInt64(PanelPicture.columns)
    switch action {
    case .left: moveBack(repeats.multipliedSafely(by: slot))
    case .right: moveForward(repeats.multipliedSafely(by: slot))
    case .up: moveBack(repeats.multipliedSafely(by: slot * row))
    case .down: moveForward(repeats.multipliedSafely(by: slot * row))
    case .pageUp: moveBack(repeats.multipliedSafely(by: page))
    case .pageDown: moveForward(repeats.multipliedSafely(by: page))
    case .first: select(PFN(selection.rawValue / page * page))
    case .last: select(PFN(selection.rawValue / page * page + page - slot))
    case .nextPanel, .zoomIn: focus = focus.smaller ?? (action == .nextPanel ? .size1G : .size4K)
    case .previousPanel, .zoomOut:
      focus = focus.larger ?? (action == .previousPanel ? .size4K : .size1G)
    case .nextChange: moveToNextChange()
    case .previousChange: moveToPreviousChange()
    default: break
    }
  }

  /// Selects a frame; one beyond the end means the last slot there is.
  mutating func select(_ pfn: PFN) {
    selection = PFN(min(pfn.rawValue, frameEnd - focus.pages.rawValue))
  }

  /// A step beyond the end is none.
  private mutating func moveForward(_ pages: UInt64) {
    let start = selection.alignedDown(to: focus).rawValue
    let (sum, overflows) = start.addingReportingOverflow(pages)
    select(PFN(overflows || sum >= frameEnd ? start : sum))
  }

  /// A step before the beginning is none.
  private mutating func moveBack(_ pages: UInt64) {
    let start = selection.alignedDown(to: focus).rawValue
    select(PFN(start >= pages ? start - pages : start))
  }

  // MARK: - Places that are mapped otherwise

  private mutating func moveToNextChange() {
    var start = selection.rawValue
    var first: LeafRun?
    while start < frameEnd {
      let end = min(frameEnd, (start / Self.chunk + 1) * Self.chunk)
      let address = machine.directMapAddress(of: PFN(start))
      for run in machine.tables.runs(from: address, pages: PageCount(end - start)) {
        guard let here = first else {
          first = run
          continue
        }
        if run.size == here.size, run.flags == here.flags { continue }
        select(AddressLayout.directMapFrame(of: run.start) ?? selection)
        return
      }
      start = end
    }
    say("nothing else is mapped up to the end", .failed)
  }

  private mutating func moveToPreviousChange() {
    var end = selection.rawValue + 1
    var first: LeafRun?
    while end > 0 {
      let start = (end - 1) / Self.chunk * Self.chunk
      let address = machine.directMapAddress(of: PFN(start))
      for run in machine.tables.runs(from: address, pages: PageCount(end - start)).reversed() {
        guard let here = first else {
          first = run
          continue
        }
        if run.size == here.size, run.flags == here.flags { continue }
        let pfn = AddressLayout.directMapFrame(of: run.start) ?? 0
        select(PFN(pfn.rawValue + run.pages.rawValue - 1))
        return
      }
      end = start
    }
    say("nothing else is mapped before here", .failed)
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
