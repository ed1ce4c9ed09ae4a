import FoundationEssentials
@unsafe @preconcurrency import Glibc
import Interface
import SystemPackage

// MARK: - Reading files

extension CommandLine {
  /// The most bytes that are read of a file: no recording comes near, and a wrong file fails at once.
  private nonisolated static let sizeLimit = 64 << 20

  /// The text of a file. Bytes that are no UTF-8 become replacement characters: logs may have some.
  nonisolated static func text(
    ofFile path: String, _ kind: InputKind = .file,
  ) throws(UserError) -> String {
    String(decoding: try bytes(ofFile: path, kind), as: UTF8.self)
  }

  /// The text of a scenario, which must be UTF-8: what it says is shown.
  nonisolated static func scenarioText(
    _ bytes: Data, from path: String,
  ) throws(UserError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError("\(path) is no UTF-8 text; convert it, or give another file")
    }
    return text
  }

  /// All bytes of standard input.
  nonisolated static func standardInput() throws(UserError) -> Data {
    try bytes(named: "standard input") { buffer throws(UserError) in
      try InputFile.read(.standardInput, named: "standard input", into: &buffer, waits: true)
    }
  }

  /// Whether something stands under a name, even if it cannot be read.
  nonisolated static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 || errno == EACCES
  }

  /// The bytes of a file.
  nonisolated static func bytes(
    ofFile path: String, _ kind: InputKind = .file, limit: Int = sizeLimit,
  ) throws(UserError) -> Data {
    try stamped(path, kind, limit: limit).bytes
  }

  /// The bytes of a file, and its state when it was opened; nil for a pipe.
  nonisolated static func stamped(
    _ path: String, _ kind: InputKind, limit: Int = sizeLimit,
  ) throws(UserError) -> (bytes: Data, stamp: FileStamp?) {
    let file = try InputFile(path, kind)
    let bytes = try bytes(named: path, limit: limit) { buffer throws(UserError) in
      try file.read(into: &buffer)
    }
    return (bytes, file.stamp)
  }

  /// All that can be read, without the mark that some editors put before UTF-8.
  private nonisolated static func bytes(
    named name: String, limit: Int = sizeLimit,
    _ read: (inout [UInt8]) throws(UserError) -> Int,
  ) throws(UserError) -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try read(&buffer), count > 0 {
      data.append(contentsOf: buffer[..<count])
      if data.count > limit {
        let what = limit < sizeLimit ? "smaller file" : "scenario, a recording or a log"
        throw UserError("\(name) is longer than \(limit >> 20) MiB; give a \(what)")
      }
    }
    return data.starts(with: [0xef, 0xbb, 0xbf]) ? Data(data.dropFirst(3)) : data
  }
}
