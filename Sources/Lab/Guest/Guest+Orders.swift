/// Memory of a process of the guest: where it lies, and what it is made of.
struct GuestRange: Equatable {
  /// What a range is made of; the number that the first program knows.
  enum Kind: UInt64 {
    /// Private and anonymous, in pages of 4K.
    case pages
    /// The same in folios of 2M that are mapped page by page.
    case folios
    /// A file, shared and written.
    case sharedWritten
    /// A file, shared, that can only be read.
    case sharedReadOnly
    /// A file, shared and writable, that was only read through the mapping.
    case sharedRead
    /// Private copies of a file's pages.
    case privateWritten
  }

  var address: UInt64
  var bytes: UInt64
  var kind: Kind

  fileprivate var words: [UInt64] { [address, bytes, kind.rawValue] }

  /// The most ranges of one process: as many as the first program's order has room for.
  static let ranges = 9
}

/// What the guest's first program does when it is asked: what needs a process.
enum GuestOrder {
  /// `finit_module()` of a file in `/lab`.
  case insertModule(String)
  /// `delete_module()`.
  case removeModule(String)
  /// `munmap()`.
  case unmap(UInt64, bytes: UInt64)
  /// Maps a number of bytes of a kind at an address, and touches each page; returns the address.
  case range(GuestRange)
  /// Starts a process with ranges of its own.
  case startChild([GuestRange])
  /// Has that process exit, and waits until it has.
  case endChild
  /// `madvise()` with MADV_DONTNEED.
  case dontNeed(UInt64, bytes: UInt64)
  /// `memfd_secret()` of a number of bytes, mapped and touched; returns the address.
  case secret(UInt64)
  /// `BPF_PROG_LOAD` of a program with a number of instructions of 5 bytes and an end; returns its file.
  case program(UInt64)
  /// `close()` of a file.
  case close(UInt64)
  /// Writes a text to a file, as in `/proc/sysrq-trigger`.
  case write(path: String, text: String)

  /// The letter that the first program knows it by, and its two texts.
  fileprivate var words: (letter: UInt8, name: [UInt8], more: [UInt8]) {
    switch self {
    case .insertModule(let file): (UInt8(ascii: "i"), Self.text("/lab/\(file)"), [0])
    case .removeModule(let name): (UInt8(ascii: "d"), Self.text(name), [0])
    case .unmap(let address, let bytes):
      (UInt8(ascii: "u"), Self.word(address), Self.word(bytes))
    case .range(let range): (UInt8(ascii: "z"), range.words.flatMap(Self.word), [0])
    case .startChild(let ranges):
      (UInt8(ascii: "f"), (ranges.flatMap(\.words) + [0, 0]).flatMap(Self.word), [0])
    case .endChild: (UInt8(ascii: "x"), [0], [0])
    case .dontNeed(let address, let bytes):
      (UInt8(ascii: "v"), [address, bytes, 4].flatMap(Self.word), [0])
    case .secret(let bytes): (UInt8(ascii: "s"), Self.word(bytes), [0])
    case .program(let count): (UInt8(ascii: "b"), Self.word(count), [0])
    case .close(let file): (UInt8(ascii: "c"), Self.word(file), [0])
    case .write(let path, let text): (UInt8(ascii: "w"), Self.text(path), Self.text(text))
    }
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

  private static func word(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> (UInt64($0) * 8)) }
  }
}

extension Guest {
  /// The places in what both sides see: see `mail` in `init.c`.
  private enum Place {
    static let order: UInt64 = 16
    static let result: UInt64 = 24
    static let name: UInt64 = 32
    static let more: UInt64 = 288
    static let textMax = 255
  }

  /// Has the first program do something; what its system call returned, below 0 if it failed.
  ///
  /// - Parameter looking: whether the functions that are looked at are seen.
  func carryOut(_ order: GuestOrder, looking: Bool = false) throws(LabError) -> Int64 {
    if isBroken { throw stoppedBefore }
    guard hasOwnProgram else {
      throw .notPossible(
        "a guest that somebody else started has no program that does this; do it there")
    }
    let (letter, name, more) = order.words
    for (bytes, place) in [(name, Place.name), (more, Place.more)] {
      guard bytes.count <= Place.textMax + 1 else {
        let text = String(decoding: bytes.dropLast(), as: UTF8.self)
        throw .notPossible("\(text) is longer than \(Place.textMax) bytes")
      }
      try qemu.debugger.write(bytes, at: mailPlace + place)
    }
    try qemu.debugger.write(word: UInt64(letter), at: mailPlace + Place.order)
    try letObey(looking: looking)
    let result = try qemu.debugger.word(at: mailPlace + Place.result)
    return Int64(bitPattern: result)
  }

  /// Lets the first program carry out the order that was left for it.
  ///
  /// It stands before the next sched_yield(), behind which it reads the order. While other programs run in the
  /// guest it may come to rest again before it was there: the order is 0 once it is carried out.
  ///
  /// - Parameter looking: whether the functions that are looked at are seen.
  func letObey(looking: Bool = false) throws(LabError) {
    for _ in 0..<Self.patience {
      try leaveYield(looking: looking)
      if try qemu.debugger.word(at: mailPlace + Place.order) == 0 { return }
    }
    throw .protocolBroken("the first program carries out no order")
  }

  private static let patience = 16

  /// Lets the guest's other threads run for a while: what is freed goes by work that waits for a grace
  /// period.
  func settle() throws(LabError) {
    for _ in 0..<(hasOwnProgram ? 40 : 0) {
      try leaveYield()
    }
  }
}
