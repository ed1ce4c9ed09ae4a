extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.1: 7.2 before its update 7. Not checked, but for `cpa_flush()`, which flushes page by page in a
  /// public tree based on 7.1.
  ///
  /// The tables of `populate_pgd()` and related functions probably became ordinary page tables here (Vishal
  /// Moola's series of March 2026); that changes no leaf.
  public static let linux7_1 = {
    var profile = linux7_2_6
    profile.name = "linux-7.1"
    profile.lastUpdate = nil
    profile.basis = .memory("as 7.2.6; only cpa_flush() was read, in a tree based on 7.1")
    return profile
  }()
}
