extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.0 for arm64: on CPUs with FEAT_BBM level 2 the linear map keeps its blocks under
  /// rodata=on and splits them on demand. Recorded (7.0.13).
  public static let linux7_0Arm64 = KernelProfile(
    name: "linux-7.0-arm64", architecture: .arm64,
    basis: .recorded("7.0.13"),
    roClearsDirty: false, aliasNX: .stripped,
    hasRox: true, hasP: false, hasDirectMapValid: true, collapses: false, marksKernel4K: false,
    buddy: BuddyRules.claiming.onArm64, repeatsRodataAfterInit: false, dividesHugeVmalloc: false,
    vmallocsLargeFirst: true, linearMap: .linux7_0)
}

extension LinearMapRules {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The rules of 7.0.
  static var linux7_0: LinearMapRules {
    var rules = LinearMapRules()
    rules.knowsRealms = true
    rules.hasBBML2 = true
    rules.refusesHugeAreas = true
    rules.mirrorsWholeArea = false
    rules.flushesMadeValid = false
    rules.rodata = .onOffNoalias
    rules.marksInvalid = true
    return rules
  }
}
