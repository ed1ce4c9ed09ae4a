/// Packets of the gdb remote protocol: `$`, the payload, `#`, and the sum of its bytes as two digits.
///
/// Source: "Debugging with GDB", appendix E, Remote Protocol, Overview.
enum DebuggerPacket {
  /// The bytes on the wire of a payload without `$`, `#`, `}` and `*`, as all commands that are sent are.
  static func framed(_ payload: some Collection<UInt8>) -> [UInt8] {
    let sum = payload.reduce(UInt8(0), &+)
    var bytes: [UInt8] = [UInt8(ascii: "$")]
    bytes.reserveCapacity(payload.count + 4)
    bytes += payload
    bytes.append(UInt8(ascii: "#"))
    appendHex(sum, to: &bytes)
    return bytes
  }

  /// Appends a byte as two hexadecimal digits.
  static func appendHex(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(digit(byte >> 4))
    bytes.append(digit(byte & 15))
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// The value of a hexadecimal digit; `nil` for any other byte.
  static func value(ofDigit byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The bytes that pairs of hexadecimal digits stand for; `nil` if they are none.
  static func bytes(ofHex digits: some Collection<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for byte in digits {
      guard let value = value(ofDigit: byte) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }
}

/// Takes the bytes of the other side as they come, and gives the payloads of whole packets.
struct DebuggerPacketReader {
  private enum Place {
    case outside
    case inside
    case firstDigit
    case secondDigit(UInt8)
  }

  /// A payload is no longer: QEMU's are 4096 bytes at most.
  static let longest = 1 << 16

  private var place = Place.outside
  private var payload: [UInt8] = []
  private var sum: UInt8 = 0
  private var isEscaped = false
  private var isRepeated = false
  private var whole: [[UInt8]] = []

  /// How many packets came with a wrong sum, or too long, and were dropped.
  private(set) var dropped = 0

  /// Takes bytes as they came.
  mutating func take(_ bytes: some Sequence<UInt8>) { for byte in bytes { take(byte) } }

  /// The oldest whole packet that was not given out yet.
  mutating func next() -> [UInt8]? { whole.isEmpty ? nil : whole.removeFirst() }

  private mutating func take(_ byte: UInt8) {
    switch place {
    case .outside:
      // Acknowledgements, and whatever else stands between packets.
      if byte == UInt8(ascii: "$") { begin() }
    case .inside:
      if byte == UInt8(ascii: "#") {
        place = .firstDigit
        return
      }
      // A packet that was cut off, and the next one.
      if byte == UInt8(ascii: "$") {
        dropped += 1
        return begin()
      }
      sum &+= byte
      takeInside(byte)
    case .firstDigit: place = .secondDigit(byte)
    case .secondDigit(let first):
      place = .outside
      let told = DebuggerPacket.bytes(ofHex: [first, byte])
      if told == [sum], payload.count <= Self.longest {
        whole.append(payload)
      } else {
        dropped += 1
      }
    }
  }

  private mutating func begin() {
    place = .inside
    payload = []
    sum = 0
    isEscaped = false
    isRepeated = false
  }

  private mutating func takeInside(_ byte: UInt8) {
    guard payload.count <= Self.longest else { return }
    if isRepeated {
      isRepeated = false
      // The byte before is repeated so often more.
      if let last = payload.last, byte >= 29 {
        payload += repeatElement(last, count: Int(byte) - 29)
      }
    } else if isEscaped {
      isEscaped = false
      payload.append(byte ^ 0x20)
    } else if byte == UInt8(ascii: "}") {
      isEscaped = true
    } else if byte == UInt8(ascii: "*") {
      isRepeated = true
    } else {
      payload.append(byte)
    }
  }
}
