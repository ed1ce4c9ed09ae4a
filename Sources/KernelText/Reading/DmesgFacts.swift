import Engine

/// What a kernel log contains besides its memory map: the version, features, the size of the image.
struct DmesgFacts {
  /// `6.12.117+deb13-amd64`.
  private(set) var release: String?
  /// Whether the kernel is an arm64 one.
  private(set) var isArm64 = false
  /// The kernel's command line.
  private(set) var command = KernelCommandLine()
  /// Pages of the kernel image.
  private(set) var imagePages: PageCount?
  private var told: [CPUFeatures.Switch: Bool] = [:]
  private var hasGBPages = false
  private var hasZones = false

  /// Whether the direct map has 1G leaves; `nil` if the log does not reach that far.
  ///
  /// The zones come after the line on 1G leaves, so where they are and it is not, there are none.
  var usesGBPages: Bool? { hasGBPages ? true : hasZones ? false : nil }

  mutating func read(_ text: Substring) {
    guard let first = text.utf8.first else { return }
    switch Unicode.Scalar(first) {
    case "L": if let name = text.after("Linux version ") { readRelease(name) }
    case "B": readArm(text)
    case "C":
      if let words = text.after("Command line: ") { command = KernelCommandLine(words) }
      if text.hasPrefix("CPU features: detected: BBM Level 2") { told[.bbml2] = true }
    case "K":
      if let words = text.after("Kernel command line: ") { command = KernelCommandLine(words) }
      if text.hasPrefix("Kernel/User page tables isolation: enabled") { told[.pti] = true }
    case "U": if text.hasPrefix("Using GB pages") { hasGBPages = true }
    case "Z": if text.hasPrefix("Zone ranges:") { hasZones = true }
    case "k": if text.hasPrefix("kfence: initialized") { told[.kfence] = true }
    case "M":
      readMemory(text)
      readEncryption(text)
    case "A": readEncryption(text)
    case "e", "l": readLimit(text)
    case "t": if text.hasPrefix("tdx: Guest detected") { told[.tdx] = true }
    default: break
    }
  }

  /// The switches in the log that kernels of an architecture look at.
  func switches(on architecture: Architecture) -> [CPUFeatures.Switch: Bool] {
    let version = release.flatMap { KernelVersion($0) }
    return command.switches(on: architecture, version)
      .merging(told) { _, told in told }
      .filter { $0.key.works(on: architecture) }
  }

  /// `last_pfn = 0x140000 max_arch_pfn = 0x10000000000`, before 6.17 with `e820: ` in front: the first frame
  /// that the kernel can map is at 64 TiB with four levels of tables, and at 4 PiB with five
  /// (`MAX_ARCH_PFN`, arch/x86/kernel/e820.c).
  private mutating func readLimit(_ text: Substring) {
    guard let rest = (text.after("e820: ") ?? text).after("last_pfn = 0x"),
      let place = rest.range(of: " max_arch_pfn = "),
      let limit = UInt64(hex: rest[place.upperBound...])
    else { return }
    told[.la57] = limit > AddressLayout.pfnLimit.rawValue
  }

  private mutating func readRelease(_ name: Substring) {
    release = String(name.prefix { $0 != " " }.prefix(80))
    if let release, release.hasSuffix("arm64") || release.hasSuffix("aarch64") { isArm64 = true }
  }

  /// `Booting Linux on physical CPU 0x0000000000 [0x411fd070]`: 32-bit Arm prints no identification.
  private mutating func readArm(_ text: Substring) {
    guard let rest = text.after("Booting Linux on physical CPU 0x") else { return }
    if rest.hasSuffix("]"), rest.range(of: " [0x") != nil { isArm64 = true }
  }

  /// `AMD Memory Encryption Features active: SEV SEV-ES` (5.0 to 5.15), `Memory Encryption Features
  /// active: AMD SME` (5.16 on), `AMD Secure Memory Encryption (SME) active` (4.14 to 4.20).
  /// Source: arch/x86/mm/mem_encrypt_amd.c and arch/x86/coco/core.c.
  private mutating func readEncryption(_ text: Substring) {
    if text.hasPrefix("AMD Secure Memory Encryption (SME) active") { told[.sme] = true }
    if text.hasPrefix("AMD Secure Encrypted Virtualization (SEV) active") { told[.sev] = true }
    let names =
      text.after("AMD Memory Encryption Features active:")
      ?? text.after("Memory Encryption Features active:")
    for name in names?.split(separator: " ") ?? [] {
      switch name {
      case "SME": told[.sme] = true
      case "TDX": told[.tdx] = true
      default: if name.hasPrefix("SEV") { told[.sev] = true }
      }
    }
  }

  /// `Memory: 912868K/1048576K available (18432K kernel code, 4842K rwdata, 17004K rodata, 3840K
  /// init, 911K bss, ...`: the parts of the image.
  private mutating func readMemory(_ text: Substring) {
    guard text.hasPrefix("Memory: "), let bracket = text.firstIndex(of: "(") else { return }
    let parts = ["kernel code", "rwdata", "rodata", "init", "bss"]
    var kibibytes: UInt64 = 0
    for part in text[text.index(after: bracket)...].split(separator: ",") {
      let words = part.split(separator: " ", maxSplits: 1)
      guard words.count == 2, words[0].hasSuffix("K"), parts.contains(String(words[1])),
        let value = UInt64(decimal: words[0].dropLast()), value < 1 << 24
      else { continue }
      kibibytes += value
    }
    if kibibytes > 0 { imagePages = PageCount(kibibytes / 4) }
  }
}

extension Substring {
  /// The text after a prefix; `nil` if it does not begin with that.
  public func after(_ beginning: String) -> Substring? {
    hasPrefix(beginning) ? self[utf8.index(startIndex, offsetBy: beginning.utf8.count)...] : nil
  }
}
