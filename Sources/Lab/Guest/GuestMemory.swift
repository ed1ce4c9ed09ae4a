import CLinux

/// Where page tables are read: 512 words at physical addresses.
public protocol TableSource {
  /// Gives the words of a table to a function; `nil` if there is no memory at the address.
  func withTable<Result>(
    at address: UInt64, _ body: (UnsafeBufferPointer<UInt64>) -> Result,
  ) -> Result?
}

/// The memory of a guest, shared with QEMU: a file that is mapped here. What the guest writes is seen at
/// once.
@safe public final class GuestMemory: TableSource {
  /// How many bytes there are.
  public let size: UInt64
  /// The descriptor of the file.
  let file: Int32
  private let start: UnsafeMutableRawPointer
  private let ramStart: UInt64
  /// Where the RAM is split: this many bytes lie below, the others from `upper` on.
  private let lower: UInt64
  private let upper: UInt64

  /// Maps a file as the RAM of an architecture; the descriptor is taken over.
  convenience init(file: Int32, size: UInt64, _ architecture: GuestArchitecture) throws(LabError) {
    let hole = architecture.hole.flatMap { size >= $0.largest ? $0 : nil }
    try self.init(file: file, size: size, architecture, lower: hole?.lower)
  }

  /// - Parameter lower: how much of it lies below 4 GiB, where the rest lies above; `nil` where all lies in
  ///   one piece.
  init(
    file: Int32, size: UInt64, _ architecture: GuestArchitecture, lower: UInt64?,
  ) throws(LabError) {
    guard let start = unsafe memory_file_map(file, Int(size)) else {
      throw .system(what: "the guest's memory", reason: "cannot be mapped")
    }
    unsafe self.start = start
    self.file = file
    self.size = size
    ramStart = architecture.ramStart
    self.lower = lower ?? size
    upper = lower.flatMap { _ in architecture.hole?.upper } ?? .max
  }

  /// A new file for this many bytes of RAM, gone with us.
  static func make(
    size: UInt64, _ architecture: GuestArchitecture,
  ) throws(LabError) -> GuestMemory {
    let file = unsafe memory_file("guest-ram", size)
    guard file >= 0 else {
      throw .system(what: "the guest's memory", reason: Wire.reason(-file))
    }
    return try GuestMemory(file: file, size: size, architecture)
  }

  deinit {
    unsafe memory_file_unmap(start, Int(size))
    descriptor_close(file)
  }

  /// A copy of all that the guest has written so far. It takes as much memory as that.
  func copy() throws(LabError) -> MemoryCopy {
    let copy = try MemoryCopy(size: size)
    copy.bytes = unsafe memory_file_copy(file, start, copy.start, size)
    return copy
  }

  /// Makes the memory what it was when it was copied. The guest must stand still.
  func restore(_ copy: MemoryCopy) {
    _ = unsafe memory_file_restore(file, start, copy.start, size)
  }

  /// Where this many bytes at a physical address are in the file; `nil` if there is no RAM.
  func offset(of address: UInt64, count: UInt64) -> Int? {
    guard address >= ramStart else { return nil }
    let place: UInt64
    if address >= upper {
      place = address - upper + lower
    } else {
      place = address - ramStart
      guard place < lower else { return nil }
    }
    guard place <= size, count <= size - place else { return nil }
    return Int(place)
  }

  /// The words at an address of RAM.
  public func withTable<Result>(
    at address: UInt64, _ body: (UnsafeBufferPointer<UInt64>) -> Result,
  ) -> Result? {
    guard address & 0xfff == 0, let place = offset(of: address, count: 4096) else { return nil }
    let words = unsafe (start + place).assumingMemoryBound(to: UInt64.self)
    return unsafe body(UnsafeBufferPointer(start: words, count: 512))
  }

  /// The word at a physical address; `nil` if there is no RAM.
  func word(at address: UInt64) -> UInt64? {
    guard let place = offset(of: address, count: 8) else { return nil }
    return unsafe (start + place).loadUnaligned(as: UInt64.self)
  }

  /// Bytes at a physical address; `nil` if there is no RAM.
  func bytes(at address: UInt64, count: Int) -> [UInt8]? {
    guard let place = offset(of: address, count: UInt64(count)) else { return nil }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start + place, count: count))
  }

  /// Writes words at a physical address; false if there is no RAM.
  func write(_ words: [UInt64], at address: UInt64) -> Bool {
    guard let place = offset(of: address, count: UInt64(words.count) * 8) else { return false }
    for (index, word) in words.enumerated() {
      unsafe (start + place + index * 8).storeBytes(of: word, as: UInt64.self)
    }
    return true
  }
}

/// What a guest's memory held at a moment.
@safe final class MemoryCopy {
  fileprivate let start: UnsafeMutableRawPointer
  private let size: UInt64
  private let file: Int32
  /// How much memory it takes.
  fileprivate(set) var bytes: UInt64 = 0

  fileprivate init(size: UInt64) throws(LabError) {
    let file = unsafe memory_file("guest-copy", size)
    guard file >= 0 else { throw .system(what: "a copy of the guest", reason: Wire.reason(-file)) }
    guard let start = unsafe memory_file_map(file, Int(size)) else {
      descriptor_close(file)
      throw .system(what: "a copy of the guest", reason: "cannot be mapped")
    }
    unsafe self.start = start
    self.size = size
    self.file = file
  }

  deinit {
    unsafe memory_file_unmap(start, Int(size))
    descriptor_close(file)
  }
}
