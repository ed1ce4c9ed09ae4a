extension KernelProfile {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Linux 5.15: as 5.11, but a walk by software over a large leaf fails and does not stop the kernel, and
  /// leaves of 1G have no G under page-table isolation, as in its updates since the end of 2022.
  ///
  /// Not checked. That BPF has no packs and vmalloc no large leaves on x86 before 5.18, and that the
  /// walkers were mended in 5.13, is from memory.
  public static let linux5_15 = {
    var profile = linux5_11
    profile.name = "linux-5.15"
    profile.basis = .memory("between 5.11 and 6.1; no source was read")
    profile.walkersStopAtLargeLeaves = false
    profile.masksGlobalIn1G = true
    return profile
  }()
}
