extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.3: BPF takes its packs and large programs from the cache of executable memory, and the cache
  /// gives back whole areas only (7.3.4): read in mm/execmem.c and kernel/bpf/core.c of 7.3.4. CPA, recorded
  /// as 7.3.4, is that of 7.2.13, but `verify_rwx()` warns again.
  public static let linux7_3 = {
    var profile = linux7_2
    profile.name = "linux-7.3"
    profile.basis = .recorded("7.3.4")
    profile.takesPacksFromROXCache = true
    profile.returnsWholeAreas = true
    profile.warnsOfRWX = true
    return profile
  }()
}
