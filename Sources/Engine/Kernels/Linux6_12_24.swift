extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 6.12 up to 6.12.24: D stays where RW goes. 6.12.25 brought "x86/mm: Clear _PAGE_DIRTY for kernel
  /// mappings when we clear _PAGE_RW" (changelog of Debian's package).
  ///
  /// Its page allocator is that of 6.12.117; in which update the fallback of 6.15 came is not known.
  /// `verify_rwx()` does not warn: 7.2.13, which is later, still lacks the patch that mends it.
  public static let linux6_12_24 = {
    var profile = linux6_12
    profile.name = "linux-6.12.24"
    profile.lastUpdate = 24
    profile.basis = .source("the changelog of 6.12.25; all else as recorded of 6.12.117")
    profile.roClearsDirty = false
    profile.warnsOfRWX = false
    return profile
  }()
}
