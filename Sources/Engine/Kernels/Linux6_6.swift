extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.6: 6.12's calls, with 6.1's page allocator and zap. Not checked.
  ///
  /// From memory: `set_memory_rox()` and aliases whose NX is left out from 6.2 on (known to lie between 6.1
  /// and 6.12), `set_memory_p()` for all from 6.9 on, delayed rmaps from 6.2 on, modules of seven areas from
  /// 6.4 on. D stays where RW goes: that changed in 6.12.25 and 6.15, as their changelogs say; whether an
  /// update of 6.6 took the patch is not known, nor whether `verify_rwx()` warns: as in 6.1.
  public static let linux6_6 = {
    var profile = linux6_12
    profile.name = "linux-6.6"
    profile.basis = .memory("between 6.1 and 6.12; no source was read")
    profile.roClearsDirty = false
    profile.warnsOfRWX = false
    profile.hasP = false
    profile.buddy = .linux6_1
    profile.batchesZap = false
    profile.limitsFreedPages = false
    return profile
  }()
}
