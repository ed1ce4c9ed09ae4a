/// What reclaim asks of a cache that can give pages back. Models `struct shrinker`.
protocol Shrinker: Sendable {
  /// Whether the caches are per node; otherwise the node is ignored.
  var isNodeAware: Bool { get }

  /// How many pages could be given back.
  func count(node: Int, _ machine: Machine) -> ShrinkResult

  /// Gives up to so many pages back. Returns how many; `nrScanned` comes in as the number asked for
  /// and goes out as what the driver counts.
  func scan<Sink: EventSink>(
    node: Int, _ pages: Int, gfp: GFPFlags, nrScanned: inout Int, _ machine: inout Machine,
    _ sink: inout Sink,
  ) -> ShrinkResult
}

/// What a shrinker returns.
public enum ShrinkResult: Equatable, Sendable {
  /// So many pages.
  case pages(Int)
  /// `SHRINK_EMPTY`: there is nothing.
  case empty
  /// `SHRINK_STOP`: the request's flags do not allow it.
  case stop
}
