import Synchronization

/// A row of elements on the heap that many may refer to, with a count of the references, kept by
/// hand: the elements begin a cache line, and who only wants them reads nothing else. The count and
/// the length are in the line before.
@safe struct SharedRow<Element: ~Copyable> {
  /// The first element.
  let elements: UnsafeMutablePointer<Element>

  private struct Header: ~Copyable {
    let references: Atomic<Int>
    let count: Int
  }

  private static var lineBytes: Int { 64 }

  /// A row to which one reference exists, with elements that the caller makes before anyone reads
  /// them.
  init(uninitialized count: Int) {
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: Self.lineBytes + count * MemoryLayout<Element>.stride, alignment: Self.lineBytes)
    unsafe block.initializeMemory(
      as: Header.self, to: Header(references: Atomic(1), count: count))
    unsafe elements = (block + Self.lineBytes).bindMemory(to: Element.self, capacity: count)
  }

  /// The row at an address that `address` told; `nil` for 0.
  @inline(__always)
  init?(at address: UInt64) {
    guard let elements = unsafe UnsafeMutablePointer<Element>(bitPattern: UInt(address)) else {
      return nil
    }
    unsafe self.elements = elements
  }

  /// The row at an address that a slot tells which says that it is its table's own: not 0.
  @inline(__always)
  init(atOwn address: UInt64) {
    unsafe elements = UnsafeMutablePointer(bitPattern: UInt(address)).unsafelyUnwrapped
  }

  /// The address of the first element, a multiple of 64.
  var address: UInt64 { unsafe UInt64(UInt(bitPattern: elements)) }

  /// How many elements.
  var count: Int { unsafe header.pointee.count }

  private var header: UnsafeMutablePointer<Header> {
    unsafe (UnsafeMutableRawPointer(elements) - Self.lineBytes).assumingMemoryBound(
      to: Header.self)
  }

  /// Counts one reference more.
  func retain() { _ = unsafe header.pointee.references.wrappingAdd(1, ordering: .relaxed) }

  /// Whether only one reference exists. If so, all that others did while they had theirs is seen.
  var isUnshared: Bool { unsafe header.pointee.references.load(ordering: .acquiring) == 1 }

  /// Counts one reference less; the elements of the last are to be taken down by `end`, then the row
  /// is given back.
  func release(_ end: (SharedRow) -> Void = { _ in }) {
    let left = unsafe header.pointee.references.wrappingSubtract(
      1, ordering: .acquiringAndReleasing
    ).newValue
    guard left == 0 else { return }
    end(self)
    unsafe header.deinitialize(count: 1)
    unsafe UnsafeMutableRawPointer(header).deallocate()
  }
}
