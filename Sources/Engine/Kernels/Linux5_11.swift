extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 5.11, on which the grouping cache of April 2021 was based: BPF programs have areas of their
  /// own, and vmalloc maps no large leaves on x86. Not recorded; CPA is that of 6.1.
  public static let linux5_11 = KernelProfile(
    name: "linux-5.11", basis: .memory("vmalloc and users; CPA is that of 6.1, recorded"),
    roClearsDirty: false, aliasNX: .unaliasedAlone, hasRox: false, hasP: false,
    hasDirectMapValid: false, collapses: false, marksKernel4K: false,
    masksGlobalIn1G: false,
    buddy: .linux6_1, moduleLayout: .coreAndInit, hasProgPack: false, hasHugeVmalloc: false,
    walkersStopAtLargeLeaves: true, batchesZap: false, delaysRmap: false, limitsFreedPages: false,
    ignoresFaultsWithoutAlias: true)
}
