extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 7.0: CPA flushes one range for all pages of a request, and vmalloc takes large blocks first. Its
  /// CPA, vmalloc and execmem were read in a public tree whose Makefile says 7.0.0 and which carries
  /// other patches; 7.2.12 is recorded to flush page by page.
  public static let linux7_0 = {
    var profile = linux7_1
    profile.name = "linux-7.0"
    profile.basis = .source("a public tree of 7.0.0 with other patches; nothing recorded")
    profile.flushesRange = true
    return profile
  }()
}
