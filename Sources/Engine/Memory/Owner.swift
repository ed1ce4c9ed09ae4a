/// Who holds an allocated page: the number of a name in the table that `PhysicalMemory` keeps.
public struct Owner: Hashable, Sendable {
  /// The number; 0 is nobody in particular.
  public var rawValue: UInt32

  /// Creates an owner from its number.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Nobody in particular: the kernel.
  public static let kernel = Owner(rawValue: 0)
  /// The page tables that splits make.
  public static let pageTables = Owner(rawValue: 1)
}

/// What is known of a page.
public enum PageState: Equatable, Sendable {
  /// The frame is no RAM.
  case hole
  /// Boot keeps the page: it was never given to the page allocator.
  case reserved
  /// The page is part of this free block.
  case free(Block)
  /// The page is part of this allocated block.
  case allocated(Block, Owner)
  /// The page is on its way through the page allocator, inside a call: off the lists and between two
  /// owners.
  case unowned

  /// Frames in a row: a power of two of them, at a multiple of their number.
  public struct Block: Equatable, Sendable {
    /// The first frame.
    public var first: PFN
    /// The pages are 2 to the power of this.
    public var order: Int
    /// The free list that holds it, or the type that was asked for.
    public var type: MigrateType

    /// Creates a block.
    @inlinable public init(first: PFN, order: Int, type: MigrateType) {
      self.first = first
      self.order = order
      self.type = type
    }

    /// How many pages.
    @inlinable public var pages: PageCount { PageCount(1 << UInt64(order)) }
  }
}
