import Engine

extension CommandLine {
  /// The kernel version that a file `version.txt` beside a file tells, or the name of a folder above it.
  nonisolated static func kernelVersion(beside path: String) -> String? {
    var folders = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let beside = (folders + ["version.txt"]).joined(separator: "/")
    if let text = try? CommandLine.text(ofFile: beside), let version = text.kernelRelease {
      return version
    }
    while let folder = folders.popLast() {
      if KernelProfile(version: folder) != nil { return String(folder) }
    }
    return nil
  }
}

extension String {
  /// The kernel's name in `/proc/version`: `Linux version 6.12.117 (...)`.
  nonisolated var kernelRelease: String? {
    split(separator: " ").first { $0.first?.isNumber == true }.map { String($0.prefix(80)) }
  }
}
