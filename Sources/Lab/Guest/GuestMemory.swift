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
  /// A second file, of memory that can be plugged in, and the physical address where it begins.
  let plugged: (start: UInt64, memory: GuestMemory)?

  /// Maps a file as the RAM of an architecture; the descriptor is taken over.
  convenience init(
    file: Int32, size: UInt64, _ architecture: GuestArchitecture,
    plugged: (start: UInt64, memory: GuestMemory)? = nil,
  ) throws(LabError) {
    let hole = architecture.hole.flatMap { size >= $0.largest ? $0 : nil }
    try self.init(
      file: file, size: size, ramStart: architecture.ramStart, lower: hole?.lower,
      upper: architecture.hole?.upper, plugged: plugged)
  }

  /// - Parameter lower: how much of it lies below 4 GiB, where the rest lies above; `nil` where all lies in
  ///   one piece.
  convenience init(
    file: Int32, size: UInt64, _ architecture: GuestArchitecture, lower: UInt64?,
  ) throws(LabError) {
    try self.init(
      file: file, size: size, ramStart: architecture.ramStart, lower: lower,
      upper: architecture.hole?.upper, plugged: nil)
  }

  private init(
    file: Int32, size: UInt64, ramStart: UInt64, lower: UInt64?, upper: UInt64?,
    plugged: (start: UInt64, memory: GuestMemory)?,
  ) throws(LabError) {
    guard let start = unsafe memory_file_map(file, Int(size)) else {
      throw .system(what: "the guest's memory", reason: "cannot be mapped")
    }
    unsafe self.start = start
    self.file = file
    self.size = size
    self.ramStart = ramStart
    self.lower = lower ?? size
    self.upper = lower.flatMap { _ in upper } ?? .max
    self.plugged = plugged
  }

  /// A new file for this many bytes of RAM, gone with us.
  ///
  /// - Parameter plugged: memory that can be plugged in: where, and how many bytes.
  static func make(
    size: UInt64, _ architecture: GuestArchitecture,
    plugged: (start: UInt64, bytes: UInt64)? = nil,
  ) throws(LabError) -> GuestMemory {
    var second: (start: UInt64, memory: GuestMemory)?
    if let plugged {
      let memory = try GuestMemory(
        file: try file(plugged.bytes), size: plugged.bytes, ramStart: plugged.start, lower: nil,
        upper: nil, plugged: nil)
      second = (plugged.start, memory)
    }
    return try GuestMemory(file: try file(size), size: size, architecture, plugged: second)
  }

  private static func file(_ size: UInt64) throws(LabError) -> Int32 {
    let file = unsafe memory_file("guest-ram", size)
    guard file >= 0 else {
      throw .system(what: "the guest's memory", reason: Wire.reason(-file))
    }
    return file
  }

  deinit {
    unsafe memory_file_unmap(start, Int(size))
    descriptor_close(file)
  }

  /// A copy of all that the guest has written so far. It takes as much memory as that.
  func copy() throws(LabError) -> MemoryCopy {
    let copy = try MemoryCopy(size: size)
    copy.bytes = unsafe memory_file_copy(file, start, copy.start, size)
    if let plugged {
      let second = try plugged.memory.copy()
      copy.bytes += second.bytes
      copy.plugged = second
    }
    return copy
  }

  /// Makes the memory what it was when it was copied. The guest must stand still.
  func restore(_ copy: MemoryCopy) {
    _ = unsafe memory_file_restore(file, start, copy.start, size)
    if let plugged, let second = copy.plugged { plugged.memory.restore(second) }
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

  /// Where this many bytes at a physical address are here; `nil` if there is no RAM.
  private func place(of address: UInt64, count: UInt64) -> UnsafeMutableRawPointer? {
    if let plugged, address >= plugged.start {
      return unsafe plugged.memory.place(of: address, count: count)
    }
    return unsafe offset(of: address, count: count).map { unsafe start + $0 }
  }

  /// The words at an address of RAM.
  public func withTable<Result>(
    at address: UInt64, _ body: (UnsafeBufferPointer<UInt64>) -> Result,
  ) -> Result? {
    guard address & 0xfff == 0, let place = unsafe place(of: address, count: 4096) else {
      return nil
    }
    let words = unsafe place.assumingMemoryBound(to: UInt64.self)
    return unsafe body(UnsafeBufferPointer(start: words, count: 512))
  }

  /// The word at a physical address; `nil` if there is no RAM.
  func word(at address: UInt64) -> UInt64? {
    guard let place = unsafe place(of: address, count: 8) else { return nil }
    return unsafe place.loadUnaligned(as: UInt64.self)
  }

  /// Bytes at a physical address; `nil` if there is no RAM.
  func bytes(at address: UInt64, count: Int) -> [UInt8]? {
    guard let place = unsafe place(of: address, count: UInt64(count)) else { return nil }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: place, count: count))
  }

  /// Writes words at a physical address; false if there is no RAM.
  func write(_ words: [UInt64], at address: UInt64) -> Bool {
    guard let place = unsafe place(of: address, count: UInt64(words.count) * 8) else {
      return false
    }
    for (index, word) in words.enumerated() {
      unsafe (place + index * 8).storeBytes(of: word, as: UInt64.self)
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
  /// That of the memory that can be plugged in.
  fileprivate var plugged: MemoryCopy?

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
