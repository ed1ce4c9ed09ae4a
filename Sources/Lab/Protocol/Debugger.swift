/// QEMU's debugger, as far as it is needed: registers, memory, breakpoints, watchpoints, going on.
///
/// QEMU removes every breakpoint when it gets `?`, so that is never sent. What an address means depends
/// on the tables of the CPU that stopped last.
final class Debugger {
  private let wire: Wire
  private var reader = DebuggerPacketReader()
  private let clock = ContinuousClock()
  /// Whether the guest runs.
  private(set) var isRunning = true

  /// How long QEMU has to answer what needs no work of the guest, in milliseconds.
  static let patience = 20_000
  /// The most bytes of memory in one packet: QEMU's are 4096 bytes long, two digits a byte.
  private static let portion = 1920

  /// Talks over a stream that QEMU has just got.
  init(_ wire: Wire) { self.wire = wire }

  /// Why a guest stopped.
  enum Stop: Equatable {
    /// A breakpoint, or somebody asked it to.
    case trap
    /// The memory at a watched address was written.
    case watched(UInt64)
    /// It has ended.
    case exited
  }

  // MARK: - Going and stopping

  /// Lets the guest go on.
  func goOn() throws(LabError) {
    try send("c")
    isRunning = true
  }

  /// Lets the guest go on for good: QEMU forgets all breakpoints.
  func detach() throws(LabError) {
    if isRunning { try interrupt() }
    try expectOK(Array("D".utf8), "the end")
    isRunning = true
  }

  /// Executes one instruction, without interrupts.
  func step() throws(LabError) {
    try send("s")
    isRunning = true
    guard try waitForStop(milliseconds: Self.patience) != nil else {
      throw .protocolBroken("a step does not end")
    }
  }

  /// Stops the guest wherever it is.
  func interrupt() throws(LabError) {
    guard isRunning else { return }
    try wire.write([3])
    guard try waitForStop(milliseconds: Self.patience) != nil else {
      throw .protocolBroken("the guest does not stop")
    }
  }

  /// Waits until the guest stops by itself; `nil` if it does not in this many milliseconds.
  func waitForStop(milliseconds: Int) throws(LabError) -> Stop? {
    let deadline = clock.now.advanced(by: .milliseconds(milliseconds))
    while let packet = try packet(before: deadline) {
      switch packet.first {
      case UInt8(ascii: "T"), UInt8(ascii: "S"):
        isRunning = false
        return Self.stop(packet)
      case UInt8(ascii: "W"), UInt8(ascii: "X"):
        isRunning = false
        return .exited
      // Text that the guest's debugger prints, and late answers.
      default: continue
      }
    }
    return nil
  }

  /// What a stop reply says: `T05thread:01;watch:ffff888000001000;`.
  static func stop(_ packet: [UInt8]) -> Stop {
    for pair in packet.dropFirst(3).split(separator: UInt8(ascii: ";")) {
      let parts = pair.split(separator: UInt8(ascii: ":"), maxSplits: 1)
      guard parts.count == 2 else { continue }
      let name = String(decoding: parts[0], as: UTF8.self)
      guard ["watch", "rwatch", "awatch"].contains(name) else { continue }
      if let address = UInt64(String(decoding: parts[1], as: UTF8.self), radix: 16) {
        return .watched(address)
      }
    }
    return .trap
  }

  // MARK: - Registers and memory

  /// All registers of the CPU that stopped, in the order of the architecture.
  func registers() throws(LabError) -> [UInt8] {
    let answer = try ask("g")
    guard let bytes = DebuggerPacket.bytes(ofHex: answer), bytes.count >= 136 else {
      throw .protocolBroken("registers \(String(decoding: answer.prefix(40), as: UTF8.self))")
    }
    return bytes
  }

  /// A register of the system by the name that QEMU describes it with. On arm64.
  func systemRegister(_ name: String) throws(LabError) -> UInt64 {
    var text: [UInt8] = []
    while true {
      let part = try ask(
        "qXfer:features:read:system-registers.xml:\(String(text.count, radix: 16)),ffb")
      text += part.dropFirst()
      // `m` says that there is more.
      guard part.first == UInt8(ascii: "m"), part.count > 1 else { break }
    }
    let tags = String(decoding: text, as: UTF8.self).split(separator: "<")
    guard let tag = tags.first(where: { $0.hasPrefix("reg name=\"\(name)\"") }),
      let number = tag.split(separator: " ").first(where: { $0.hasPrefix("regnum=") }),
      let index = UInt64(number.dropFirst(8).prefix { $0.isNumber }),
      let bytes = DebuggerPacket.bytes(ofHex: try ask("p\(String(index, radix: 16))")),
      bytes.count == 8
    else { throw .protocolBroken("no register \(name)") }
    return bytes.word(at: 0)
  }

  /// Sets all registers.
  func setRegisters(_ registers: [UInt8]) throws(LabError) {
    var payload = [UInt8(ascii: "G")]
    payload.reserveCapacity(registers.count * 2 + 1)
    for byte in registers { DebuggerPacket.appendHex(byte, to: &payload) }
    try expectOK(payload, "registers")
  }

  /// Bytes at virtual addresses.
  func read(_ address: UInt64, count: Int) throws(LabError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let place = address &+ UInt64(bytes.count)
      let portion = min(Self.portion, count - bytes.count)
      let answer = try ask("m\(String(place, radix: 16)),\(String(portion, radix: 16))")
      guard let got = DebuggerPacket.bytes(ofHex: answer), got.count == portion else {
        throw .protocolBroken("no memory at 0x\(String(place, radix: 16))")
      }
      bytes += got
    }
    return bytes
  }

  /// A word of 64 bits at a virtual address.
  func word(at address: UInt64) throws(LabError) -> UInt64 {
    try read(address, count: 8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Writes bytes at virtual addresses.
  func write(_ bytes: [UInt8], at address: UInt64) throws(LabError) {
    var place = address
    for start in stride(from: 0, to: bytes.count, by: Self.portion) {
      let portion = bytes[start..<min(start + Self.portion, bytes.count)]
      var payload = Array(
        "M\(String(place, radix: 16)),\(String(portion.count, radix: 16)):".utf8)
      for byte in portion { DebuggerPacket.appendHex(byte, to: &payload) }
      try expectOK(payload, "memory at 0x\(String(place, radix: 16))")
      place &+= UInt64(portion.count)
    }
  }

  /// Writes a word of 64 bits at a virtual address.
  func write(word: UInt64, at address: UInt64) throws(LabError) {
    try write((0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }, at: address)
  }

  // MARK: - Breakpoints

  /// Where the guest is to stop.
  enum Point: Equatable, Hashable {
    /// Before an instruction.
    case instruction(UInt64)
    /// After a word of 64 bits was written.
    case write(UInt64)
  }

  /// Sets a point to stop at. One that exists stays.
  func set(_ point: Point, length: Int) throws(LabError) {
    try expectOK(Array("Z\(Self.text(point, length))".utf8), "a breakpoint")
  }

  /// Removes a point to stop at.
  func clear(_ point: Point, length: Int) throws(LabError) {
    try expectOK(Array("z\(Self.text(point, length))".utf8), "a breakpoint")
  }

  private static func text(_ point: Point, _ length: Int) -> String {
    switch point {
    case .instruction(let address): "0,\(String(address, radix: 16)),\(length)"
    case .write(let address): "2,\(String(address, radix: 16)),8"
    }
  }

  // MARK: - Packets

  private func expectOK(_ payload: [UInt8], _ what: String) throws(LabError) {
    let answer = try ask(payload)
    guard answer == Array("OK".utf8) else {
      throw .protocolBroken("\(what): \(String(decoding: answer.prefix(40), as: UTF8.self))")
    }
  }

  private func ask(_ text: String) throws(LabError) -> [UInt8] { try ask(Array(text.utf8)) }

  private func ask(_ payload: [UInt8]) throws(LabError) -> [UInt8] {
    try wire.write(DebuggerPacket.framed(payload))
    let deadline = clock.now.advanced(by: .milliseconds(Self.patience))
    guard let answer = try packet(before: deadline) else {
      throw .protocolBroken("no answer to \(String(decoding: payload.prefix(20), as: UTF8.self))")
    }
    return answer
  }

  private func send(_ text: String) throws(LabError) {
    try wire.write(DebuggerPacket.framed(Array(text.utf8)))
  }

  /// The next packet; `nil` if none comes before the deadline.
  private func packet(before deadline: ContinuousClock.Instant) throws(LabError) -> [UInt8]? {
    while true {
      if let packet = reader.next() {
        try wire.write([UInt8(ascii: "+")])
        return packet
      }
      let left = clock.now.duration(to: deadline)
      guard left > .zero else { return nil }
      let (seconds, attoseconds) = left.components
      reader.take(
        try wire.read(
          milliseconds: Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000) + 1))
    }
  }
}
