/// What a page may be used for, as one of a few classes: the colour of a cell in a map.
public enum PermissionClass: UInt8, CaseIterable, Sendable {
  /// Writable and not executable: ordinary memory.
  case rwNX
  /// Read-only and not executable: constants, and text seen through the direct map.
  case roNX
  /// Read-only and executable: text.
  case roX
  /// Writable and executable at once: never right.
  case rwX
  /// A leaf that is not present: an access faults.
  case notPresent
  /// Present, and of another cache type than write-back.
  case uncached
  /// Nothing is mapped: no RAM.
  case hole

  /// The class of a leaf; of nothing if `size` is `nil`. Writable and executable shows even on a page
  /// with another cache type, as the more dangerous of the two.
  public init(_ flags: EntryFlags, _ size: LeafSize?) {
    guard let size else {
      self = .hole
      return
    }
    let isWriteBack = (size == .size4K ? flags : flags.largeTo4K).isWriteBack
    if !flags.contains(.present) {
      self = .notPresent
    } else if flags.contains(.writable) {
      self = !flags.contains(.nx) ? .rwX : isWriteBack ? .rwNX : .uncached
    } else if !isWriteBack {
      self = .uncached
    } else {
      self = flags.contains(.nx) ? .roNX : .roX
    }
  }

  /// The class of the leaves of a run.
  public init(_ run: LeafRun) { self.init(run.flags, run.size) }
}
