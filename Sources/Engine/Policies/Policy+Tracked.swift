extension Policy {
  /// Lines about the tracked tables on the way to an address, the one of 4K entries first, and a last
  /// one about the names of the functions.
  func trackedTables(
    _ machine: Machine, _ address: VirtualAddress, functions: String,
    _ lines: (LeafSize, TableTrack) -> [PanelLine],
  ) -> [PanelLine] {
    let tracked = [LeafSize.size4K, .size2M].flatMap { size -> [PanelLine] in
      guard let track = machine.tables.track(ofEntries: size, at: address), track.isTracked else {
        return []
      }
      return lines(size, track)
    }
    return (tracked.isEmpty ? [.note("no table that a split made leads here")] : tracked)
      + [.note(functions)]
  }
}
