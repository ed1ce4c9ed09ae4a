/// The sections of a 64-bit little-endian ELF file.
///
/// Every offset is checked against the file before it is followed: bytes of any kind are read or
/// refused. Source of the layout: include/uapi/linux/elf.h.
public struct ElfSections: Sendable {
  /// A section header.
  public struct Section: Equatable, Sendable {
    /// The name.
    public var name: String
    /// `sh_type`.
    public var type: UInt32
    /// `sh_flags`.
    public var flags: UInt64
    /// The offset of its bytes in the file.
    public var offset: UInt64
    /// Its size in bytes.
    public var size: UInt64
    /// `sh_addralign`, a power of two; 1 where the file says 0.
    public var alignment: UInt64
    /// `sh_link`: for a symbol table, the section with the names.
    public var link: UInt32
  }

  /// `SHT_SYMTAB`.
  static let symbolTable: UInt32 = 2
  /// `SHT_NOBITS`: takes no bytes in the file.
  static let noBits: UInt32 = 8
  /// `SHF_WRITE`.
  static let write: UInt64 = 1
  /// `SHF_ALLOC`.
  static let alloc: UInt64 = 2
  /// `SHF_EXECINSTR`.
  static let execute: UInt64 = 4

  /// The headers, the empty first one included.
  public private(set) var sections: [Section] = []
  let bytes: [UInt8]

  private static let headerBytes = 64
  private static let sectionHeaderBytes = 64
  /// Longer names than the kernel itself allows for a symbol.
  private static let nameLimit = 512

  /// Reads the headers of a file.
  public init(reading bytes: some Sequence<UInt8>) throws(ElfError) {
    self.bytes = Array(bytes)
    try checkIdentity()
    guard let offset = word(at: 40, of: 8), let size = word(at: 58, of: 2),
      let count = word(at: 60, of: 2), let names = word(at: 62, of: 2)
    else { throw .cutOff("the header") }
    guard size == Self.sectionHeaderBytes, count > 0, names < count else {
      throw .unbelievable("the file has no usable section headers")
    }
    var nameOffsets: [UInt64] = []
    for index in 0..<count {
      let place = offset.addingReportingOverflow(index * size)
      guard !place.overflow else { throw .cutOff("section header \(index)") }
      nameOffsets.append(try readSection(at: place.partialValue, index))
    }
    let table = sections[Int(names)]
    for (index, offset) in nameOffsets.enumerated() where index > 0 {
      sections[index].name = try text(at: offset, in: table)
    }
  }

  private func checkIdentity() throws(ElfError) {
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      if bytes.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a]) { throw .compressed("xz") }
      if bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) { throw .compressed("zstd") }
      if bytes.starts(with: [0x1f, 0x8b]) { throw .compressed("gzip") }
      throw .notELF
    }
    guard bytes.count >= Self.headerBytes else { throw .cutOff("the header") }
    guard bytes[4] == 2, bytes[5] == 1 else {
      throw .otherKind("the file is not 64-bit and little-endian")
    }
    guard word(at: 16, of: 2) == 1 else { throw .otherKind("the file is not relocatable") }
    guard word(at: 18, of: 2) == 62 else { throw .otherKind("the file is for another processor") }
  }

  /// Adds the header at an offset; returns where its name stands.
  private mutating func readSection(
    at place: UInt64, _ index: UInt64,
  ) throws(ElfError) -> UInt64 {
    guard place <= UInt64(bytes.count), UInt64(bytes.count) - place >= 64,
      let name = word(at: place, of: 4), let type = word(at: place + 4, of: 4),
      let flags = word(at: place + 8, of: 8), let offset = word(at: place + 24, of: 8),
      let size = word(at: place + 32, of: 8), let link = word(at: place + 40, of: 4),
      let alignment = word(at: place + 48, of: 8)
    else { throw .cutOff("section header \(index)") }
    if type != UInt64(Self.noBits) {
      let end = offset.addingReportingOverflow(size)
      guard !end.overflow, end.partialValue <= UInt64(bytes.count) else {
        throw .cutOff("section \(index)")
      }
    }
    guard alignment & (alignment &- 1) == 0, alignment <= 1 << 21 else {
      throw .unbelievable("section \(index) is aligned to \(alignment) bytes")
    }
    sections.append(
      Section(
        name: "", type: UInt32(type), flags: flags, offset: offset, size: size,
        alignment: max(alignment, 1), link: UInt32(link)))
    return name
  }

  /// The little-endian number of this many bytes, at most 8; `nil` if it is outside the file.
  func word(at offset: UInt64, of count: UInt64) -> UInt64? {
    guard offset <= UInt64(bytes.count), UInt64(bytes.count) - offset >= count else { return nil }
    var word: UInt64 = 0
    for index in (0..<Int(count)).reversed() {
      word = word << 8 | UInt64(bytes[Int(offset) + index])
    }
    return word
  }

  /// The text that begins at an offset into a section and ends with a zero byte.
  func text(at offset: UInt64, in table: Section) throws(ElfError) -> String {
    String(decoding: bytes[try textRange(at: offset, in: table)], as: UTF8.self)
  }

  /// Where that text stands in the file.
  func textRange(at offset: UInt64, in table: Section) throws(ElfError) -> Range<Int> {
    guard table.type != Self.noBits, offset < table.size else { throw .cutOff("a name") }
    let start = Int(table.offset + offset)
    let limit = min(Int(table.offset + table.size), start + Self.nameLimit)
    guard let end = bytes[start..<limit].firstIndex(of: 0) else {
      throw .unbelievable("a name does not end within \(Self.nameLimit) bytes")
    }
    return start..<end
  }
}
