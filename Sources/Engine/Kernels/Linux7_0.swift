extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.0, recorded as 7.0.13: CPA flushes one range for all pages of a request, as 6.18 does and 7.1
  /// does not any more. Vmalloc, which takes large blocks first, and execmem were read in a public tree of
  /// 7.0.0 with other patches.
  public static let linux7_0 = {
    var profile = linux7_1
    profile.name = "linux-7.0"
    profile.basis = .recorded("7.0.13")
    profile.flushesRange = true
    return profile
  }()
}
