import Engine

/// What the kernel's command line says about the direct map.
///
/// Source: Documentation/admin-guide/kernel-parameters.txt, 6.12.
public struct KernelCommandLine {
  private let words: [Substring]

  package init(_ line: Substring = "") {
    words = line.split { $0 == " " || $0 == "\t" || $0 == "\"" }
  }

  /// Whether the direct map is built from the kernel image upwards.
  public var isBottomUp: Bool { words.contains("movable_node") }

  /// Whether the kernel lies where it was put, without address randomisation.
  public var isPlaced: Bool { words.contains("nokaslr") }

  /// The words of `rodata=` that a kernel for arm64 refuses.
  func refusedRodata(_ known: RodataWords) -> [Substring] {
    words.compactMap { $0.after("rodata=") }.filter { known.isFull($0) == nil }
  }

  /// The switches that it sets.
  public func switches(
    on architecture: Architecture, _ version: KernelVersion?,
  ) -> [CPUFeatures.Switch: Bool] {
    var switches: [CPUFeatures.Switch: Bool] = [:]
    for word in words {
      switch word {
      case "gbpages": switches[.gbpages] = true
      case "nogbpages": switches[.gbpages] = false
      case "nopcid": switches[.pcid] = false
      case "no5lvl": switches[.la57] = false
      case "noexec=off": switches[.nx] = false
      case "pti=on": switches[.pti] = true
      case "debug_pagealloc", "debug_pagealloc=on", "debug_pagealloc=1":
        switches[.debugPagealloc] = true
      case "init_on_free=1", "init_on_free=on", "init_on_free=y": switches[.initOnFree] = true
      case "page_poison=1", "page_poison=on", "page_poison=y": switches[.pagePoisoning] = true
      case "rodata=off", "rodata=0", "rodata=no", "rodata=n":
        if architecture == .x86_64 {
          switches[.rodata] = false
        } else {
          Self.readArm64(word, version, &switches)
        }
      default:
        if architecture == .arm64 { Self.readArm64(word, version, &switches) }
      }
    }
    return switches
  }

  /// A word that kernels for arm64 know. A later one of the same name counts, if it is not refused.
  private static func readArm64(
    _ word: Substring, _ version: KernelVersion?, _ switches: inout [CPUFeatures.Switch: Bool],
  ) {
    if let mode = word.after("rodata=") {
      let words = version.map(RodataWords.init) ?? .onOffFull
      if let isFull = words.isFull(mode) { switches[.rodataFull] = isFull }
    } else if let interval = word.after("kfence.sample_interval=").flatMap(number) {
      switches[.kfence] = interval > 0
      switches[.lateKFENCE] = interval == 0
    } else if word.hasPrefix("crashkernel=") {
      switches[.crashkernel] = true
    } else if let isOn = word.after("kpti=").flatMap(isOn) {
      switches[.kpti] = isOn
    }
  }

  /// A yes or no as the kernel reads it. Models `kstrtobool()`.
  private static func isOn(_ word: Substring) -> Bool? {
    switch word {
    case "1", "y", "Y", "yes", "on": true
    case "0", "n", "N", "no", "off": false
    default: nil
    }
  }

  /// The banks of an arm64 machine under `mem=`: so much memory from the lowest frame on. Models
  /// `memblock_mem_limit_remove_map()`; arm64 knows no `memmap=`.
  public func limitArm64(_ map: inout [MachineDescription.E820Entry]) {
    guard let size = words.compactMap({ $0.after("mem=").flatMap(Self.number) }).last, size >= 4096
    else { return }
    var left = size & ~4095
    map.sort { $0.range.lowerBound < $1.range.lowerBound }
    map = map.compactMap { entry in
      guard entry.kind == .usable else { return entry }
      let start = entry.range.lowerBound
      let bytes = min(left, entry.range.upperBound.rawValue - start.rawValue)
      left -= bytes
      return bytes == 0 ? nil : .init(start..<PhysicalAddress(start.rawValue + bytes), .usable)
    }
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
  public static func number(_ text: Substring) -> UInt64? {
    let shifts: [Character: UInt64] = ["K": 10, "M": 20, "G": 30, "T": 40, "P": 50]
    let unit = text.last.flatMap { shifts[Character($0.uppercased())] }
    let digits = unit == nil ? text : text.dropLast()
    let value = digits.hasPrefix("0x") ? UInt64(hex: digits) : UInt64(decimal: digits)
    guard let value, value <= UInt64.max >> (unit ?? 0) else { return nil }
    return value << (unit ?? 0)
  }
}
