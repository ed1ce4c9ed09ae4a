extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.3 for arm64: the kernel's data is invalid in the linear map. Recorded (7.3.4).
  public static let linux7_3Arm64 = KernelProfile(
    name: "linux-7.3-arm64", architecture: .arm64,
    basis: .recorded("7.3.4"),
    roClearsDirty: false, aliasNX: .stripped,
    hasRox: true, hasP: false, hasDirectMapValid: true, collapses: false, marksKernel4K: false,
    buddy: BuddyRules.claiming.onArm64, repeatsRodataAfterInit: false, dividesHugeVmalloc: false,
    vmallocsLargeFirst: true, linearMap: .linux7_3)
}

extension LinearMapRules {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The rules of 7.3.
  static var linux7_3: LinearMapRules {
    var rules = linux7_2
    rules.dataAlias = .invalid(behindBSS: 34)
    return rules
  }
}
