/// One table of 512 entries, and the tables below it.
///
/// The words are allocated in one piece with the object; the references to tables below live in a
/// second block, made once the first entry points to a table. A table is shared between copies of
/// `PageTables` and written only while `PageTables` holds the one reference to it.
final class TableNode: ManagedBuffer<TableNode.Header, UInt64> {
  /// What stands before the words.
  @safe struct Header {
    var children: UnsafeMutablePointer<TableNode?>?
    var track = TableTrack()
    /// The frame that holds the table; `.max` for one that boot made, or of memory not known.
    var frame = UInt64.max
    /// Whether entries may stand for tables that are not spelled out.
    var standsForTables = false
    /// What differs in tables that are not spelled out, by rising place.
    var patches: [TablePatch] = []
  }

  static let entryCount = 512

  /// A table whose words the caller fills before anyone reads them.
  @inline(__always)
  static func makeUninitialized() -> TableNode {
    unsafe unsafeDowncast(
      TableNode.create(minimumCapacity: entryCount) { _ in unsafe Header(children: nil) },
      to: TableNode.self)
  }

  /// A table that maps nothing.
  static func makeEmpty() -> TableNode {
    let node = makeUninitialized()
    unsafe node.words.initialize(repeating: 0, count: entryCount)
    return node
  }

  deinit {
    if let children = unsafe header.children {
      unsafe forEachChild { _, child in unsafe child.release() }
      unsafe children.deallocate()
    }
  }

  /// The words; valid while the object is alive.
  @inline(__always)
  var words: UnsafeMutablePointer<UInt64> {
    unsafe withUnsafeMutablePointerToElements { unsafe $0 }
  }

  /// The references to tables below, or `nil` where there is none.
  @inline(__always)
  var children: UnsafeMutablePointer<TableNode?>? {
    unsafe withUnsafeMutablePointerToHeader { unsafe $0.pointee.children }
  }

  /// The references to tables below, made on first use.
  func childrenForWriting() -> UnsafeMutablePointer<TableNode?> {
    if let children = unsafe header.children { return unsafe children }
    let children = UnsafeMutablePointer<TableNode?>.allocate(capacity: Self.entryCount)
    unsafe children.initialize(repeating: nil, count: Self.entryCount)
    unsafe header.children = children
    return unsafe children
  }

  /// Visits the tables below, without counting a reference to each: most of 512 entries have none.
  @inline(__always)
  func forEachChild(_ visit: (_ index: Int, Unmanaged<TableNode>) -> Void) {
    guard let children = unsafe children else { return }
    let addresses = UnsafeRawPointer(children)
    for index in 0..<Self.entryCount {
      let address = unsafe addresses.load(
        fromByteOffset: index * MemoryLayout<UInt>.stride, as: UnsafeRawPointer?.self)
      if let address = unsafe address { unsafe visit(index, Unmanaged.fromOpaque(address)) }
    }
  }

  /// A table with the same words that shares the tables below.
  @inline(never)
  func copied() -> TableNode {
    let copy = Self.makeUninitialized()
    unsafe copy.words.initialize(from: words, count: Self.entryCount)
    copy.header.track = header.track
    copy.header.frame = header.frame
    copy.header.standsForTables = header.standsForTables
    copy.header.patches = header.patches
    if let children = unsafe header.children {
      let copies = UnsafeMutablePointer<TableNode?>.allocate(capacity: Self.entryCount)
      let bytes = Self.entryCount * MemoryLayout<TableNode?>.stride
      unsafe UnsafeMutableRawPointer(copies).copyMemory(from: children, byteCount: bytes)
      unsafe copy.header.children = copies
      unsafe forEachChild { _, child in _ = unsafe child.retain() }
    }
    return copy
  }
}
