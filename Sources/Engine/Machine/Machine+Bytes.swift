// What a copy of a machine costs: the tables and page records that it does not share.

extension Machine {
  /// About how many bytes this machine holds that another one, most often an earlier state of it,
  /// does not share. Cost: grows with what differs, not with the machine.
  public func bytesApart(from other: Machine) -> Int {
    // A machine itself, its areas and what users and policies keep, each in pieces of their own.
    let own = MemoryLayout<Machine>.stride + 2048
    let areas = areas == other.areas ? 0 : (areas.live.count + areas.lazilyFreed.count) * 64
    return own + areas + tables.bytesApart(from: other.tables)
      + physical.store.bytesApart(from: other.physical.store)
  }
}

extension PageTables {
  fileprivate func bytesApart(from other: PageTables) -> Int {
    Self.bytesApart(root, other.root)
  }

  private static func bytesApart(_ node: TableNode, _ other: TableNode?) -> Int {
    if node === other { return 0 }
    var bytes = TableNode.entryCount * 8 + 64
    guard let children = unsafe node.children else { return bytes }
    bytes += TableNode.entryCount * 8
    let others = unsafe other?.children
    for index in 0..<TableNode.entryCount {
      guard let child = unsafe children[index] else { continue }
      bytes += bytesApart(child, unsafe others?[index])
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
