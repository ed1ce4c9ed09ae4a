import KernelText

/// What a text or a file of a real machine is, judged by its contents.
public enum SourceKind: String, CaseIterable, Sendable {
  /// A page-table dump: `page_tables/kernel`, `current_kernel`, `kernel_page_tables`.
  case ptdump
  /// A list of leaves, as `--format leaves` prints it.
  case leaves
  /// Memory of a kernel in ELF: `/proc/kcore`, `vmcore`.
  case core
  /// Compressed memory of a kernel, as makedumpfile and QEMU save it.
  case kdump
  /// The RAM of a guest, as QEMU keeps it in a file.
  case qemu
  /// What `info tlb` of QEMU's monitor prints.
  case tlb
  /// A kernel log.
  case dmesg
  /// `/proc/iomem`.
  case iomem
  /// `/proc/meminfo`.
  case meminfo
  /// `/proc/vmstat`.
  case vmstat
  /// `/proc/zoneinfo`.
  case zoneinfo
  /// `/proc/buddyinfo`.
  case buddyinfo
  /// `/proc/pagetypeinfo`.
  case pagetypeinfo
  /// `/proc/modules`.
  case modules
  /// `/proc/vmallocinfo`.
  case vmallocinfo
  /// The frames of areas and modules, as a snapshot has them.
  case areas
  /// `/proc/cmdline`.
  case cmdline
  /// `/proc/version`.
  case version
  /// The kernel's symbols: `/proc/kallsyms`, System.map.
  case kallsyms
  /// A trace of requests: tracefs, trace-cmd report, perf script, bpftrace.
  case trace
  /// A recording of `directmap watch`.
  case watch
  /// A tar archive of such files.
  case tar

  /// How many bytes of the beginning are enough to judge by.
  public static let beginning = 32 << 10

  /// The kind of what begins like this; `nil` where nothing is typical of one.
  public init?(beginning bytes: ArraySlice<UInt8>) {
    if bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) {
      self = .core
      return
    }
    if bytes.starts(with: "KDUMP   ".utf8) || bytes.starts(with: "DISKDUMP".utf8) {
      self = .kdump
      return
    }
    if Self.isGuestMemory(bytes) {
      self = .qemu
      return
    }
    if bytes.dropFirst(257).starts(with: "ustar".utf8) {
      self = .tar
      return
    }
    if WatchRecording.isOne(beginning: bytes) {
      self = .watch
      return
    }
    let text = String(decoding: bytes.prefix(Self.beginning), as: UTF8.self)
    var fallback: SourceKind?
    var rest = text.utf8[...]
    var number = 0
    while !rest.isEmpty, number < Self.linesRead {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      let bytes = rest[..<end]
      let isWhole = end < rest.endIndex
      rest = isWhole ? rest[rest.index(after: end)...] : rest[rest.endIndex...]
      number += 1
      let text = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
      let line = TextLine(number: number, text: Substring(text))
      if line.isBlank { continue }
      if let kind = Self.kind(of: line) {
        // The one line of /proc/version is also the first of a log.
        if kind == .version, !rest.isEmpty {
          fallback = fallback ?? .dmesg
          continue
        }
        self = kind
        return
      }
      if number == 1, Self.isCommandLine(line) { fallback = .cmdline }
    }
    guard let fallback else { return nil }
    self = fallback
  }

  /// Whether it is memory of a kernel, of which only parts are read.
  public var isMemory: Bool { self == .core || self == .kdump || self == .qemu }

  /// Whether the memory of a PC begins like this: by a table of interrupts that lead to its BIOS, at 0xf0000.
  private static func isGuestMemory(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count >= 64 else { return false }
    return stride(from: bytes.startIndex, to: bytes.startIndex + 64, by: 4).allSatisfy { place in
      bytes[place + 2] == 0 && bytes[place + 3] == 0xf0
    }
  }

  private static let linesRead = 400

  private static func kind(of line: TextLine) -> SourceKind? {
    switch DumpLine.read(ArraySlice(line.text.utf8)).line {
    case .heading, .entries: return .ptdump
    case .other: break
    }
    if TLBEntry(ArraySlice(line.text.utf8)) != nil { return .tlb }
    let words = line.unquoted.words
    guard let first = words.first else { return nil }
    if first == "L", words.count == 5, words.dropFirst().allSatisfy({ UInt64(hex: $0) != nil }) {
      return .leaves
    }
    if first == "A", words.count == 4, words.dropFirst(2).allSatisfy({ UInt64(hex: $0) != nil }) {
      return .areas
    }
    if first.hasPrefix("DirectMap") || first == "MemTotal:" { return .meminfo }
    if words.count == 2, UInt64(decimal: words[1]) != nil,
      ["direct_map_level", "nr_free_pages", "nr_zone_", "pgpgin", "pgfault"]
        .contains(where: first.hasPrefix)
    {
      return .vmstat
    }
    if let kind = zoneKind(words) { return kind }
    if isVmallocArea(words) { return .vmallocinfo }
    if isModule(words) { return .modules }
    if SymbolsText.isSymbol(words) { return .kallsyms }
    if isTrace(line, words) { return .trace }
    if first == "Linux", words.dropFirst().first == "version" { return .version }
    switch MachineText(recognisingLine: String(line.text)) {
    case .iomem: return .iomem
    case .dmesg: return .dmesg
    case nil: return nil
    }
  }

  /// `Node 0, zone   Normal   1 2 3`, `Node 0, zone      DMA`, `Page block order: 9`.
  private static func zoneKind(_ words: [Substring]) -> SourceKind? {
    if words.starts(with: ["Page", "block", "order:"]) { return .pagetypeinfo }
    guard words.count >= 4, words[0] == "Node", words[1].hasSuffix(","), words[2] == "zone" else {
      return nil
    }
    if words.count == 4 { return .zoneinfo }
    return words.dropFirst(4).allSatisfy { UInt64(decimal: $0) != nil } ? .buddyinfo : .pagetypeinfo
  }

  /// `0xffffb61c40000000-0xffffb61c40005000   20480 irq_init_percpu_irqstack+0x114/0x1b0 vmap`.
  private static func isVmallocArea(_ words: [Substring]) -> Bool {
    words.count >= 2 && VmallocText.start(words[0]) != nil && UInt64(decimal: words[1]) != nil
  }

  /// `nf_tables 372736 0 - Live 0xffffffffc0a3d000`.
  private static func isModule(_ words: [Substring]) -> Bool {
    words.count >= 6 && UInt64(decimal: words[1]) != nil
      && ["Live", "Loading", "Unloading"].contains(words[4]) && words[5].hasPrefix("0x")
  }

  private static func isTrace(_ line: TextLine, _ words: [Substring]) -> Bool {
    if words.starts(with: ["#", "tracer:"]) { return true }
    return FtraceLine(ArraySlice(line.text.utf8), number: line.number) != nil
  }

  private static func isCommandLine(_ line: TextLine) -> Bool {
    ["BOOT_IMAGE=", "root=", "console=", "initrd="].contains { line.text.range(of: $0) != nil }
      && LogPrefix(line.text).isMarked == false
  }
}
