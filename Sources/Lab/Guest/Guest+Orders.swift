/// What the guest's first program does when it is asked: what needs a process.
enum GuestOrder {
  /// `finit_module()` of a file in `/lab`.
  case insertModule(String)
  /// `delete_module()`.
  case removeModule(String)
  /// `mmap()` of a number of bytes, private, anonymous and populated; returns the address.
  case map(UInt64)
  /// `munmap()`.
  case unmap(UInt64, bytes: UInt64)
  /// Maps a number of bytes of a kind at an address, and touches each page; returns the address.
  case range(UInt64, bytes: UInt64, kind: UInt64)
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
    case .map(let bytes): (UInt8(ascii: "m"), Self.word(bytes), [0])
    case .unmap(let address, let bytes):
      (UInt8(ascii: "u"), Self.word(address), Self.word(bytes))
    case .range(let address, let bytes, let kind):
      (UInt8(ascii: "z"), [address, bytes, kind].flatMap(Self.word), [0])
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
  func carryOut(_ order: GuestOrder) throws(LabError) -> Int64 {
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
    try letObey()
    let result = try qemu.debugger.word(at: mailPlace + Place.result)
    return Int64(bitPattern: result)
  }

  /// Lets the first program carry out the order that was left for it.
  ///
  /// It stands before the next sched_yield(), behind which it reads the order. While other programs run in the
  /// guest it may come to rest again before it was there: the order is 0 once it is carried out.
  func letObey() throws(LabError) {
    for _ in 0..<Self.patience {
      try leaveYield()
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
