import CLinux
@unsafe @preconcurrency import Glibc
import SystemPackage

/// How a file is packed: by a program of the system, which packs and unpacks.
nonisolated enum Compression: String, CaseIterable, Sendable {
  case gzip, zstd, xz, bzip2

  /// Judges by the first bytes; `nil` for what is not packed.
  init?(beginning bytes: some Sequence<UInt8>) {
    let marks: [(Compression, [UInt8])] = [
      (.gzip, [0x1f, 0x8b]), (.zstd, [0x28, 0xb5, 0x2f, 0xfd]),
      (.xz, [0xfd, 0x37, 0x7a, 0x58, 0x5a]), (.bzip2, [0x42, 0x5a, 0x68]),
    ]
    let first = Array(bytes.prefix(6))
    guard let found = marks.first(where: { first.starts(with: $0.1) }) else { return nil }
    self = found.0
  }

  /// The program that unpacks by hand.
  var unpacker: String {
    switch self {
    case .gzip: "gunzip"
    case .zstd: "unzstd"
    case .xz: "unxz"
    case .bzip2: "bunzip2"
    }
  }
}

/// What a file holds when it is unpacked, in memory: a file without a name, gone with this value.
nonisolated final class UnpackedFile: Sendable {
  private let descriptor: Int32
  /// The name by which it can be opened, as often as it is wanted.
  var path: String { "/proc/self/fd/\(descriptor)" }

  private static let limit: Int64 = 8 << 30

  /// Unpacks a file.
  ///
  /// - Returns: `nil` where the program is not installed.
  init?(_ path: String, _ compression: Compression) throws(UserError) {
    descriptor = unsafe memory_file("unpacked", 0)
    guard descriptor >= 0 else { throw UserError("\(path) cannot be unpacked: no memory") }
    let arguments = [
      compression.rawValue, "-d", "-c", "--", path.hasPrefix("-") ? "./\(path)" : path,
    ]
    guard
      let status = try Self.run(
        compression.rawValue, arguments, keeping: [], into: descriptor, limit: Self.limit, path)
    else { return nil }
    guard status == 0 else {
      throw UserError("\(path) is damaged: \(compression.rawValue) cannot unpack it")
    }
  }

  deinit { close(descriptor) }

  /// Packs bytes by zstd.
  ///
  /// - Returns: `nil` where zstd is not installed.
  static func packed(_ bytes: [UInt8]) throws(UserError) -> [UInt8]? {
    let source = unsafe memory_file("plain", 0)
    let result = unsafe memory_file("packed", 0)
    defer {
      if source >= 0 { close(source) }
      if result >= 0 { close(result) }
    }
    guard source >= 0, result >= 0,
      (try? FileDescriptor(rawValue: source).writeAll(toAbsoluteOffset: 0, bytes)) != nil
    else { throw UserError("the snapshot cannot be packed: no memory") }
    // Without -f it reads through no link, which that name is.
    let arguments = ["zstd", "-q", "-f", "-c", "/proc/self/fd/\(source)"]
    guard
      let status = try run(
        "zstd", arguments, keeping: [source], into: result, limit: limit, "the snapshot"),
      status == 0
    else { return nil }
    var packed = [UInt8](repeating: 0, count: Int(size(result)))
    let file = FileDescriptor(rawValue: result)
    let count = unsafe packed.withUnsafeMutableBytes { buffer in
      unsafe (try? file.read(fromAbsoluteOffset: 0, into: buffer)) ?? 0
    }
    return count == packed.count ? packed : nil
  }

  private static func size(_ descriptor: Int32) -> Int64 {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Runs a program until it ends; its status, or `nil` if there is no such program.
  private static func run(
    _ program: String, _ arguments: [String], keeping kept: [Int32], into output: Int32,
    limit: Int64, _ what: String,
  ) throws(UserError) -> Int32? {
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    let process = unsafe process_start(program, words, kept, kept.count, output)
    if process == -ENOENT { return nil }
    guard process > 0 else { throw UserError("\(program) cannot be started: error \(-process)") }
    var status: Int32 = 0
    while unsafe process_has_ended(process, &status) == 0 {
      if size(output) > limit {
        process_end(process)
        throw UserError("\(what) is longer than \(limit >> 30) GiB unpacked; unpack it to a disk")
      }
      Worker.pause(milliseconds: 2)
    }
    return status
  }
}
