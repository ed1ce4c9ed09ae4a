public import Engine

extension [LeafRun] {
  /// The runs with others in their place where those tell something.
  func changed(as changes: [LeafRun]) -> [LeafRun] {
    var list = LeafList()
    for pair in RunPairs(self, changes, tellsHoles: true) {
      guard var run = pair.b ?? pair.a else { continue }
      (run.start, run.pages) = (pair.start, pair.pages)
      list.add(run)
    }
    return list.leaves
  }

  /// What a newer reading has otherwise; where nothing is mapped any more, a run without a size.
  public func changes(to new: [LeafRun], _ architecture: Architecture) -> [LeafRun] {
    let end =
      [self, new].compactMap(\.last).map { run in
        (AddressLayout.directMapFrame(of: run.start) ?? 0) + run.pages
      }.max() ?? 0
    let layout = AddressLayout(architecture)
    return LeafRun.changed(
      from: fillingHoles(layout, upTo: end), to: new.fillingHoles(layout, upTo: end))
  }
}
