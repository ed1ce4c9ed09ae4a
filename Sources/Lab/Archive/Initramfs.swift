/// The file system that the guest's first program runs in: a cpio archive of the `newc` format.
///
/// Source: Documentation/driver-api/early-userspace/buffer-format.rst.
struct Initramfs {
  private(set) var bytes: [UInt8] = []
  private var count: UInt32 = 0

  private enum Kind {
    static let folder: UInt32 = 0o40755
    static let program: UInt32 = 0o100755
    /// A file may be a program, too.
    static let file: UInt32 = 0o100755
    static let device: UInt32 = 0o20600
  }

  /// What the first program needs, and files beside it.
  init(program: [UInt8], files: [(name: String, bytes: [UInt8])] = []) {
    for folder in ["proc", "sys", "dev", "lab"] { add(folder, Kind.folder) }
    add("dev/console", Kind.device, device: (5, 1))
    add("init", Kind.program, program)
    for file in files { add("lab/\(file.name)", Kind.file, file.bytes) }
    add("TRAILER!!!", 0)
  }

  private mutating func add(
    _ name: String, _ mode: UInt32, _ content: [UInt8] = [], device: (UInt32, UInt32) = (0, 0),
  ) {
    count += 1
    let nameBytes = Array(name.utf8) + [0]
    let fields: [UInt32] = [
      count, mode, 0, 0, 1, 0, UInt32(content.count), 0, 0, device.0, device.1,
      UInt32(nameBytes.count), 0,
    ]
    bytes += Array("070701".utf8)
    for field in fields { for byte in 0..<4 { Self.append(field >> (24 - 8 * byte), &bytes) } }
    bytes += nameBytes
    pad()
    bytes += content
    pad()
  }

  private static func append(_ value: UInt32, _ bytes: inout [UInt8]) {
    DebuggerPacket.appendHex(UInt8(truncatingIfNeeded: value), to: &bytes)
  }

  private mutating func pad() {
    while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
  }
}
