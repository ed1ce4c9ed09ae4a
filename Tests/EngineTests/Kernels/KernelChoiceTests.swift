import Testing

@testable import Engine

/// Which profile a kernel gets, and why.
@Suite struct KernelChoiceTests {
  private static func features(_ names: String...) -> KernelFeatures {
    KernelFeatures(symbols: { ["set_memory_ro"].contains($0) || names.contains($0) })
  }

  @Test(arguments: [
    ("6.12.117+deb13-amd64", "linux-6.12", KernelChoice.Reason.update(117)),
    ("6.12.24-1", "linux-6.12.24", .update(24)), ("6.12.25", "linux-6.12", .update(25)),
    ("6.12-rc1", "linux-6.12", .version), ("7.2.6", "linux-7.2.6", .update(6)),
    ("7.2.7", "linux-7.2", .update(7)), ("7.3.4+deb14", "linux-7.3", .version),
    ("6.1.192", "linux-6.1", .version), ("6.9.3", "linux-6.6", .nearest),
    ("9.0.1", "linux-7.3", .nearest), ("6.11.0", "linux-6.12.24", .nearest),
  ])
  func `goes by version and update`(
    _ release: String, _ name: String, _ reason: KernelChoice.Reason,
  ) {
    let choice = KernelProfile.choice(forRelease: release, on: .x86_64)
    #expect(choice.profile.name == name && choice.reason == reason)
  }

  @Test func `a name with an update chooses like a release`() {
    #expect(KernelProfile(version: "6.12.3")?.name == "linux-6.12.24")
    #expect(KernelProfile(version: "Linux 6.12.117+deb13")?.name == "linux-6.12")
    #expect(KernelProfile(version: "7.2")?.name == "linux-7.2")
    #expect(KernelProfile(version: "linux-7.2.6")?.name == "linux-7.2.6")
    #expect(KernelProfile(version: "7.2.1")?.name == "linux-7.2.6")
    #expect(KernelProfile(version: "6.8") == nil)
  }

  @Test func `what is seen goes before the version: a distribution's 6.12 that collapses`() {
    let seen = KernelFeatures(vmstatLines: { $0.hasPrefix("direct_map_level2") })
    #expect(seen.collapses == true)
    let choice = KernelProfile.choice(forRelease: "6.12.0-55.el10.x86_64", seen, on: .x86_64)
    #expect(choice.profile.name == "linux-6.18" && choice.profile.collapses)
    #expect(
      choice.reason.description
        == "not linux-6.12.24, as its tables collapse (direct_map_level2_collapses)")
    let plain = KernelFeatures(vmstatLines: { $0 == "direct_map_level2_splits" })
    #expect(
      KernelProfile.choice(forRelease: "7.2.13", plain, on: .x86_64).profile.collapses == false)
    #expect(KernelFeatures(vmstatLines: { _ in false }) == KernelFeatures())
  }

  @Test func `symbols tell what a version does not`() {
    let old = Self.features("bpf_prog_pack_alloc")
    #expect(KernelProfile.choice(forRelease: nil, old, on: .x86_64).profile.name == "linux-6.1")
    let new = Self.features(
      "bpf_prog_pack_alloc", "set_memory_rox", "set_direct_map_valid_noflush",
      "collapse_large_pages", "execmem_cache_populate")
    let choice = KernelProfile.choice(forRelease: nil, new, on: .x86_64)
    #expect(choice.profile.name == "linux-7.2" && choice.reason == .unknown)
    // A list without what every kernel has is none.
    #expect(KernelFeatures(symbols: { $0 == "set_memory_rox" }) == KernelFeatures())
    var impossible = KernelFeatures()
    impossible.hasRox = false
    impossible.collapses = true
    let odd = KernelProfile.choice(forRelease: "7.2.13", impossible, on: .x86_64)
    #expect(odd.profile.name == "linux-7.2")
    #expect(odd.reason.description.hasSuffix("although it has no set_memory_rox()"))
  }

  @Test func `a profile that nobody could check says so`() {
    let unchecked = KernelProfile.x86.filter { !$0.basis.isChecked }.map(\.name)
    #expect(unchecked == ["linux-5.11", "linux-5.15", "linux-6.6"])
    for kernel in KernelProfile.all {
      #expect(kernel.basis.sentence.hasSuffix(".") && kernel.basis.sentence.count > 12)
      #expect(kernel.basis.mark.isEmpty == kernel.basis.isChecked)
    }
  }
}
