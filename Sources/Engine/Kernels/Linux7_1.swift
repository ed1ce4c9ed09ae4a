extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.1, recorded as 7.1.13: 7.2 before its update 7.
  ///
  /// The tables of `populate_pgd()` and related functions probably became ordinary page tables here (Vishal
  /// Moola's series of March 2026); that changes no leaf.
  public static let linux7_1 = {
    var profile = linux7_2_6
    profile.name = "linux-7.1"
    profile.lastUpdate = nil
    profile.basis = .recorded("7.1.13")
    return profile
  }()
}
