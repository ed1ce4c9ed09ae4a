/// The ends of all free lists and the sums of all zones and owners, as words in one block.
///
/// A list has three words: head, tail, how many blocks. A zone has three: free pages, managed pages,
/// pages kept back. An owner has two: the pages it holds, and the first frame of the block it took
/// last.
final class ListBook: ManagedBuffer<ListBook.Header, UInt64> {
  struct Header {
    let zones: Int
    let owners: Int

    var words: Int { zones * ListBook.wordsOfZone + owners * 2 }
  }

  /// Orders 0 to 10 (MAX_PAGE_ORDER).
  static let orders = 11
  static let listsInZone = orders * MigrateType.allCases.count
  static let wordsOfZone = (listsInZone + 1) * 3

  @inline(__always)
  var words: UnsafeMutablePointer<UInt64> {
    unsafe withUnsafeMutablePointerToElements { unsafe $0 }
  }

  static func makeEmpty(zones: Int) -> ListBook {
    let book = make(Header(zones: zones, owners: 4))
    for zone in 0..<zones {
      for list in 0..<listsInZone {
        let words = unsafe book.words + zone * wordsOfZone + list * 3
        unsafe words[0] = PageWord.none
        unsafe words[1] = PageWord.none
      }
    }
    return book
  }

  private static func make(_ header: Header) -> ListBook {
    let book = unsafe unsafeDowncast(
      ListBook.create(minimumCapacity: header.words) { _ in header }, to: ListBook.self)
    unsafe book.words.initialize(repeating: 0, count: header.words)
    return book
  }

  /// A book of its own with room for this many owners at least.
  func copied(owners: Int = 0) -> ListBook {
    var room = header.owners
    while room < owners { room *= 2 }
    let copy = Self.make(Header(zones: header.zones, owners: room))
    unsafe copy.words.update(from: words, count: header.words)
    return copy
  }
}

/// The words of a `ListBook` as a value that counts no references; valid while the book is alive.
@safe struct ListWords {
  private let words: UnsafeMutablePointer<UInt64>
  private let owners: UnsafeMutablePointer<UInt64>

  init(_ book: ListBook) {
    unsafe words = book.words
    unsafe owners = book.words + book.header.zones * ListBook.wordsOfZone
  }

  /// The three words of a list.
  @inline(__always)
  func list(_ zone: Int, _ type: MigrateType, _ order: Int) -> UnsafeMutablePointer<UInt64> {
    let list = Int(type.rawValue) &* ListBook.orders &+ order
    return unsafe words + (zone &* ListBook.wordsOfZone &+ list &* 3)
  }

  /// The three words of a zone.
  @inline(__always)
  func zone(_ zone: Int) -> UnsafeMutablePointer<UInt64> {
    unsafe words + (zone &* ListBook.wordsOfZone &+ ListBook.listsInZone &* 3)
  }

  /// The two words of an owner.
  @inline(__always)
  func owner(_ owner: Owner) -> UnsafeMutablePointer<UInt64> {
    unsafe owners + Int(truncatingIfNeeded: owner.rawValue) &* 2
  }
}
