import Engine
import KernelText

extension KernelImage {
  /// Where QEMU's `virt` puts a kernel without firmware: 2 MiB above the beginning of memory.
  private static let qemuText: PFN = 0x4_0200

  /// The image by its symbols without address randomisation, as `/proc/kallsyms` has them.
  ///
  /// - Returns: `nil` if a symbol is missing.
  init?(armSymbols text: String, _ rules: LinearMapRules) {
    var symbols: [Substring: UInt64] = [:]
    for line in TextLine.lines(of: text) {
      let words = line.words
      if words.count == 3 { symbols[words[2]] = UInt64(hex: words[0]) }
    }
    guard let start = symbols[rules.imageBeginsAtStext ? "_stext" : "_text"],
      let end = symbols["__init_begin"]
    else { return nil }
    // The image begins at a multiple of 2M; `_stext` is 64K behind.
    let text = start & ~(LeafSize.size2M.bytes - 1)
    func frame(_ address: UInt64) -> PFN? {
      guard address >= text, address - text < 1 << 30 else { return nil }
      return PFN(Self.qemuText.rawValue + (address - text) >> 12)
    }
    guard let first = frame(start), let last = frame(end), first < last else { return nil }
    var data = last..<last
    if let from = symbols["_data"].flatMap(frame), let to = symbols["_end"].flatMap(frame),
      last <= from, from < to
    {
      data = from..<to
    }
    self.init(text: first..<last, rodata: last..<last, data: data)
  }
}
