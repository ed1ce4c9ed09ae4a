import CLinux

/// Packages of Debian, taken apart by `dpkg-deb`; nothing is installed.
public enum DebianPackage {
  /// The kernel image in a package: `boot/vmlinuz-...`, or since Debian 14 `vmlinuz` among the modules.
  ///
  /// - Parameter path: the package; it must not begin with a hyphen.
  public static func kernel(in path: String) throws(LabError) -> [UInt8] {
    let found = try file(in: path) { name in
      name.hasPrefix("boot/vmlinu")
        || (name.hasPrefix("usr/lib/modules/") || name.hasPrefix("lib/modules/"))
          && name.split(separator: "/").last == "vmlinuz"
    }
    guard let found else {
      throw .notAKernel(
        "\(path) holds no kernel; of Debian's packages those with the image are called "
          + "linux-image-VERSION, or linux-binary-VERSION from 7 on")
    }
    return found
  }

  /// The first file of a package that is wanted; `nil` if it has none.
  private static func file(
    in path: String, where isWanted: @escaping (String) -> Bool,
  ) throws(LabError) -> [UInt8]? {
    let (own, other) = try Wire.pair()
    let process = Program.start(
      "dpkg-deb", ["--fsys-tarfile", path], keeping: [], output: other.descriptor)
    guard process > 0 else {
      throw .notStarted(program: "dpkg-deb", reason: Wire.reason(-process))
    }
    defer { process_end(process) }
    other.close()
    var reader = TarReader(isWanted: isWanted)
    var seen = 0
    while reader.found == nil {
      let bytes: [UInt8]
      do throws(LabError) {
        bytes = try own.read(milliseconds: 60_000)
      } catch {
        break
      }
      if bytes.isEmpty { throw .tooSlow(what: "dpkg-deb", seconds: 60, console: "") }
      if seen == 0, bytes.starts(with: "dpkg-deb: ".utf8) {
        let line = bytes.prefix { $0 != 10 }
        throw .notAKernel(String(decoding: line, as: UTF8.self))
      }
      seen += bytes.count
      reader.take(bytes)
    }
    return reader.found
  }
}
