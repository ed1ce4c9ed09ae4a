extension RandomAccessCollection where Index == Int {
  /// The index of the first element for which a condition holds, by binary search; the end if it holds
  /// for none. It must hold for all elements after that one.
  @inlinable public func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
