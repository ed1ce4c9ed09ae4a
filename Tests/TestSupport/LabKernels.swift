import Foundation
import Synchronization

/// Kernels of this Debian release, downloaded by apt-get for the tests and not installed.
public enum LabKernels {
  /// The package with the kernel of x86-64; `nil` where none can be had: no network, or no Debian.
  public static let x86 = download("linux-image-cloud-amd64", "amd64")
  /// The package with the kernel of arm64; `nil` where none can be had.
  public static let arm64 = download("linux-image-cloud-arm64", "arm64")

  /// Why tests are skipped.
  public static let missing = "apt-get download gives no kernel here"

  private static func download(_ package: String, _ architecture: String) -> String? {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "directmap-kernels-\(getuid())-\(architecture)").path
    // The lists of packages are those of the system, for both architectures, in a folder of their own.
    let script = """
      set -e
      mkdir -p "$0/lists/partial"; cd "$0"
      ls *.deb >/dev/null 2>&1 && exit 0
      set -- -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 -o Dir::State::lists="$0/lists" \
        -o APT::Sandbox::User=root
      apt-get "$@" -qq update
      image=$(apt-cache "$@" depends \(package):\(architecture) | sed -n 's/.*Depends: \\(linux-image[^ ]*\\).*/\\1/p' \
        | head -n 1)
      apt-get "$@" -qq download "${image%%:*}:\(architecture)"
      """
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script, folder]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder),
      let name = names.first(where: { $0.hasSuffix(".deb") })
    else { return nil }
    return "\(folder)/\(name)"
  }

  /// The kernel images in them, so that not every test unpacks a package.
  public static let x86Image = image(of: x86)
  /// The same of arm64.
  public static let arm64Image = image(of: arm64)

  private static func image(of package: String?) -> String? {
    package.flatMap { try? image(in: $0) }
  }

  /// The path of the kernel image in a package of Debian; `nil` if it has none.
  public static func image(in package: String) throws -> String? {
    try path(in: package) { $0.split(separator: "/").last?.hasPrefix("vmlinuz") == true }
  }

  /// The first file with a name in a package of Debian; `nil` if it has none.
  public static func file(named name: String, in package: String) throws -> [UInt8]? {
    try path(in: package) { $0.hasSuffix("/\(name)") }
      .flatMap(FileManager.default.contents).map { Array($0) }
  }

  /// The path of the first file of a package that is wanted. The package is unpacked once, into a folder
  /// beside it that stays.
  private static func path(in package: String, where isWanted: (String) -> Bool) throws -> String? {
    let folder = package + ".files"
    try unpacking.withLock { _ in
      guard !FileManager.default.fileExists(atPath: folder) else { return }
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = [
        "-c", "dpkg-deb -x \"$0\" \"$1.part\" && mv \"$1.part\" \"$1\"", package, folder,
      ]
      try process.run()
      process.waitUntilExit()
    }
    let paths = FileManager.default.enumerator(atPath: folder)?.lazy.compactMap { $0 as? String }
    return paths?.first(where: isWanted).map { "\(folder)/\($0)" }
  }
  private static let unpacking = Mutex(())
}
