import Lab

extension CommandLine {
  /// The folder in which distributions install kernels.
  private nonisolated static var bootFolder: String { "/boot" }

  /// The bytes of a kernel that a user names, or of the newest one that is installed and can be read.
  nonisolated static func kernel(
    _ path: String?,
  ) throws(UserError) -> (bytes: [UInt8], name: String) {
    guard let path else { return try installedKernel() }
    let named = path.hasPrefix("-") ? "./\(path)" : path
    if path.hasSuffix(".deb") {
      // What cannot be opened, or is no plain file, is refused before another program gets it.
      _ = try InputFile(named, .file)
      do throws(LabError) {
        return (try DebianPackage.kernel(in: named), path.lastPathComponent)
      } catch {
        throw UserError(error.description)
      }
    }
    return ([UInt8](try bytes(ofFile: named)), path.lastPathComponent)
  }

  private nonisolated static func installedKernel() throws(UserError) -> (
    bytes: [UInt8], name: String
  ) {
    let names = (try? OutputFolder(bootFolder).names) ?? []
    let kernels = names.filter { $0.hasPrefix("vmlinuz-") }
      .sorted { numbers(in: $0).lexicographicallyPrecedes(numbers(in: $1)) }
    for name in kernels.reversed() {
      if let bytes = try? bytes(ofFile: "\(bootFolder)/\(name)") { return ([UInt8](bytes), name) }
    }
    throw UserError(
      "no kernel in \(bootFolder) can be read; name one, or on Debian: apt-get download "
        + "$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends/ {print $2}'), then --kernel "
        + "FILE.deb; root is not needed")
  }

  /// The numbers in a name, by which releases are ordered.
  private nonisolated static func numbers(in name: String) -> [Int] {
    name.split { !$0.isNumber }.map { Int($0) ?? 0 }
  }
}
