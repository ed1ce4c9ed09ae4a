import Engine

/// Ranges of addresses, seen as one sequence of bytes.
struct AccessRanges: Sendable {
  /// The start of each range.
  private var starts: [UInt64] = []
  /// The bytes before each range.
  private var before: [UInt64] = []
  /// The bytes of all ranges.
  private(set) var bytes: UInt64 = 0

  mutating func append(_ start: VirtualAddress, _ pages: PageCount) {
    guard pages > 0 else { return }
    starts.append(start.rawValue)
    before.append(bytes)
    bytes += pages.bytes
  }

  /// The number of ranges.
  var count: Int { starts.count }

  /// The first address of a range.
  func start(_ index: Int) -> UInt64 { starts[index] }

  /// The address of a byte, which must be part of the sequence.
  @inline(__always)
  func address(at offset: UInt64) -> UInt64 {
    if starts.count == 1 { return starts[0] &+ offset }
    var low = 0
    var high = starts.count
    while high &- low > 1 {
      let middle = (low &+ high) / 2
      if before[middle] <= offset { low = middle } else { high = middle }
    }
    return starts[low] &+ (offset &- before[low])
  }
}

extension Machine {
  /// The addresses of a target.
  func ranges(of target: AccessTarget) throws(TLBError) -> AccessRanges {
    var ranges = AccessRanges()
    switch target {
    case .everything:
      for range in memory.ranges {
        ranges.append(
          directMapAddress(of: range.lowerBound),
          range.upperBound - range.lowerBound)
      }
    case .pages(let target, let pages):
      do throws(CallError) {
        let wanted = pages ?? rest(of: target)
        ranges.append(try address(of: target, wanted), wanted)
      } catch {
        throw .target(target, error)
      }
    }
    guard ranges.bytes > 0 else { throw .nothingToTouch }
    return ranges
  }

  /// The pages of an area from a page on; 1 if the page is not in an area.
  private func rest(of target: Call.Target) -> PageCount {
    guard case .area(let name, let page) = target, let area = areas.area(named: name),
      page < area.pages
    else { return 1 }
    return area.pages - page
  }

  /// The first page of each live area.
  func firstPagesOfAreas() throws(TLBError) -> AccessRanges {
    var ranges = AccessRanges()
    for area in areas.live { ranges.append(area.start, 1) }
    guard ranges.bytes > 0 else { throw .noAreas }
    return ranges
  }
}
