/// A tar archive of plain files, as ustar has them: what `TarReader` and every tar read.
public struct TarWriter: Sendable {
  private(set) var bytes: [UInt8] = []
  private static let block = 512

  /// Creates an empty archive.
  public init() {}

  /// Adds a file.
  ///
  /// - Parameter name: its name with its folders, in ASCII, at most 100 bytes.
  public mutating func add(_ name: String, _ contents: some Collection<UInt8>) {
    var header = [UInt8](repeating: 0, count: Self.block)
    func put(_ text: String, _ place: Int, _ room: Int) {
      for (index, byte) in text.utf8.prefix(room).enumerated() { header[place + index] = byte }
    }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    put(name, 0, 100)
    put(octal(0o600, 7), 100, 7)
    put(octal(0, 7), 108, 7)
    put(octal(0, 7), 116, 7)
    put(octal(contents.count, 11), 124, 11)
    // No time: the same contents give the same archive.
    put(octal(0, 11), 136, 11)
    put(String(repeating: " ", count: 8), 148, 8)
    put("0", 156, 1)
    put("ustar", 257, 5)
    put("00", 263, 2)
    let sum = header.reduce(0) { $0 + Int($1) }
    put(octal(sum, 6), 148, 6)
    header[154] = 0
    bytes += header
    bytes += contents
    pad()
  }

  /// The whole archive, with its end.
  public var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 2 * Self.block) }

  private mutating func pad() {
    let rest = bytes.count % Self.block
    if rest > 0 { bytes += [UInt8](repeating: 0, count: Self.block - rest) }
  }
}
