import FoundationEssentials
@unsafe @preconcurrency import Glibc
import Interface
import SystemPackage

/// What is held whole while it is looked at. What is read as a stream has no limit.
nonisolated enum HeldFile {
  /// A session to open, a scenario to go over many times, or a recording to play.
  case session
  /// A trace that comes through a pipe: a trace is read twice or more.
  case pipedTrace
  /// A module, a list, leaves, and other parts of what is looked at.
  case part
  /// The configuration.
  case configuration(limit: Int)
  /// The program itself.
  case program

  /// The most bytes.
  fileprivate var limit: Int {
    switch self {
    case .session, .pipedTrace, .part: 256 << 20
    case .configuration(let limit): limit
    case .program: 1 << 30
    }
  }

  /// What to do with a longer one.
  fileprivate var wayOut: String {
    switch self {
    case .session:
      "it can be checked by directmap validate, run or verify, which hold no text whole"
    case .pipedTrace: "save it to a file, which is read piece by piece"
    case .part, .configuration, .program: "give a smaller file"
    }
  }
}

// MARK: - Reading files

extension CommandLine {
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
      let place = UTF8Place(ofFirstWrongByteIn: bytes)
      throw UserError(
        inFile: path, line: place.line, column: place.column,
        "byte \(place.offset) of the file, 0x\(String(place.byte, radix: 16)), is no UTF-8; convert "
          + "the file, or give another one")
    }
    return text
  }

  /// All bytes of standard input.
  nonisolated static func standardInput() throws(UserError) -> Data {
    try bytes(named: "standard input", as: .session) { buffer throws(UserError) in
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
    ofFile path: String, _ kind: InputKind = .file, as held: HeldFile = .part,
  ) throws(UserError) -> Data {
    try stamped(path, kind, as: held).bytes
  }

  /// The bytes of a file, and its state when it was opened; nil for a pipe.
  nonisolated static func stamped(
    _ path: String, _ kind: InputKind, as held: HeldFile,
  ) throws(UserError) -> (bytes: Data, stamp: FileStamp?) {
    let file = try InputFile(path, kind)
    let bytes = try bytes(named: path, as: held) { buffer throws(UserError) in
      try file.read(into: &buffer)
    }
    return (bytes, file.stamp)
  }

  /// All that can be read, without the mark that some editors put before UTF-8.
  private nonisolated static func bytes(
    named name: String, as held: HeldFile,
    _ read: (inout [UInt8]) throws(UserError) -> Int,
  ) throws(UserError) -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try read(&buffer), count > 0 {
      data.append(contentsOf: buffer[..<count])
      if data.count > held.limit {
        throw UserError("\(name) is longer than \(held.limit >> 20) MiB; \(held.wayOut)")
      }
    }
    return data.starts(with: [0xef, 0xbb, 0xbf]) ? Data(data.dropFirst(3)) : data
  }
}

/// Where a text stops being UTF-8.
private nonisolated struct UTF8Place {
  /// The line and the character in it, from 1.
  private(set) var line = 1
  private(set) var column = 1
  /// The byte, from 0, and its value.
  private(set) var offset = 0
  private(set) var byte: UInt8 = 0

  init(ofFirstWrongByteIn bytes: Data) {
    var decoder = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    while case .valid(let encoded) = decoder.parseScalar(from: &rest) {
      offset += encoded.count
      if Unicode.UTF8.decode(encoded) == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    byte = bytes.dropFirst(offset).first ?? 0
  }
}
