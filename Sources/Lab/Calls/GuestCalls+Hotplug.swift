import Engine

extension GuestCalls {
  /// Plugs memory in: `add_memory()`, mm/memory_hotplug.c.
  func addMemory(_ pfn: PFN, _ pages: PageCount) throws(LabError) -> Int32 {
    guard let pluggable = PluggableMemory(guest.options, guest.architecture) else {
      throw .notPossible("the guest has no memory to plug in; give it some with --hotplug 1G")
    }
    let frames = pluggable.frames
    guard pages > 0, frames.contains(pfn), pages <= frames.upperBound - pfn else {
      throw .notPossible(
        "what can be plugged in is pfn \(frames.lowerBound.hex) with \(pluggable.bytes >> 20)M")
    }
    // The node, and no flags.
    let word = try told(["add_memory"], [0, pfn.rawValue << 12, pages.bytes, 0])
    return Int32(truncatingIfNeeded: word)
  }

  /// Frames that calls have named stay in use: the kernel would try for ever to move what is in them.
  func checkRemoval(_ function: FunctionCall) throws(LabError) {
    guard ["offline_and_remove_memory", "remove_memory"].contains(function.name),
      case .number(let start)? = function.arguments.dropFirst(function.arguments.count - 2).first,
      case .number(let bytes)? = function.arguments.last, bytes > 0,
      case let (last, overflows) = start.addingReportingOverflow(bytes - 1), !overflows
    else { return }
    let blocks = (start >> 21)...(last >> 21)
    guard let block = taken.filter({ blocks.contains($0) }).min() else { return }
    throw .notPossible(
      "calls have named pages among pfn \(PFN(block << 9).hex) and the 511 behind it, so they stay in use and "
        + "the kernel would wait for them for ever; take out memory of which no page was named")
  }
}
