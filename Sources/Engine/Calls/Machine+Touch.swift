extension Machine {
  /// The CPU accesses one byte of each page: it sets A, and D on a write, in whatever leaf maps the
  /// page. If any of the pages would fault, nothing is accessed.
  mutating func touch<Sink: EventSink>(
    _ access: Call.Access, _ start: VirtualAddress, _ pages: PageCount, _ sink: inout Sink,
  ) throws(CallError) {
    try walkLeaves(start, pages) { (address, leaf) throws(CallError) in
      guard leaf.entry.isPresent else { throw .pageFault(address, isPresent: false) }
      guard access == .read || leaf.flags.contains(.writable) else {
        throw .pageFault(address, isPresent: true)
      }
    }
    let bits: EntryFlags =
      access == .write && !setup.isArm64 ? [.accessed, .dirty] : .accessed
    var done: PageCount = 0
    while done < pages, sink.goesOn(done.rawValue, of: pages.rawValue) {
      let address = start + done
      guard let leaf = tables.lookup(address) else { return }
      let flags = leaf.flags.union(bits)
      if flags != leaf.flags {
        let first = address.alignedDown(to: leaf.size)
        emit(
          .entryWritten(first, leaf.size, old: leaf.entry, new: Entry(leaf.pfn, flags)), &sink)
      }
      done += address.pagesToEnd(of: leaf.size)
    }
  }

  /// Visits the leaves of a range, each once.
  private func walkLeaves(
    _ start: VirtualAddress, _ pages: PageCount,
    _ visit: (VirtualAddress, PageTables.Leaf) throws(CallError) -> Void,
  ) throws(CallError) {
    var done: PageCount = 0
    while done < pages {
      let address = start + done
      guard let leaf = tables.lookup(address) else {
        throw .pageFault(address, isPresent: false)
      }
      try visit(address, leaf)
      done += address.pagesToEnd(of: leaf.size)
    }
  }
}
