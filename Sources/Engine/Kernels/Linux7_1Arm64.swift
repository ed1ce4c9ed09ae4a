extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.1 for arm64, recorded as 7.1.13: as 7.0.
  public static let linux7_1Arm64 = KernelProfile(
    name: "linux-7.1-arm64", architecture: .arm64,
    basis: .recorded("7.1.13"),
    roClearsDirty: false, aliasNX: .stripped,
    hasRox: true, hasP: false, hasDirectMapValid: true, collapses: false, marksKernel4K: false,
    buddy: BuddyRules.claiming.onArm64, repeatsRodataAfterInit: false, dividesHugeVmalloc: false,
    vmallocsLargeFirst: true, linearMap: .linux7_1)
}

extension LinearMapRules {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The rules of 7.1: those of 7.0.
  static var linux7_1: LinearMapRules {
    linux7_0
  }
}
