public import Engine
import KernelText

/// A recording of what a real kernel does when a process unmaps memory: how often functions were
/// entered, and with which arguments.
///
/// `docs/formats.md` tells what its files are.
public struct ZapRecording: Sendable {
  /// The kernel's release and its command line.
  let release: String
  /// The rules of the kernel.
  public let kernel: KernelProfile
  let zaps: [Zap]

  /// One zap of a fresh process, or the second of the same.
  struct Zap: Sendable {
    var kind: String
    var pages: UInt64
    var operation: String
    var offset: UInt64
    /// The kilobytes of a folio, of kind `mthp`.
    var folioKilobytes: UInt64?
    /// How many pages the kernel could have for batches; `nil`: as many as it liked.
    var batchPages: UInt64?
    /// The entry of the first page before the zap, if it was read.
    var firstEntry: UInt64?
    /// What a process that exits had mapped besides the range, if it was read: runs of pages, and 0 pages for
    /// an empty page table.
    var own: [OwnPages] = []
    /// Whether it unmaps what the zap before it left.
    var isRest = false
    var calls: [String: UInt64] = [:]
    var logs: [String: RecordedLog] = [:]

    struct OwnPages: Equatable {
      var start: VirtualAddress
      var pages: PageCount
    }

    /// The zap in words.
    var name: String {
      let folio = folioKilobytes.map { " of \($0) kB" } ?? ""
      let supply = batchPages.map { ", \($0) batch pages" } ?? ""
      return "zap \(kind)\(folio) \(pages) \(isRest ? "rest" : operation)"
        + (offset == 0 ? "" : " at \(offset)") + supply
    }
  }

  init(release: String, zaps: [Zap], line: Int?) throws(X86RecordingError) {
    guard let kernel = KernelProfile.recorded(release) else {
      throw X86RecordingError(
        line: line,
        reason: "\"\(release.prefix(40))\" is no release of a kernel whose rules are known")
    }
    guard !zaps.isEmpty else {
      throw X86RecordingError(line: line, reason: "no zap follows; the file may be cut off")
    }
    self.release = release
    self.kernel = kernel
    self.zaps = zaps
  }
}

extension KernelProfile {
  /// The profile for x86-64 of a release such as `6.12.117+deb12-cloud-amd64`: the same version if
  /// there is one, else the nearest.
  static func recorded(_ release: some StringProtocol) -> KernelProfile? {
    guard let version = KernelVersion(release) else { return nil }
    return .nearest(to: version, on: .x86_64)
  }
}

// MARK: - Reading

extension ZapRecording {
  /// Whether a text begins as a recording of zaps does.
  static func recognizes(_ text: Substring) -> Bool {
    guard text.hasPrefix("# ") else { return false }
    return text.range(of: "\n## zap ") != nil
  }

  /// Reads the text of a recorder: a line with release and command line, then what it was given and
  /// what it counted.
  init(_ text: String) throws(X86RecordingError) {
    var zaps: [Zap] = []
    var release = ""
    var folio: UInt64?
    var supply: UInt64?
    for line in TextLine.lines(of: text) {
      let words = line.words
      guard let first = words.first else { continue }
      if line.number == 1 {
        release = String(line.text.dropFirst(2))
      } else if first == "##" {
        let heading = line.text.dropFirst(3)
        if heading.hasPrefix("zap ") {
          zaps.append(try Self.zap(line, folio: folio, supply: supply))
        } else if heading == "then the rest" {
          guard var rest = zaps.last else { throw Self.noZap(line) }
          rest.isRest = true
          rest.calls = [:]
          rest.logs = [:]
          zaps.append(rest)
        } else if words.count == 4, words[1] == "mTHP" {
          folio = UInt64(decimal: words[2])
        } else if heading == "no page batch" {
          supply = 0
        } else if heading == "one page batch" {
          supply = 1
        }
      } else if first == "count" {
        guard !zaps.isEmpty else { throw Self.noZap(line) }
        try zaps[zaps.count - 1].count(words.dropFirst(), line)
      } else if first == "own", words.count == 3, !zaps.isEmpty {
        guard let start = UInt64(hex: words[1].after("0x") ?? "-"), start % 4096 == 0,
          let pages = UInt64(decimal: words[2]), pages < 1 << 30
        else {
          throw X86RecordingError(line: line.number, reason: "expected `own 0xADDRESS PAGES`")
        }
        zaps[zaps.count - 1].own.append(
          Zap.OwnPages(start: VirtualAddress(start), pages: PageCount(pages)))
      } else if first == "upte", words.count == 5, !zaps.isEmpty {
        zaps[zaps.count - 1].firstEntry = UInt64(hex: words[4])
      } else if first == "failed" {
        // From here on pages can be had again.
        supply = nil
      }
    }
    try self.init(release: release, zaps: zaps, line: 1)
  }

  private static func noZap(_ line: TextLine) -> X86RecordingError {
    X86RecordingError(
      line: line.number, reason: "a line `## zap KIND pages N OPERATION` goes before")
  }

  /// `## zap KIND pages N OPERATION offset N`
  private static func zap(
    _ line: TextLine, folio: UInt64?, supply: UInt64?,
  ) throws(X86RecordingError) -> Zap {
    let words = line.words
    guard words.count == 8, words[3] == "pages", let pages = UInt64(decimal: words[4]),
      words[6] == "offset", let offset = UInt64(decimal: words[7]), offset < 1 << 30
    else {
      throw X86RecordingError(
        line: line.number, reason: "expected `## zap KIND pages N OPERATION offset N`")
    }
    let kind = String(words[2])
    return Zap(
      kind: kind, pages: pages, operation: String(words[5]), offset: offset,
      folioKilobytes: kind == "mthp" ? folio : nil, batchPages: supply)
  }

  /// Reads the objects of a recording, one a line.
  ///
  /// - Parameter release: the kernel, which the lines do not name.
  init(lines: String, release: String) throws(X86RecordingError) {
    var zaps: [Zap] = []
    for line in TextLine.lines(of: lines) where !line.isBlank {
      let bytes = Array(line.text.utf8) + [UInt8(ascii: "\n")]
      var reader = JSONReader(bytes, 0..<(bytes.count - 1))
      do {
        zaps.append(try Zap(from: &reader))
        try reader.finish()
      } catch {
        throw X86RecordingError(line: line.number, reason: "this is no zap as a recorder writes it")
      }
    }
    try self.init(release: release, zaps: zaps, line: nil)
  }
}

extension ZapRecording.Zap {
  /// `NAME N` or `NAME N log VALUES`
  fileprivate mutating func count(
    _ words: ArraySlice<Substring>, _ line: TextLine,
  ) throws(X86RecordingError) {
    let words = Array(words)
    guard words.count >= 2, let count = UInt64(decimal: words[1]) else {
      throw X86RecordingError(
        line: line.number, reason: "expected `count NAME N`, perhaps with a log")
    }
    calls[String(words[0])] = count
    guard words.count > 3, words[2] == "log" else { return }
    guard let log = RecordedLog(words[3...].joined(separator: " ")) else {
      throw X86RecordingError(line: line.number, reason: "expected values such as `7 509x4 1/0`")
    }
    logs[String(words[0])] = log
  }
}

extension ZapRecording.Zap: JSONReadable {
  init(from json: inout JSONReader) throws(JSONError) {
    self.init(kind: "", pages: 0, operation: "", offset: 0)
    var object = try json.beginObject()
    while let name = try json.nextName(in: &object) {
      switch name {
      case "kind": kind = try json.string()
      case "pages": pages = try json.unsigned()
      case "op": operation = try json.string()
      case "offset": offset = try json.unsigned()
      case "folio_kB": folioKilobytes = try json.unsigned()
      case "page_batches_to_be_had": batchPages = try json.unsigned()
      case "first_entry": firstEntry = UInt64(hex: try json.string())
      case "calls":
        var list = try json.beginObject()
        while let call = try json.nextName(in: &list) { calls[call] = try json.unsigned() }
      case "log":
        var list = try json.beginObject()
        while let call = try json.nextName(in: &list) {
          guard let log = RecordedLog(try json.string()) else { throw .meaningless("it is no log") }
          logs[call] = log
        }
      default: try json.skip()
      }
    }
    if operation == "dontneed, the rest" {
      operation = "dontneed"
      isRest = true
    }
    guard !kind.isEmpty, !operation.isEmpty, !calls.isEmpty, offset < 1 << 30 else {
      throw .missing("kind")
    }
  }
}
