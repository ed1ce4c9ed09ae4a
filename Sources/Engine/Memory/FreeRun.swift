/// Free blocks of order 10 in a row that nobody touched since boot: neighbours in memory, in one
/// zone, and neighbours on the list of movable ones. They have no page records; only the links at the
/// two ends are kept.
struct FreeRun: Equatable, Sendable {
  /// The first frame.
  var start: UInt64
  /// Behind the last frame.
  var end: UInt64
  /// The block before the first on the list.
  var previous: UInt64
  /// The block behind the last on the list.
  var next: UInt64
  /// The zone.
  var zone: Int

  /// The pages of a block of order 10.
  static let blockPages: UInt64 = 1024

  /// The first frame of the last block.
  var last: UInt64 { end - Self.blockPages }
}
