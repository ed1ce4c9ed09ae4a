/// Finds a file in a tar archive that comes piece by piece.
///
/// Source: POSIX.1-2017, pax, ustar Interchange Format; long names as GNU tar writes them.
struct TarReader {
  private enum State {
    /// The 512 bytes that tell of a file.
    case header
    /// A long name of the next file, of this many bytes.
    case name(Int)
    /// The file that is looked for, of this many bytes.
    case wanted(Int)
    case found
  }

  private var state = State.header
  private var kept: [UInt8] = []
  /// How many bytes are to be passed over.
  private var skipped = 0
  private var longName: String?
  private let isWanted: (String) -> Bool

  /// A file that is larger is not kept: 512 MiB.
  private static let largest = 512 << 20

  /// - Parameter isWanted: whether a file is the one that is looked for, by its path without `./`.
  init(isWanted: @escaping (String) -> Bool) { self.isWanted = isWanted }

  /// The file, when it was read whole.
  var found: [UInt8]? { if case .found = state { kept } else { nil } }

  /// Takes the next bytes.
  mutating func take(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if case .found = state { return }
      if skipped > 0 {
        let passed = min(skipped, rest.count)
        rest = rest.dropFirst(passed)
        skipped -= passed
        continue
      }
      let wanted: Int
      switch state {
      case .header: wanted = 512
      case .name(let size), .wanted(let size): wanted = size
      case .found: return
      }
      let portion = min(wanted - kept.count, rest.count)
      kept += rest.prefix(portion)
      rest = rest.dropFirst(portion)
      if kept.count == wanted { finish(wanted) }
    }
  }

  /// What was wanted has come.
  private mutating func finish(_ size: Int) {
    let block = kept
    switch state {
    case .header:
      kept = []
      readHeader(block)
    case .name:
      longName = String(decoding: block.prefix { $0 != 0 }, as: UTF8.self)
      kept = []
      state = .header
      skipped = Self.padding(size)
    case .wanted, .found: state = .found
    }
  }

  private mutating func readHeader(_ block: [UInt8]) {
    // The end of an archive is zeros.
    guard block[0] != 0 || longName != nil else { return }
    let size = Self.octal(block[124..<136])
    let kind = block[156]
    if kind == UInt8(ascii: "L"), size > 0, size < 1 << 16 {
      state = .name(size)
      return
    }
    let path = longName ?? Self.path(block)
    longName = nil
    let isFile = kind == 0 || kind == UInt8(ascii: "0")
    if isFile, size > 0, size <= Self.largest,
      isWanted(path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
    {
      state = .wanted(size)
    } else {
      skipped = size + Self.padding(size)
    }
  }

  private static func path(_ block: [UInt8]) -> String {
    func text(_ range: Range<Int>) -> String {
      String(decoding: block[range].prefix { $0 != 0 }, as: UTF8.self)
    }
    let prefix = text(345..<500)
    let isStandard = block[257..<262].elementsEqual("ustar".utf8)
    return isStandard && block[262] == 0 && !prefix.isEmpty
      ? prefix + "/" + text(0..<100) : text(0..<100)
  }

  private static func octal(_ digits: ArraySlice<UInt8>) -> Int {
    digits.reduce(0) { sum, byte in
      byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "7") ? sum << 3 | Int(byte - 48) : sum
    }
  }

  private static func padding(_ size: Int) -> Int { (512 - size % 512) % 512 }
}
