extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.2 for arm64, recorded as 7.2.13: the kernel image is mapped by pages where all is, and its data
  /// is read-only in the linear map.
  public static let linux7_2Arm64 = KernelProfile(
    name: "linux-7.2-arm64", architecture: .arm64,
    basis: .recorded("7.2.13"),
    roClearsDirty: false, aliasNX: .stripped,
    hasRox: true, hasP: false, hasDirectMapValid: true, collapses: false, marksKernel4K: false,
    buddy: BuddyRules.claiming.onArm64, repeatsRodataAfterInit: false, dividesHugeVmalloc: false,
    vmallocsLargeFirst: true, linearMap: .linux7_2)
}

extension LinearMapRules {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The rules of 7.2.
  static var linux7_2: LinearMapRules {
    var rules = linux7_1
    rules.imageKeepsBlocks = false
    rules.dataAlias = .readOnly(behindBSS: 24)
    return rules
  }
}
