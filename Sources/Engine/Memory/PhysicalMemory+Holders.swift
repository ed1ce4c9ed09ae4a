// What caches in front of the page allocator need: they hold its pages as any owner does.

extension PhysicalMemory {
  /// Whether an allocated block of this order begins at a frame.
  func isBlock(_ pfn: PFN, order: Int) -> Bool {
    guard case .allocated(let block, _) = owner(of: pfn) else { return false }
    return block.first == pfn && block.order == order
  }

  /// Writes another owner into the record of an allocated block, which must begin at the frame.
  mutating func hand<Sink: EventSink>(
    _ pfn: PFN, order: Int, to owner: Owner, _ sink: inout Sink,
  ) {
    guard case .allocated(let block, let old) = self.owner(of: pfn), block.first == pfn,
      block.order == order, old != owner
    else { return }
    prepare()
    emit(.released(block, old), &sink)
    emit(.allocated(block, owner), &sink)
  }

  /// Gives pages that are allocated one by one back as one block, to the tail of its list. Models
  /// `__free_pages_ok()` with `FPI_TO_TAIL`.
  mutating func freeTogether<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ sink: inout Sink,
  ) {
    let frames = pfn..<(pfn + PageCount(1 << UInt64(order)))
    var owners: [(block: PageState.Block, owner: Owner)] = []
    for frame in frames.lowerBound.rawValue..<frames.upperBound.rawValue {
      guard case .allocated(let block, let owner) = owner(of: PFN(frame)), block.order == 0 else {
        return
      }
      owners.append((block, owner))
    }
    prepare()
    for (block, owner) in owners { emit(.released(block, owner), &sink) }
    insert(pfn, order: order, toTail: true, &sink)
  }

  /// Gives the pageblock of a frame a type; its free blocks stay on the lists where they are.
  mutating func retypePageblock<Sink: EventSink>(
    of pfn: PFN, to type: MigrateType, _ sink: inout Sink,
  ) {
    prepare()
    emit(.retyped(pfn.alignedDown(to: .size2M), type), &sink)
  }

  /// Moves a free block to the list of another type.
  mutating func relist<Sink: EventSink>(
    _ block: PageState.Block, to type: MigrateType, _ sink: inout Sink,
  ) {
    guard block.type != type else { return }
    prepare()
    emit(.relisted(block, to: type), &sink)
  }
}
