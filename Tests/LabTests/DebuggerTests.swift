import Testing

@testable import Lab

/// The gdb remote protocol, without a QEMU.
@Suite struct DebuggerTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func read(_ text: String) -> [String] {
    var reader = DebuggerPacketReader()
    reader.take(bytes(text))
    var packets: [String] = []
    while let packet = reader.next() { packets.append(String(decoding: packet, as: UTF8.self)) }
    return packets
  }

  @Test func `a packet has its sum behind it`() {
    #expect(DebuggerPacket.framed(bytes("OK")) == bytes("$OK#9a"))
    #expect(DebuggerPacket.framed(bytes("")) == bytes("$#00"))
  }

  @Test func `packets are found between what is none`() {
    #expect(read("+$OK#9a-+$#00") == ["OK", ""])
    #expect(read("$T02thread:01;#04") == ["T02thread:01;"])
  }

  @Test func `a packet may come in pieces`() {
    var reader = DebuggerPacketReader()
    for byte in bytes("$OK#9a").dropLast() {
      reader.take([byte])
      #expect(reader.next() == nil)
    }
    reader.take(bytes("a"))
    #expect(reader.next() == bytes("OK"))
  }

  @Test func `what is repeated and what is escaped is read as it was meant`() {
    // "0* " is four zeros: the space is 32, and 29 stands for none.
    #expect(read("$0* #7a") == ["0000"])
    // } and the byte with bit 5 turned.
    #expect(read("$}\u{3}#80") == ["#"])
  }

  @Test func `a packet with a wrong sum is dropped, and the next one is read`() {
    var reader = DebuggerPacketReader()
    reader.take(bytes("$OK#9b$OK#9a"))
    #expect(reader.next() == bytes("OK"))
    #expect(reader.next() == nil)
    #expect(reader.dropped == 1)
  }

  @Test func `any bytes are read without a trap`() {
    var state: UInt32 = 1
    var reader = DebuggerPacketReader()
    for _ in 0..<50_000 {
      state = state &* 1_664_525 &+ 1_013_904_223
      let letters = Array("$#}*+0aT".utf8)
      reader.take([state >> 28 == 0 ? UInt8(state >> 8 & 255) : letters[Int(state >> 16) % 8]])
      while let packet = reader.next() { #expect(packet.count <= DebuggerPacketReader.longest) }
    }
  }

  @Test func `hexadecimal digits are bytes`() {
    #expect(DebuggerPacket.bytes(ofHex: bytes("00fF7a")) == [0, 255, 0x7a])
    #expect(DebuggerPacket.bytes(ofHex: bytes("0")) == nil)
    #expect(DebuggerPacket.bytes(ofHex: bytes("0g")) == nil)
  }

  @Test func `a stop says which watched address was written`() {
    #expect(
      Debugger.stop(bytes("T05thread:01;watch:ffff888000001000;"))
        == .watched(0xffff_8880_0000_1000))
    #expect(Debugger.stop(bytes("T05thread:01;")) == .trap)
    #expect(Debugger.stop(bytes("S05")) == .trap)
  }

  @Test func `memory is read and written in portions, and answers are checked`() throws {
    let (own, other) = try Wire.pair()
    let debugger = Debugger(own)
    let first = String(repeating: "01", count: 1920)
    try other.write(DebuggerPacket.framed(bytes(first)) + DebuggerPacket.framed(bytes("0203")))
    #expect(try debugger.read(0x1000, count: 1922).suffix(3) == [1, 2, 3])
    let asked = try other.read(milliseconds: 1000)
    #expect(String(decoding: asked, as: UTF8.self).contains("$m1000,780#"))
    #expect(String(decoding: asked, as: UTF8.self).contains("$m1780,2#"))
    try other.write(DebuggerPacket.framed(bytes("E14")))
    #expect(throws: LabError.self) { try debugger.write(word: 1, at: 0) }
  }

  @Test func `a machine that does not stop is told of, and one that is gone`() throws {
    let (own, other) = try Wire.pair()
    let debugger = Debugger(own)
    try debugger.goOn()
    #expect(try debugger.waitForStop(milliseconds: 20) == nil)
    other.close()
    #expect(throws: LabError.ended("")) { try debugger.waitForStop(milliseconds: 1000) }
  }
}
