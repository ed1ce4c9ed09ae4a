public import Engine

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
    let shift = AddressLayout.pageOffset.rawValue &- AddressLayout.pageOffset(.arm64).rawValue
    for index in leaves.indices {
      leaves[index].start = VirtualAddress(leaves[index].start.rawValue &- shift)
    }
  }
}
