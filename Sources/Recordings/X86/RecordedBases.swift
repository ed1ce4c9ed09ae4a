import Engine
import KernelText

/// Where a recorded kernel had the parts of its address space: the first line of `info.txt`.
///
///     page_offset ff11000000000000 vmalloc_start ffa0000000000000 vmemmap ffd4000000000000 l5 1 ...
struct RecordedBases {
  /// The address of frame 0 in the direct map (`page_offset_base`).
  var pageOffset: VirtualAddress
  /// The first address of vmalloc space (`vmalloc_base`).
  var vmallocStart: VirtualAddress
  /// The address of the first page descriptor (`vmemmap_base`).
  var vmemmap: VirtualAddress
  /// Whether its tables had five levels (`pgtable_l5_enabled()`).
  var hasFiveLevels: Bool
  /// Whether it was booted without address randomisation.
  var isPlaced: Bool

  /// Reads the text.
  ///
  /// - Parameter commandLine: that of the recorded kernel.
  init(_ text: String, commandLine: String) throws(X86RecordingError) {
    let words = text.split(separator: "\n").first?.split(separator: " ") ?? []
    func value(_ key: Substring) -> Substring? {
      guard let place = words.firstIndex(of: key), place + 1 < words.count else { return nil }
      return words[place + 1]
    }
    func address(_ key: Substring) -> VirtualAddress? {
      value(key).flatMap { UInt64(hex: $0) }.map { VirtualAddress($0) }
    }
    guard let pageOffset = address("page_offset"), let vmallocStart = address("vmalloc_start"),
      let vmemmap = address("vmemmap"), let levels = value("l5"), ["0", "1"].contains(levels)
    else {
      throw X86RecordingError(
        line: nil,
        reason:
          "info.txt does not begin with page_offset, vmalloc_start, vmemmap and l5, each with its value"
      )
    }
    self.pageOffset = pageOffset
    self.vmallocStart = vmallocStart
    self.vmemmap = vmemmap
    hasFiveLevels = levels == "1"
    isPlaced = KernelCommandLine(commandLine[...]).isPlaced
  }

  /// Compares with a layout: randomisation moves each base up by a multiple of 1G, so then only the
  /// levels and the order are determined.
  func check(_ layout: AddressLayout) -> RecordingCheck.Outcome {
    guard layout.hasFiveLevels == hasFiveLevels else {
      func words(_ hasFive: Bool) -> String { hasFive ? "five levels" : "four levels" }
      return .different("\(words(layout.hasFiveLevels)), the kernel \(words(hasFiveLevels))")
    }
    let bases = [
      ("page_offset", layout.pageOffset, pageOffset),
      ("vmalloc_start", layout.vmalloc.lowerBound, vmallocStart),
      ("vmemmap", layout.vmemmap, vmemmap),
    ]
    if isPlaced {
      let other = bases.first { $0.1 != $0.2 }
      return other.map { .different("\($0.0) \($0.1.hex), the kernel \($0.2.hex)") } ?? .equal
    }
    for (name, ours, theirs) in bases where theirs < ours || !theirs.isAligned(to: .size1G) {
      return .different(
        "\(name) \(ours.hex) and no multiple of 1G above, the kernel \(theirs.hex)")
    }
    return .indeterminate("the kernel randomised its addresses")
  }
}
