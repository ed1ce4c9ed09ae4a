import Engine

// The map can show other parts of the address space than the direct map. The selected frame stays what
// it is behind the selected address, so that both addresses of a page are at hand.

extension Lane {
  /// The selected address in the space that the panels show.
  public var selectedAddress: VirtualAddress {
    place.space == .direct ? machine.directMapAddress(of: place.selection) : place.elsewhere
  }

  /// The selected page by its number in the space that the panels show: in the direct map, the frame.
  package var page: PFN {
    place.space == .direct
      ? place.selection : place.space.page(of: place.elsewhere, machine) ?? 0
  }

  /// The frames that the direct map's panels can show: from 0 to the end of the RAM, whole 1G slots.
  package var frameEnd: UInt64 { MapSpace.direct.shownPages(machine) }

  /// The pages that the panels can show, whole 1G slots.
  package var pageEnd: UInt64 { place.space.shownPages(machine) }

  /// Selects a page of the shown space by its number; one beyond the end means the last slot there is.
  package mutating func select(page: PFN) {
    let inside = PFN(min(page.rawValue, pageEnd - place.focus.pages.rawValue))
    guard place.space != .direct else {
      place.selection = inside
      return
    }
    place.elsewhere = place.space.address(of: inside, machine)
    if let pfn = machine.frame(at: place.elsewhere) { place.selection = pfn }
  }

  /// Selects a frame; in another space than the direct map also the page there that shows it, if one
  /// does.
  package mutating func select(_ pfn: PFN) {
    if place.space == .direct {
      select(page: pfn)
    } else {
      place.selection = pfn
      if let address = address(of: pfn, in: place.space) { place.elsewhere = address }
    }
  }

  /// The address at which a space shows a frame.
  package func address(of pfn: PFN, in space: MapSpace) -> VirtualAddress? {
    if space == .direct { return machine.directMapAddress(of: pfn) }
    let range = space.range(machine)
    return machine.areas.live.lazy.filter { range.contains($0.start) }
      .compactMap { AreaPage(of: pfn, in: $0, self.machine) }.first
      .map { $0.area.start + $0.page }
  }

  /// Shows another space, where it shows the selected frame, else at its first area.
  package mutating func show(_ space: MapSpace) {
    let stretches = space.stretches(machine, withFreed: false)
    if space != .direct, !stretches.contains(where: { $0.contains(place.elsewhere) }) {
      place.elsewhere = stretches.first?.lowerBound ?? space.range(machine).lowerBound
    }
    if let address = address(of: place.selection, in: space) { place.elsewhere = address }
    place.space = space
    if space != .direct, let pfn = machine.frame(at: place.elsewhere) { place.selection = pfn }
    readMap()
  }

  /// What stands beside the panels of another space than the direct map, in the place of its 1G slots:
  /// the direct map around the selected frame.
  package var twin: Lane {
    var twin = self
    twin.name = machine.architecture == .arm64 ? "linear" : "direct"
    twin.place.space = .direct
    twin.readMap()
    return twin
  }

  /// The size of the slots that it shows: those of the leaf that maps the frame, or as near as panels
  /// come; `nil` where nothing of the kind is shown.
  package var twinSize: LeafSize? {
    guard place.space != .direct, place.focus != .size1G, machine.frame(at: place.elsewhere) != nil
    else { return nil }
    return machine.tables.lookup(machine.directMapAddress(of: place.selection))?.size == .size4K
      ? .size4K : .size2M
  }

  /// The area at the selected address of another space than the direct map, its guard page included.
  package var areaHere: Area? {
    guard place.space != .direct else { return nil }
    return machine.areas.live.first { $0.reserved.contains(place.elsewhere) }
  }

  // MARK: - The map

  /// Reads all panels.
  package mutating func readMap() {
    map = MapPicture(machine, around: page, in: place.space, changes: changes)
    readTints()
  }

  /// Reads those panels again that show another place than the selected one.
  package mutating func moveMap() {
    let (page, machine, changes) = (page, machine, changes)
    map.move(to: page, machine, changes: changes)
    readTints()
  }
}
