import Engine
import KernelText

/// What a CPU that QEMU gives a guest can do, as far as the linear map depends on it.
struct ArmProcessor {
  /// Whether it has 52 bits of virtual address.
  private let hasLPA2: Bool
  /// Whether it can keep user mode from the kernel's half of the address space by itself (FEAT_E0PD).
  let hasE0PD: Bool
  /// Whether it can invalidate a range of the TLB at once (FEAT_TLBIRANGE).
  let hasRanges: Bool
  /// Whether the kernel trusts it with FEAT_BBM level 2.
  private let hasBBML2: Bool

  /// The CPU of a name such as `cortex-a57` or `max,midr=0x410fd842,lpa2=off`.
  init(_ name: String) {
    let words = name.split(separator: ",")
    hasLPA2 = words.first == "max" && !words.contains("lpa2=off")
    hasE0PD = words.first == "max"
    hasRanges = words.first == "max"
    let midr = words.compactMap { $0.after("midr=").flatMap { UInt64(hex: $0) } }.last
    hasBBML2 = midr.map(Self.isTrusted) ?? false
  }

  /// CPUs of the list by which the kernel goes: by implementer and part, up to a variant and revision.
  /// Source: `supports_bbml2_noabort_list`, arch/arm64/kernel/cpufeature.c, 7.0; from memory but for
  /// Neoverse V3, which is recorded.
  private static let trusted: [(implementer: UInt64, part: UInt64, last: UInt64)] = [
    // Cortex-X4, Neoverse V3 and V3AE, up to r0p3 or r0p2.
    (0x41, 0xd82, 0x03), (0x41, 0xd84, 0x02), (0x41, 0xd83, 0x02),
    // Olympus, AmpereOne and AmpereOne A, all of them.
    (0x4e, 0x010, 0xff), (0xc0, 0xac3, 0xff), (0xc0, 0xac4, 0xff),
  ]

  private static func isTrusted(_ midr: UInt64) -> Bool {
    let version = (midr >> 20 & 0xf) << 4 | midr & 0xf
    return trusted.contains {
      $0.implementer == midr >> 24 & 0xff && $0.part == midr >> 4 & 0xfff && version <= $0.last
    }
  }

  /// Sets the switches for it.
  func adjust(_ cpu: inout CPUFeatures) {
    cpu[.lpa2] = hasLPA2
    cpu[.bbml2] = hasBBML2
  }
}
