public import Engine

extension ReadMap {
  /// Reads the page tables from the memory of a kernel. Nothing is read but the headers of the file and
  /// the tables.
  ///
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(core bytes: any BytesAtOffsets, progress: WorkProgress? = nil) throws {
    let file = try CoreFile(bytes)
    let layout = try CoreLayout(file)
    var walk = TableWalk(file, layout, progress)
    try walk.read()
    self.init(walk.list.leaves, layout)
    release = file.info["OSRELEASE"]
    if walk.unread > 0 { notes.append(.unreadTables(walk.unread, first: walk.firstUnread)) }
    if leaves.isEmpty { throw KernelTextError.missing("leaf of the direct map") }
  }

  /// The map of tables that were read.
  init(_ leaves: [LeafRun], _ layout: CoreLayout) {
    self.init(.tables, layout.architecture)
    self.leaves = leaves
    base = layout.pageOffset
    if layout.architecture == .x86_64, layout.pageOffset != AddressLayout.pageOffset.rawValue {
      notes.append(.randomised(base: layout.pageOffset))
    }
  }
}

/// Goes over the tables of the direct map.
private struct TableWalk {
  private let file: CoreFile
  private let layout: CoreLayout
  private let progress: WorkProgress?
  private(set) var list = LeafList()
  /// The tables that the file does not have.
  private(set) var unread = 0
  private(set) var firstUnread: UInt64 = 0
  private var tables: UInt64 = 0

  /// There are no more tables than pages in the file: each is read once.
  private let tablesMax: UInt64

  init(_ file: CoreFile, _ layout: CoreLayout, _ progress: WorkProgress?) {
    self.file = file
    self.layout = layout
    tablesMax = file.pages
    self.progress = progress
  }

  mutating func read() throws { try read(layout.root, layout.topShift, at: layout.topStart) }

  private mutating func read(_ table: UInt64, _ shift: UInt64, at start: UInt64) throws {
    guard progress?.isStopped != true else { return }
    guard let bytes = try file.table(at: table) else {
      if unread == 0 { firstUnread = table }
      unread += 1
      return
    }
    tables += 1
    guard tables <= tablesMax else {
      throw KernelTextError.tooLarge("the tables lead in circles; is the file damaged?")
    }
    for part in TableParts(bytes, shift, at: start, layout).parts {
      switch part {
      case .leaves(let run): list.add(run)
      case .table(let next, let shift, let start): try read(next, shift, at: start)
      }
    }
  }
}
