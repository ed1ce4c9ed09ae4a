extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.3: BPF takes its packs and large programs from the cache of executable memory, and the cache
  /// gives back whole areas only (7.3.4). CPA is that of 7.2.13: a whole diff of set_memory.c changes
  /// nothing in deciding, splitting, flushing or collapsing; `verify_rwx()` warns again. Read in the source of 7.3.4.
  public static let linux7_3 = {
    var profile = linux7_2
    profile.name = "linux-7.3"
    profile.basis = .source("7.3.4 (mm/execmem.c, kernel/bpf/core.c, set_memory.c)")
    profile.takesPacksFromROXCache = true
    profile.returnsWholeAreas = true
    profile.warnsOfRWX = true
    return profile
  }()
}
