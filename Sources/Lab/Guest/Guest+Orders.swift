/// What the guest's first program does when it is asked: what needs a process.
enum GuestOrder {
  /// `finit_module()` of a file in `/lab`.
  case insertModule(String)
  /// `delete_module()`.
  case removeModule(String)
  /// Writes a text to a file, as in `/proc/sysrq-trigger`.
  case write(path: String, text: String)

  /// The letter that the first program knows it by, and its two texts.
  fileprivate var words: (letter: UInt8, name: String, more: String) {
    switch self {
    case .insertModule(let file): (UInt8(ascii: "i"), "/lab/\(file)", "")
    case .removeModule(let name): (UInt8(ascii: "d"), name, "")
    case .write(let path, let text): (UInt8(ascii: "w"), path, text)
    }
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
    let (letter, name, more) = order.words
    for (text, place) in [(name, Place.name), (more, Place.more)] {
      guard text.utf8.count <= Place.textMax else {
        throw .notPossible("\(text) is longer than \(Place.textMax) bytes")
      }
      try qemu.debugger.write(Array(text.utf8) + [0], at: mailPlace + place)
    }
    try qemu.debugger.write(word: UInt64(letter), at: mailPlace + Place.order)
    // The guest stands before the next sched_yield(): behind it the order is read.
    try leaveYield()
    let result = try qemu.debugger.word(at: mailPlace + Place.result)
    return Int64(bitPattern: result)
  }
}
