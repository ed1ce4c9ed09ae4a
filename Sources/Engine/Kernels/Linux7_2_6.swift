extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.2 up to 7.2.6, recorded as 7.2.6: the table of a split is a plain page, which PageTables of meminfo does not
  /// count. 7.2.7 brought "Allocate split page tables as kernel page tables" and three patches on locks
  /// (changelog of Debian's package); no lock is modelled.
  public static let linux7_2_6 = {
    var profile = linux7_2
    profile.name = "linux-7.2.6"
    profile.lastUpdate = 6
    profile.basis = .recorded("7.2.6")
    profile.countsSplitTables = false
    return profile
  }()
}
