/// The ends of all free lists and the sums of all zones, as words in one block.
///
/// A list has three words: head, tail, how many blocks. A zone has three: free pages, managed pages,
/// pages kept back.
final class ListBook: ManagedBuffer<Int, UInt64> {
  /// Orders 0 to 10 (MAX_PAGE_ORDER).
  static let orders = 11
  static let listsInZone = orders * MigrateType.allCases.count
  private static let wordsOfZone = (listsInZone + 1) * 3

  @inline(__always)
  var words: UnsafeMutablePointer<UInt64> {
    unsafe withUnsafeMutablePointerToElements { unsafe $0 }
  }

  static func makeEmpty(zones: Int) -> ListBook {
    let count = zones * wordsOfZone
    let book = unsafe unsafeDowncast(
      ListBook.create(minimumCapacity: count) { _ in count }, to: ListBook.self)
    for zone in 0..<zones {
      let words = unsafe book.words + zone * wordsOfZone
      for list in 0..<listsInZone {
        unsafe (words + list * 3).initialize(to: PageWord.none)
        unsafe (words + list * 3 + 1).initialize(to: PageWord.none)
        unsafe (words + list * 3 + 2).initialize(to: 0)
      }
      unsafe (words + listsInZone * 3).initialize(repeating: 0, count: 3)
    }
    return book
  }

  func copied() -> ListBook {
    let count = header
    let copy = unsafe unsafeDowncast(
      ListBook.create(minimumCapacity: count) { _ in count }, to: ListBook.self)
    unsafe copy.words.initialize(from: words, count: count)
    return copy
  }

  /// The three words of a list.
  @inline(__always)
  func list(_ zone: Int, _ type: MigrateType, _ order: Int) -> UnsafeMutablePointer<UInt64> {
    let index = zone &* Self.wordsOfZone &+ (Int(type.rawValue) &* Self.orders &+ order) &* 3
    return unsafe words + index
  }

  /// The three words of a zone.
  @inline(__always)
  func zone(_ zone: Int) -> UnsafeMutablePointer<UInt64> {
    unsafe words + (zone &* Self.wordsOfZone &+ Self.listsInZone &* 3)
  }
}
