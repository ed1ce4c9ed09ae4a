public import Engine
import KernelText

extension ReadMap {
  /// Reads a list of leaves, which may have any length.
  ///
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(leaves source: any ByteSource, progress: WorkProgress? = nil) throws {
    self.init(.leaves, .x86_64)
    var reader = LeavesReader()
    var lines = LineStream(source)
    var isArm = false
    while try lines.advanceReadably() {
      let bytes = lines.content
      if bytes.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
      let run = try reader.run(bytes, line: lines.number)
      if lines.number % 65_536 == 0, progress?.isStopped == true { break }
      guard run.size != nil else { continue }
      isArm = isArm || run.flags.contains(.normalMemory)
      leaves.append(run)
    }
    if leaves.isEmpty {
      throw KernelTextError.missing("line such as `L 200 e00 2 80000000000001e3`")
    }
    guard isArm else { return }
    architecture = .arm64
    leaves.move(to: AddressLayout.arm64)
  }
}

extension [LeafRun] {
  /// The runs of a direct map, where a layout has it, with runs without a size between them, where nothing
  /// is mapped.
  ///
  /// - Parameter end: up to where; further runs stay.
  public func fillingHoles(_ layout: AddressLayout, upTo end: PFN) -> [LeafRun] {
    let start = layout.pageOffset
    var filled: [LeafRun] = []
    var page: PFN = 0
    func hole(to next: PFN) -> LeafRun {
      LeafRun(start: start + (page - 0), pages: next - page, size: nil, flags: [])
    }
    for run in self {
      guard let first = AddressLayout.directMapFrame(of: run.start) else { continue }
      if first > page { filled.append(hole(to: first)) }
      filled.append(
        LeafRun(start: start + (first - 0), pages: run.pages, size: run.size, flags: run.flags))
      page = first + run.pages
    }
    if page < end { filled.append(hole(to: end)) }
    return filled
  }
}
