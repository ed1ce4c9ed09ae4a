public import Engine

/// Takes out of the kernel's texts what tells more than the state of its direct map: where address
/// randomisation has put the kernel, the host's name, and what a log or a command line has besides.
///
/// Kernel addresses keep their distances from each other: each part of the address space is moved to where
/// it lies without randomisation. Physical addresses stay, as the map is about them.
public struct Discretion: Sendable {
  /// Where the direct map lies; `nil` if that is not known.
  private let directMap: Range<VirtualAddress>?
  private let hostName: String
  /// The lowest address that was seen in each part.
  private var lowest: [Part: UInt64] = [:]

  /// A part of the address space that the kernel places by chance.
  private enum Part: Hashable, CaseIterable {
    case directMap, other, image, modules
  }

  /// Creates a rule.
  public init(directMap: Range<VirtualAddress>?, hostName: String) {
    self.directMap = directMap
    self.hostName = hostName
  }

  /// Looks at a text before any is changed, so that addresses are moved alike in all.
  public mutating func look(at text: String) {
    for (_, address) in Self.addresses(in: text) {
      let part = part(of: address)
      lowest[part] = min(lowest[part] ?? .max, address)
    }
  }

  private func part(of address: UInt64) -> Part {
    if address >= AddressLayout.modulesStart.rawValue { return .modules }
    if address >= AddressLayout.kernelMap.rawValue { return .image }
    if directMap?.contains(VirtualAddress(address)) == true { return .directMap }
    return .other
  }

  /// Where the parts of the machine's address space are without randomisation.
  private var layout: AddressLayout {
    directMap.map { .x86(having: $0.lowerBound) } ?? .x86
  }

  private func moved(_ address: UInt64) -> UInt64 {
    let part = part(of: address)
    let low = lowest[part] ?? address
    switch part {
    case .directMap:
      return layout.pageOffset.rawValue &+ (address &- (directMap?.lowerBound.rawValue ?? 0))
    case .image:
      return KernelImage.textStart.rawValue &+ (address &- low & ~0x1f_ffff)
    case .modules: return AddressLayout.modulesStart.rawValue &+ (address &- low & ~0xfff)
    case .other:
      return layout.vmalloc.lowerBound.rawValue &+ (address &- low & ~0xfff)
    }
  }

  /// The text with kernel addresses moved, and without the host's name.
  public func cleaned(_ text: String) -> String {
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    var place = 0
    for (range, address) in Self.addresses(in: text) {
      result += bytes[place..<range.lowerBound]
      result += moved(address).paddedDigits.utf8
      place = range.upperBound
    }
    result += bytes[place...]
    return withoutHost(String(decoding: result, as: UTF8.self))
  }

  private func withoutHost(_ text: String) -> String {
    guard hostName.utf8.count >= 3 else { return text }
    var result = ""
    var rest = text[...]
    while let found = rest.range(of: hostName) {
      result += rest[..<found.lowerBound]
      result += "host"
      rest = rest[found.upperBound...]
    }
    return result + rest
  }

  /// The kernel addresses in a text: 16 hexadecimal digits of which the first is above 7.
  private static func addresses(in text: String) -> [(range: Range<Int>, value: UInt64)] {
    var found: [(Range<Int>, UInt64)] = []
    var (start, value) = (0, 0 as UInt64)
    func isWord(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "_") || (103...122).contains(byte) }
    var place = 0
    var cuts = false
    for byte in text.utf8 {
      let digit: UInt8?
      switch byte {
      case 48...57: digit = byte - 48
      case 97...102: digit = byte - 87
      default: digit = nil
      }
      if let digit {
        value = value << 4 | UInt64(digit)
      } else {
        if place - start == 16, !cuts, value >> 47 == 0x1_ffff || value >> 56 == 0xff,
          !isWord(byte)
        {
          found.append((start..<place, value))
        }
        // The `x` of `0x` begins a number.
        cuts = isWord(byte) && byte != UInt8(ascii: "x")
        start = place + 1
        value = 0
      }
      place += 1
    }
    if place - start == 16, !cuts, value >> 47 == 0x1_ffff || value >> 56 == 0xff {
      found.append((start..<place, value))
    }
    return found
  }

  // MARK: - Logs and command lines

  /// Words with a value that are kept whole on a command line: those that matter for the map.
  private static let options: Set<Substring> = [
    "mem", "memmap", "pti", "rodata", "debug_pagealloc", "init_on_free", "init_on_alloc",
    "page_poison", "crashkernel", "hugepages", "hugepagesz", "default_hugepagesz", "mitigations",
    "noexec", "numa", "kernelcore", "movablecore", "cma", "mem_encrypt", "memtest", "slub_debug",
    "kfence.sample_interval", "efi", "vmalloc", "kasan",
  ]

  /// A command line of which words that have another value keep their names only.
  public static func commandLine(_ line: some StringProtocol) -> String {
    line.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { word in
      guard let equals = word.firstIndex(of: "=") else { return String(word) }
      let name = Substring(word[..<equals])
      return options.contains(name) ? String(word) : "\(name)=-"
    }.joined(separator: " ")
  }

  /// The lines of a log that tell of memory and of how it is mapped.
  public static func log(_ text: String) -> String {
    let words = [
      "Linux version", "BIOS-e820", "BIOS-88", "e820:", "[mem ", "NX (Execute", "last_pfn",
      "page tables isolation", "Memory: ", "Using GB pages", "kfence", "Zone ranges", "  DMA",
      "  Normal", "  Movable", "node ", "Early memory node", "CPA", "x86/mm", "Booting Linux",
      "CPU features: detected", "Memory Encryption", "SEV", "tdx", "Hypervisor detected",
      "crashkernel", "rodata", "debug_pagealloc", "mem auto-init", "Movable zone", "Xen",
      "Booting paravirtualized", "efi: ", "cma:", "KASLR", "checking W+X",
    ]
    var kept: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      if let found = line.range(of: "ommand line: ") {
        kept.append(line[..<found.upperBound] + commandLine(line[found.upperBound...]))
      } else if words.contains(where: { line.range(of: $0) != nil }) {
        kept.append(withoutBuilder(line))
      }
    }
    return kept.map { $0 + "\n" }.joined()
  }

  /// `Linux version 6.12.1 (user@host) (gcc ...) #1 ...` without who built it.
  public static func withoutBuilder(_ line: Substring) -> String {
    guard line.range(of: "Linux version") != nil, let open = line.firstIndex(of: "("),
      let close = line[open...].firstIndex(of: ")"), line[open..<close].contains("@")
    else { return String(line) }
    return line[..<open] + "(builder@host" + line[close...]
  }
}
