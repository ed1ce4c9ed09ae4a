import Engine

/// What the kernel's command line says about the direct map.
///
/// Source: Documentation/admin-guide/kernel-parameters.txt, 6.12.
struct KernelCommandLine {
  private let words: [Substring]

  init(_ line: Substring = "") {
    words = line.split { $0 == " " || $0 == "\t" || $0 == "\"" }
  }

  /// Whether the direct map is built from the kernel image upwards.
  var isBottomUp: Bool { words.contains("movable_node") }

  /// The switches that it sets.
  func switches(
    on architecture: Architecture, _ version: KernelVersion?,
  ) -> [CPUFeatures.Switch: Bool] {
    var switches: [CPUFeatures.Switch: Bool] = [:]
    for word in words {
      switch word {
      case "gbpages": switches[.gbpages] = true
      case "nogbpages": switches[.gbpages] = false
      case "nopcid": switches[.pcid] = false
      case "noexec=off": switches[.nx] = false
      case "pti=on": switches[.pti] = true
      case "debug_pagealloc", "debug_pagealloc=on", "debug_pagealloc=1":
        switches[.debugPagealloc] = true
      case "init_on_free=1", "init_on_free=on", "init_on_free=y": switches[.initOnFree] = true
      case "page_poison=1", "page_poison=on", "page_poison=y": switches[.pagePoisoning] = true
      default:
        if architecture == .arm64, let mode = word.after("rodata=") {
          switches[.rodataFull] = Self.isFull(mode, version)
        }
      }
    }
    return switches
  }

  /// What `rodata=` means on arm64: from 6.18 on `on` is what was `full` before, and `noalias` what
  /// was `on`.
  private static func isFull(_ mode: Substring, _ version: KernelVersion?) -> Bool {
    let isNew = version.map { $0 >= KernelVersion(major: 6, minor: 18) } ?? false
    return mode == "off" || mode == (isNew ? "noalias" : "on") ? false : true
  }
}

// MARK: - The memory map

extension KernelCommandLine {
  /// Applies `mem=` and `memmap=` to a firmware's map, as the kernel does on x86. Models
  /// `parse_memopt()` and `parse_memmap_one()`, arch/x86/kernel/e820.c.
  func change(_ map: inout [MachineDescription.E820Entry]) {
    for word in words {
      if let size = word.after("mem=").flatMap(Self.number) {
        Self.limit(&map, size)
      } else if let list = word.after("memmap=") {
        for part in list.split(separator: ",") { Self.change(&map, part) }
      }
    }
  }

  private static func limit(_ map: inout [MachineDescription.E820Entry], _ size: UInt64) {
    let end = PhysicalAddress(1 << PhysicalAddress.bits)
    let first = PhysicalAddress(min(size, end.rawValue))
    if size > 0 { map.replace(first..<end, .usable, by: nil) }
  }

  private static func change(_ map: inout [MachineDescription.E820Entry], _ part: Substring) {
    if part == "exactmap" {
      map = []
      return
    }
    // A boot loader's file may have needed a backslash before the dollar sign.
    let part = part.filter { $0 != "\\" }[...]
    guard let sign = part.firstIndex(where: { "@#$!".contains($0) }) else {
      if let size = number(part) { limit(&map, size) }
      return
    }
    let limit: UInt64 = 1 << PhysicalAddress.bits
    guard let size = number(part[..<sign]), let start = number(part[part.index(after: sign)...]),
      size > 0, start < limit, size <= limit - start
    else { return }
    let kind: MachineDescription.E820Entry.Kind =
      switch part[sign] {
      case "@": .usable
      case "#": .acpi
      default: .reserved
      }
    map.append(.init(PhysicalAddress(start)..<PhysicalAddress(start + size), kind))
  }

  /// `79G`, `0x100000`, `4096k`. Models `memparse()`.
  private static func number(_ text: Substring) -> UInt64? {
    let shifts: [Character: UInt64] = ["K": 10, "M": 20, "G": 30, "T": 40, "P": 50]
    let unit = text.last.flatMap { shifts[Character($0.uppercased())] }
    let digits = unit == nil ? text : text.dropLast()
    let value = digits.hasPrefix("0x") ? UInt64(hex: digits) : UInt64(decimal: digits)
    guard let value, value <= UInt64.max >> (unit ?? 0) else { return nil }
    return value << (unit ?? 0)
  }
}
