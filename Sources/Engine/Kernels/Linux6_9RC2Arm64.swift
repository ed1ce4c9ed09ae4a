extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.9-rc2 for arm64: the tree that the series of April 2024 was based on. Not recorded.
  public static let linux6_9RC2Arm64 = KernelProfile(
    name: "linux-6.9-rc2-arm64", architecture: .arm64,
    basis: .source("the tree that the series of April 2024 was based on"),
    roClearsDirty: false, aliasNX: .stripped,
    hasRox: true, hasP: false, hasDirectMapValid: false, collapses: false, marksKernel4K: false,
    buddy: BuddyRules.linux6_1.onArm64, linearMap: LinearMapRules.Stage.base.rules)
}
