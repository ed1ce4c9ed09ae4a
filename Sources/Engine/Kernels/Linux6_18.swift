extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.18: 7.0 without its large blocks for vmalloc, recorded as 6.18.15.
  ///
  /// Collapse, KERNEL_4K and the cache of executable memory came with 6.15, `set_direct_map_valid_noflush()`
  /// with 6.13, batches of page tables with 6.14, reserved ranges that do not shrink with 6.16: the releases
  /// from memory. Whether a read of a shared file page left D then is not known: as in 7.2.
  public static let linux6_18 = {
    var profile = linux7_0
    profile.name = "linux-6.18"
    profile.basis = .recorded("6.18.15")
    profile.vmallocsLargeFirst = false
    return profile
  }()
}
