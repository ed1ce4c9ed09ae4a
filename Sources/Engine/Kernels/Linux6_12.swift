extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.12 from 6.12.25 on, recorded as 6.12.117.
  public static let linux6_12 = KernelProfile(
    name: "linux-6.12", basis: .recorded("6.12.117"),
    roClearsDirty: true, aliasNX: .stripped, hasRox: true, hasP: true,
    hasDirectMapValid: false, collapses: false, marksKernel4K: false,
    warnsOfRWX: true)
}
