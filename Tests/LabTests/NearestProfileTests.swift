import Engine
import Testing

@testable import Lab

/// Which rules a kernel is compared with.
@Suite struct NearestProfileTests {
  private func choice(
    _ version: KernelVersion, update: Int? = nil, _ functions: Set<String>,
    collapses: Bool = false,
  ) -> NearestProfile {
    NearestProfile(
      of: version, update: update, on: .x86_64,
      events: collapses ? ["pgpgin", "direct_map_level2_collapses"] : ["pgpgin"],
      hasFunction: { !functions.isDisjoint(with: $0) })
  }

  private let functionsOf612: Set<String> = [
    "set_memory_rox", "set_memory_p", "bpf_prog_pack_alloc", "vmalloc_huge_noprof",
    "folio_remove_rmap_ptes",
  ]

  @Test func `what a kernel has counts, not its number`() {
    let plain = choice(KernelVersion(major: 6, minor: 12), functionsOf612)
    #expect(plain.profile == .linux6_12 && plain.doubts.isEmpty)
    // A kernel that calls itself 6.12 and merges has the patches of 6.15.
    let backported = choice(
      KernelVersion(major: 6, minor: 12), functionsOf612.union(["set_direct_map_valid_noflush"]),
      collapses: true)
    #expect(backported.profile == .linux6_18)
    #expect(backported.sentence.contains("it counts collapses in vmstat"))
    let old = choice(KernelVersion(major: 6, minor: 1), ["bpf_prog_pack_alloc", "vmalloc_huge"])
    #expect(old.profile == .linux6_1)
    #expect(old.reasons.contains("has no set_memory_rox"))
  }

  @Test(arguments: [(6 as Int?, KernelProfile.linux7_2_6), (7, .linux7_2), (nil, .linux7_2)])
  func `of a version with two profiles the update decides`(update: Int?, profile: KernelProfile) {
    let found = choice(
      KernelVersion(major: 7, minor: 2), update: update,
      functionsOf612.union(["set_direct_map_valid_noflush"]), collapses: true)
    #expect(found.profile == profile)
  }

  @Test func `what fits no profile is said`() {
    let odd = choice(KernelVersion(major: 6, minor: 1), ["set_memory_rox", "vmalloc_huge"])
    #expect(!odd.doubts.isEmpty)
    #expect(odd.sentence.contains("; against it: it "))
    let arm = NearestProfile(
      of: KernelVersion(major: 6, minor: 12), on: .arm64, events: [], hasFunction: { _ in false })
    #expect(arm.profile == .linux6_12Arm64)
    #expect(arm.sentence == "linux-6.12-arm64 is the nearest by its number.")
  }
}
