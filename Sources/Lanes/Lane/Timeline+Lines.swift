import Engine
import History

// Functions of a call that is too long to be kept whole.

extension Timeline {
  /// The events of the function that is under way at a position of a call, found by going through all
  /// of them.
  ///
  /// - Parameter level: how many functions that tell of themselves enclose the position, it included.
  package func bounds(ofFunctionAt count: Int, level: Int, inCall call: Int) -> Range<Int> {
    var copy = self
    let before = copy.machine(after: call)
    var (depth, first, end) = (0, 0, eventCount(ofCall: call))
    var isOver = false
    steps.deed(call).forEachEvent(on: before, progress) { place, event in
      switch event {
      case .entered, .remedy(.entered), .seen(.entered):
        depth += 1
        if depth == level, place < count { first = place + 1 }
      case .left, .remedy(.left), .seen(.left):
        if depth == level, place >= count, !isOver { (end, isOver) = (place + 1, true) }
        depth -= 1
      case .asked, .seen(.wrote), .seen(.reached), .decided, .mapped, .unmapped, .entryWritten,
        .tableInstalled,
        .tableBacked,
        .tableFreed, .tableTracked, .kept, .policy, .supply, .counted, .flushed, .memoryTypeSet,
        .vmalloc, .systemRunning, .stopped, .kernelSetReadOnly, .memory, .process, .linearMap:
        break
      }
    }
    return first..<max(first, end)
  }
}
