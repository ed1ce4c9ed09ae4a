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
}
