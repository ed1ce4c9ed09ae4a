public import Engine
import KernelText

extension ReadMap {
  /// Reads the page tables from the memory of a kernel. Nothing is read but the headers of the file and
  /// the tables; in a dump of a virtual machine that does not say where they are, they are looked for.
  ///
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(core bytes: any BytesAtOffsets, progress: WorkProgress? = nil) throws {
    let file = try CoreFile(bytes)
    if !file.tellsTables, file.isOfMonitor {
      var search = TableSearch(bytes, [file], choosesProcessor: false, progress)
      self = try search.map()
      return
    }
    try self.init(file, progress)
  }

  /// Reads the page tables from physical memory without a header.
  ///
  /// - Parameters:
  ///   - size: the bytes of the file.
  ///   - form: how the memory lies in it.
  ///   - info: the text of VMCOREINFO; `nil` to look for it in the memory.
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(
    memory bytes: any BytesAtOffsets, size: UInt64, _ form: MemoryForm, info: String? = nil,
    progress: WorkProgress? = nil,
  ) throws {
    let files = form.pieces(of: size).map { CoreFile(bytes, $0) }
    if let info, var file = files.first {
      file.take(info: info, choosesProcessor: true)
      if file.tellsTables {
        try self.init(file, progress)
        return
      }
    }
    var search = TableSearch(bytes, files, choosesProcessor: true, progress)
    self = try search.map()
  }

  private init(_ file: CoreFile, _ progress: WorkProgress?) throws {
    let layout = try CoreLayout(file)
    var walk = TableWalk(file, layout, progress)
    try walk.read()
    try self.init(walk, layout, release: file.info["OSRELEASE"])
  }

  /// The map of tables that were walked.
  init(_ walk: TableWalk, _ layout: CoreLayout, release: String?) throws(KernelTextError) {
    self.init(walk.list.leaves, layout)
    self.release = release
    if walk.unread > 0 { notes.append(.unreadTables(walk.unread, first: walk.firstUnread)) }
    if leaves.isEmpty { throw KernelTextError.missing("leaf of the direct map") }
  }

  /// The map of tables that were read.
  init(_ leaves: [LeafRun], _ layout: CoreLayout) {
    self.init(.tables, layout.architecture)
    self.leaves = leaves
    base = layout.pageOffset
    if architecture == .x86_64, layout.pageOffset != usualLayout.pageOffset.rawValue {
      notes.append(.randomised(base: layout.pageOffset))
    }
  }
}

/// Goes over the tables of the direct map.
struct TableWalk {
  private let file: CoreFile
  private let layout: CoreLayout
  private let progress: WorkProgress?
  private(set) var list = LeafList()
  /// The tables that the file does not have.
  private(set) var unread = 0
  private(set) var firstUnread: UInt64 = 0
  /// The tables that map other frames than their addresses have: those of another kernel, or no tables.
  private(set) var foreign = 0
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
    let parts = TableParts(bytes, shift, at: start, layout)
    if parts.isForeign { foreign += 1 }
    for part in parts.parts {
      switch part {
      case .leaves(let run): list.add(run)
      case .table(let next, let shift, let start): try read(next, shift, at: start)
      }
    }
  }
}
