import Engine

extension RecordingReader {
  mutating func call(_ step: RecordingStep) throws(Failure) -> Call {
    if step.op == "vunmap" {
      let name = try Self.areaName(step.target)
      areaPages[name] = nil
      return .vunmap(name)
    }
    guard let page = step.page, let rawCount = step.count, rawCount > 0,
      page < region.count64, rawCount <= region.count64
    else { throw Failure("page and count of \(step.op) must lie in the region") }
    let count = PageCount(rawCount)
    let pfn = region.lowerBound + PageCount(page)
    switch step.op {
    case "touch": return .touch(.write, .frame(pfn), count)
    case "vmap", "vmap_page_range":
      let name = try Self.areaName(step.target)
      areaPages[name] = count
      guard step.op == "vmap" else { return .vmapPageRange(name, pfn, count, at: nil) }
      return .vmap(name, FrameStride(first: pfn, count: count), at: place(pfn, count))
    case "set_direct_map_valid_noflush":
      guard let valid = step.valid else { throw Failure("the key \"valid\" is missing") }
      return .setDirectMapValid(pfn, count, valid)
    default: break
    }
    if let operation = SetDirectMap.allCases.first(where: { $0.name == step.op }) {
      return .setDirectMap(operation, pfn, count)
    }
    if let operation = SetPagesArray.allCases.first(where: { $0.name == step.op }) {
      let stride = PageCount(step.stride ?? 1)
      return .setPagesArray(operation, FrameStride(first: pfn, stride: stride, count: count))
    }
    if let operation = SetPages.allCases.first(where: { $0.name == step.op }) {
      return .setPages(operation, pfn, count)
    }
    if let operation = SetMemory.allCases.first(where: { $0.name == step.op }) {
      guard step.target != "direct" else { return .setMemory(operation, .frame(pfn), count) }
      return .setMemory(
        operation, .area(try Self.areaName(step.target), page: PageCount(page)), count)
    }
    throw Failure("the operation \"\(step.op)\" is not known")
  }

  /// `vmap:3` as the name of an area.
  static func areaName(_ handle: String) throws(Failure) -> Name {
    guard handle.hasPrefix("vmap:"), let number = UInt32(handle.dropFirst(5)),
      let name = Name("vmap\(number)")
    else { throw Failure("\"\(handle)\" is no mapping; expected vmap: and a number") }
    return name
  }

  /// A free place whose distance to a 2M boundary is not that of the frames.
  private mutating func place(_ pfn: PFN, _ count: PageCount) -> VirtualAddress {
    let block = LeafSize.size2M.pages.rawValue
    let place = nextPlace + PageCount((pfn.rawValue + block / 2) % block)
    nextPlace = (place + count + PageCount(2 * block)).alignedDown(to: .size2M)
    return place
  }
}

extension Range<PFN> {
  fileprivate var count64: UInt64 { (upperBound - lowerBound).rawValue }
}
