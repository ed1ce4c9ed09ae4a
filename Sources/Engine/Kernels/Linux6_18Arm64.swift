extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.18 for arm64, recorded as 6.18.15 with a map of pages: `rodata=` has its new words, and CPUs
  /// with FEAT_BBM level 2 keep blocks.
  public static let linux6_18Arm64 = KernelProfile(
    name: "linux-6.18-arm64", architecture: .arm64,
    basis: .recorded("6.18.15"),
    roClearsDirty: false, aliasNX: .stripped,
    hasRox: true, hasP: false, hasDirectMapValid: true, collapses: false, marksKernel4K: false,
    buddy: BuddyRules.claiming.onArm64, repeatsRodataAfterInit: false, dividesHugeVmalloc: false,
    vmallocsLargeFirst: false, linearMap: .linux6_18)
}

extension LinearMapRules {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The rules of 6.18. Its leaves have no PTE_DIRTY.
  static var linux6_18: LinearMapRules {
    var rules = linux7_0
    rules.marksDirty = false
    rules.marksInvalid = false
    rules.mirrorsWholeArea = true
    return rules
  }
}
