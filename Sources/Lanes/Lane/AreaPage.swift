import Engine

/// A page of an area that shows a frame.
public struct AreaPage: Equatable, Sendable {
  /// The area.
  public var area: Area
  /// Which of its pages, from 0.
  public var page: PageCount

  /// The page of an area that shows a frame, if one does. Areas show frames at equal distances, but for
  /// those with pages of their own, which are looked through.
  package init?(of pfn: PFN, in area: Area, _ machine: Machine) {
    if area.flags.contains(.ownsPages) {
      guard let page = Self.page(of: area, showing: pfn, machine) else { return nil }
      self.area = area
      self.page = page
      return
    }
    guard let first = machine.tables.frame(at: area.start) else { return nil }
    var index: UInt64 = 0
    if pfn != first {
      guard area.pages > 1, let second = machine.tables.frame(at: area.start + 1) else {
        return nil
      }
      let stride = second.rawValue &- first.rawValue
      let distance = pfn.rawValue &- first.rawValue
      guard pfn > first, stride > 0, distance % stride == 0 else { return nil }
      index = distance / stride
    }
    guard index < area.pages.rawValue,
      machine.tables.frame(at: area.start + PageCount(index)) == pfn
    else { return nil }
    self.area = area
    page = PageCount(index)
  }

  /// The page of an area with pages of its own that shows a frame.
  private static func page(
    of area: Area, showing pfn: PFN, _ machine: Machine,
  ) -> PageCount? {
    // Where the page allocator knows the page as another's, there is no need to look.
    if machine.physical.isKnown {
      guard case .allocated(_, let owner) = machine.physical.owner(of: pfn), owner != .pageTables
      else { return nil }
      if let name = machine.physical.name(of: owner), name != area.name,
        machine.areas.area(named: name) != nil
      {
        return nil
      }
    }
    var page: PageCount = 0
    while page < area.pages {
      let address = area.start + page
      guard let leaf = machine.tables.lookup(address) else {
        page += 1
        continue
      }
      let first = leaf.pfn + (address - address.alignedDown(to: leaf.size))
      let length = min(address.pagesToEnd(of: leaf.size), area.pages - page)
      if first <= pfn, pfn - first < length { return page + (pfn - first) }
      page += length
    }
    return nil
  }
}
