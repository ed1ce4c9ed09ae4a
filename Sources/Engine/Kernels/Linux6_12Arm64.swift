extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.12 for arm64: the series of April 2024 as it was merged, in the simpler form of the
  /// review. Recorded (6.12.95).
  public static let linux6_12Arm64 = KernelProfile(
    name: "linux-6.12-arm64", architecture: .arm64,
    basis: .recorded("6.12.95"),
    roClearsDirty: false, aliasNX: .stripped,
    hasRox: true, hasP: false, hasDirectMapValid: false, collapses: false, marksKernel4K: false,
    buddy: BuddyRules.claiming.onArm64, linearMap: LinearMapRules())
}
