extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.1 for arm64: the linear map is built as it was before the series of April 2024. The
  /// map is recorded (6.1.176); its page allocator is that of 6.1 for x86-64.
  public static let linux6_1Arm64 = KernelProfile(
    name: "linux-6.1-arm64", architecture: .arm64,
    basis: .recorded("6.1.176"),
    roClearsDirty: false, aliasNX: .stripped,
    hasRox: false, hasP: false, hasDirectMapValid: false, collapses: false, marksKernel4K: false,
    buddy: BuddyRules.linux6_1.onArm64, moduleLayout: .coreAndInit, hasProgPack: false,
    linearMap: .linux6_1, batchesZap: false, delaysRmap: false, limitsFreedPages: false)
}

extension LinearMapRules {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The rules of 6.1: those before the series, and no word about KFENCE.
  static var linux6_1: LinearMapRules {
    var rules = Stage.base.rules
    rules.knowsLateKFENCE = false
    rules.hasKFENCE = false
    rules.takesLPA2 = false
    rules.crashkernelNeedsPages = true
    rules.imageBeginsAtStext = true
    rules.pagingInit.callsBefore = 5
    rules.pagingInit.callsAfter = 2
    rules.pagingInit.invalidationsBetween = 4
    return rules
  }
}
