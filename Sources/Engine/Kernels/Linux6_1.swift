extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.1, recorded as 6.1.192, as Debian 12 ships it.
  public static let linux6_1 = KernelProfile(
    name: "linux-6.1", basis: .recorded("6.1.192"),
    roClearsDirty: false, aliasNX: .unaliasedAlone, hasRox: false, hasP: false,
    hasDirectMapValid: false, collapses: false, marksKernel4K: false,
    buddy: .linux6_1, moduleLayout: .coreAndInit, batchesZap: false,
    delaysRmap: false, limitsFreedPages: false, ignoresFaultsWithoutAlias: true)
}
