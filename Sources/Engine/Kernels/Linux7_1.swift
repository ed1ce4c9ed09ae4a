extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.1: 7.2 before its update 7. Not checked, but for `cpa_flush()`, which flushes page by page in a
  /// public tree based on 7.1.
  ///
  /// That the tables of `populate_pgd()` and its kin became page tables like others then (Vishal Moola's
  /// series of March 2026) is probable; it changes no leaf.
  public static let linux7_1 = {
    var profile = linux7_2_6
    profile.name = "linux-7.1"
    profile.lastUpdate = nil
    profile.basis = .memory("as 7.2.6; only cpa_flush() was read, in a tree based on 7.1")
    return profile
  }()
}
