/// A stretch of vmalloc addresses that shows some frames a second time. A guard page follows it.
public struct Area: Equatable, Sendable {
  /// The name by which calls refer to it.
  public var name: Name
  /// The address of its first page.
  public var start: VirtualAddress
  /// Its pages, the guard page not counted.
  public var pages: PageCount

  /// Creates an area.
  public init(name: Name, start: VirtualAddress, pages: PageCount) {
    self.name = name
    self.start = start
    self.pages = pages
  }

  /// Its addresses with the guard page: what it takes from the vmalloc space, and what a flush of
  /// the freed area covers.
  public var reserved: Range<VirtualAddress> { start..<(start + pages + 1) }
}
