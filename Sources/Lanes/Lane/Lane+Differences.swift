import Engine

// Where two lanes map pages in different ways.

extension Lane {
  /// The next page behind the selection, else the first from the beginning on, that another lane maps
  /// with a leaf of another size or with other permissions.
  package func nextDifference(from other: Lane) -> PFN? {
    let next = place.selection.rawValue + 1
    return firstDifference(in: next..<max(next, frameEnd), other.machine)
      ?? firstDifference(in: 0..<min(next, frameEnd), other.machine)
  }

  /// The first of these frames that another machine maps in another way.
  private func firstDifference(in frames: Range<UInt64>, _ other: Machine) -> PFN? {
    let chunk = 512 * LeafSize.size1G.pages.rawValue
    var start = frames.lowerBound
    while start < frames.upperBound {
      let end = min(frames.upperBound, (start / chunk + 1) * chunk)
      let address = machine.directMapAddress(of: PFN(start))
      let pages = PageCount(end - start)
      let found = Self.firstDifference(
        machine.tables.runs(from: address, pages: pages),
        other.tables.runs(from: address, pages: pages))
      if let found { return AddressLayout.directMapFrame(of: found) }
      start = end
    }
    return nil
  }

  /// The first address at which two rows of runs that cover the same addresses differ.
  private static func firstDifference(_ a: [LeafRun], _ b: [LeafRun]) -> VirtualAddress? {
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if a[i].size != b[j].size || PermissionClass(a[i]) != PermissionClass(b[j]) {
        return max(a[i].start, b[j].start)
      }
      let ends = (a[i].start + a[i].pages, b[j].start + b[j].pages)
      if ends.0 <= ends.1 { i += 1 }
      if ends.1 <= ends.0 { j += 1 }
    }
    return nil
  }
}
