// What a copy of a machine costs: the tables and page records that it does not share.

extension Machine {
  /// About how many bytes this machine holds that another one, most often an earlier state of it,
  /// does not share. Cost: grows with what differs, not with the machine.
  public func bytesApart(from other: Machine) -> Int {
    // A machine itself, its areas and what users and policies keep, each in pieces of their own.
    let own = MemoryLayout<Machine>.stride + 2048
    let areas = areas == other.areas ? 0 : (areas.live.count + areas.lazilyFreed.count) * 64
    return own + areas + tables.bytesApart(from: other.tables)
      + processes.value.bytesApart(from: other.processes.value)
      + physical.store.bytesApart(from: other.physical.store)
  }
}

extension Processes {
  fileprivate func bytesApart(from other: Processes) -> Int {
    let groups = gather?.batches.reduce(0) { $0 + $1.groups.count } ?? 0
    return tables.bytesApart(from: other.tables) + ranges.count * 80 + partialFolios.count * 32
      + groups * MemoryLayout<MmuGather.Group>.stride
  }
}

extension PageTables {
  fileprivate func bytesApart(from other: PageTables) -> Int {
    root === other.root ? 0 : Self.bytesApart(root, other.root)
  }

  /// What two tables that are not the same do not share.
  private static func bytesApart(_ node: TableNode, _ other: TableNode?) -> Int {
    var bytes = TableNode.entryCount * 8 + 64
    if unsafe node.children != nil { bytes += TableNode.entryCount * 8 }
    let others = unsafe UnsafeRawPointer(other?.children)
    unsafe node.forEachChild { index, child in
      let address = unsafe others?.load(
        fromByteOffset: index * MemoryLayout<UInt>.stride, as: UnsafeRawPointer?.self)
      guard let address = unsafe address ?? nil else {
        bytes += unsafe child._withUnsafeGuaranteedRef { bytesApart($0, nil) }
        return
      }
      guard unsafe address != UnsafeRawPointer(child.toOpaque()) else { return }
      let otherChild = unsafe Unmanaged<TableNode>.fromOpaque(address).takeUnretainedValue()
      bytes += unsafe child._withUnsafeGuaranteedRef { bytesApart($0, otherChild) }
    }
    return bytes
  }
}

extension PageStore {
  fileprivate func bytesApart(from other: PageStore) -> Int {
    let chunkBytes = Int(PageChunk.pages) * 16 + 64
    var bytes = 0
    forEachSlotApart(from: other) { isTable in bytes += isTable ? 8 * 1024 + 64 : chunkBytes }
    return bytes
  }
}
