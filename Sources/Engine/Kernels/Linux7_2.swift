extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.2 from 7.2.7 on, recorded as 7.2.12.
  public static let linux7_2 = KernelProfile(
    name: "linux-7.2", basis: .recorded("7.2.12"),
    roClearsDirty: true, aliasNX: .stripped, hasRox: true, hasP: true,
    hasDirectMapValid: true, collapses: true, marksKernel4K: true,
    countsSplitTables: true, buddy: .linux7_2,
    repeatsRodataAfterInit: false,
    hasROXCache: true, dividesHugeVmalloc: false, vmallocsLargeFirst: true,
    shrinksMemoryTypes: false, batchesPageTables: true,
    reclaimsPageTables: true, marksSharedReadsDirty: true, idtPageInBSS: 4,
    unwindTablePages: 1352)
}
