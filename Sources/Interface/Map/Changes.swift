import Engine

/// What some events wrote: frames whose direct-map entries changed, and addresses elsewhere.
public struct Changes: Equatable, Sendable {
  /// Leaves of one size, in a row, that were written, made or taken away.
  public struct Stretch: Equatable, Sendable {
    /// The numbers of the frames.
    public var frames: Range<UInt64>
    /// The size of the leaf that was written or split; panels of smaller slots do not show it.
    public var size: LeafSize
  }

  /// The stretches in the order of the events; neighbours run together.
  public private(set) var stretches: [Stretch] = []

  /// Nothing.
  public init() {}

  /// What these events wrote.
  public init(_ events: some Sequence<Event>) {
    for event in events { add(event) }
  }

  /// Whether nothing in the direct map changed.
  public var isEmpty: Bool { stretches.isEmpty }

  /// Whether an entry that maps the frame changed.
  public func contains(_ pfn: PFN) -> Bool {
    stretches.contains { $0.frames.contains(pfn.rawValue) }
  }

  /// The first frame of the smallest leaf that changed: where to look.
  public var focus: PFN? {
    stretches.min { $0.size < $1.size }.map { PFN($0.frames.lowerBound) }
  }

  /// Adds what one event wrote.
  public mutating func add(_ event: Event) {
    guard let (start, pages, size) = event.written,
      let pfn = AddressLayout.directMapFrame(of: start)
    else { return }
    let frames = pfn.rawValue..<(pfn.rawValue + pages.rawValue)
    if let last = stretches.last, last.size == size, last.frames.upperBound == frames.lowerBound {
      stretches[stretches.count - 1].frames = last.frames.lowerBound..<frames.upperBound
    } else if stretches.last != Stretch(frames: frames, size: size) {
      stretches.append(Stretch(frames: frames, size: size))
    }
  }
}
