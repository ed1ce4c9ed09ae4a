import Engine
import KernelText
import Maps
import TestSupport
import Testing

/// Page tables found in memory that no header describes.
struct MemoryImageTests {
  /// Memory of which most is 0.
  private final class SparseBytes: BytesAtOffsets {
    private let pieces: [(start: UInt64, bytes: [UInt8])]
    let size: UInt64

    init(_ pieces: [(UInt64, [UInt8])]) {
      self.pieces = pieces.map { (start: $0.0, bytes: $0.1) }
      size = pieces.map { $0.0 + UInt64($0.1.count) }.max() ?? 0
    }

    func read(_ count: Int, at offset: UInt64) -> [UInt8] {
      guard offset < size else { return [] }
      var bytes = [UInt8](repeating: 0, count: min(count, Int(size - offset)))
      for piece in pieces {
        let first = max(piece.start, offset)
        let end = min(piece.start + UInt64(piece.bytes.count), offset + UInt64(bytes.count))
        guard first < end else { continue }
        let from = Int(first - piece.start)
        let length = Int(end - first)
        bytes.replaceSubrange(
          Int(first - offset)..<Int(first - offset) + length,
          with: piece.bytes[from..<from + length])
      }
      return bytes
    }
  }

  private func machine() throws -> Machine {
    let boot = try #require(RecordedBoot.all.first { $0.folder.hasSuffix("7.2.12/boot-4g") })
    return try boot.recordedMachine()
  }

  private func core(_ form: SampleCore.Form, _ machine: Machine) -> SampleCore {
    var core = SampleCore(form)
    for run in machine.directMapLeaves { core.map(run) }
    return core
  }

  private func text(_ machine: Machine) -> String {
    LeavesText.text(of: machine.directMapLeaves.filter { $0.size != nil })
  }

  @Test(
    arguments: [4, 5], [0xffff_8880_0000_0000, 0xffff_9999_0000_0000] as [UInt64])
  func `what the kernel keeps for dumps leads to its tables`(
    _ levels: Int, _ base: UInt64,
  ) throws {
    let machine = try machine()
    let offset = levels == 5 ? base & ~0xffff_8000_0000_0000 | 0xff11_0000_0000_0000 : base
    let core = core(SampleCore.Form(levels: levels, pageOffset: offset), machine)
    // The text of a kernel that ran before leads nowhere.
    let old = core.info.replacing("SYMBOL(init_top_pgt)=ffff", with: "SYMBOL(init_top_pgt)=fffe")
    let bytes = SparseBytes([
      (0x2000, Array(old.utf8)), (0x3000, Array(core.info.utf8)), (0x10_0000, core.tableBytes),
    ])
    let map = try ReadMap(memory: bytes, size: bytes.size, .guest)
    #expect(map.base == offset && map.release == "6.12.117" && map.architecture == .x86_64)
    #expect(LeavesText.text(of: map.leaves) == text(machine))
  }

  @Test(arguments: [0x8000_0000, 0xc000_0000] as [UInt64])
  func `memory above 4 GiB lies in the file behind what is below it`(_ lower: UInt64) throws {
    let machine = try machine()
    let core = core(SampleCore.Form(place: 0x1_0010_0000), machine)
    let bytes = SparseBytes([(0x3000, Array(core.info.utf8)), (lower + 0x10_0000, core.tableBytes)])
    let map = try ReadMap(memory: bytes, size: bytes.size, .guest)
    #expect(LeavesText.text(of: map.leaves) == text(machine))
    #expect(!map.notes.contains { if case .unreadTables = $0 { true } else { false } })
  }

  @Test(arguments: [nil, 52] as [Int64?])
  func `the memory of arm64 begins at 1 GiB, and a kernel may be built for 52 bits`(
    _ built: Int64?,
  ) throws {
    let description = try #require(MachineDescription(builtIn: "arm64-4g"))
    let machine = try Machine(booting: description, kernel: .linux6_12Arm64)
    let form = SampleCore.Form(
      isArm: true, pageOffset: 0xffff_0000_0000_0000, start: 0x4000_0000, place: 0x4010_0000)
    let core = core(form, machine)
    var info = core.info
    if let built {
      let start = 0x4000_0000 &+ 0xfff0_0000_0000_0000 &- 0xffff_0000_0000_0000 as UInt64
      info = info.replacing("NUMBER(VA_BITS)=48", with: "NUMBER(VA_BITS)=\(built)")
        .replacing("NUMBER(PHYS_OFFSET)=0x40000000", with: "NUMBER(PHYS_OFFSET)=0x\(hex(start))")
      info += "NUMBER(TCR_EL1_T1SZ)=0x10\n"
    }
    let bytes = SparseBytes([(0x3000, Array(info.utf8)), (0x10_0000, core.tableBytes)])
    let map = try ReadMap(memory: bytes, size: bytes.size, .guest)
    #expect(map.architecture == .arm64)
    #expect(LeavesText.text(of: map.leaves) == text(machine))
  }

  private func hex(_ value: UInt64) -> String { String(value, radix: 16) }

  @Test(arguments: [4, 5])
  func `without that text a top table is known by its kernel half`(_ levels: Int) throws {
    let machine = try machine()
    let base: UInt64 = levels == 5 ? 0xff11_0000_0000_0000 : 0xffff_9000_4000_0000
    var core = core(SampleCore.Form(levels: levels, pageOffset: base), machine)
    core.mapImage()
    let bytes = SparseBytes([(0x10_0000, core.tableBytes)])
    let map = try ReadMap(memory: bytes, size: bytes.size, .addresses)
    #expect(map.base == base && map.release == nil)
    #expect(LeavesText.text(of: map.leaves) == text(machine))
  }

  @Test func `a dump of a virtual machine has no note, and its memory is searched`() throws {
    let machine = try machine()
    var core = core(SampleCore.Form(), machine)
    core.mapImage()
    let map = try ReadMap(core: BytesAtPlaces(core.bytes(ofMonitor: true)))
    #expect(LeavesText.text(of: map.leaves) == text(machine))
  }

  @Test func `what a library says of a compressed dump is taken`() throws {
    let machine = try machine()
    let core = core(SampleCore.Form(), machine)
    let bytes = SparseBytes([(0x10_0000, core.tableBytes)])
    let map = try ReadMap(memory: bytes, size: 1 << 42, .addresses, info: core.info)
    #expect(LeavesText.text(of: map.leaves) == text(machine))
  }

  @Test func `memory without tables is refused, and nothing traps`() throws {
    for size in [0, 1, 4095, 4096, 70_000] {
      let bytes = BytesAtPlaces([UInt8](repeating: 0x63, count: size))
      #expect(throws: KernelTextError.self) {
        try ReadMap(memory: bytes, size: UInt64(size), .guest)
      }
    }
    var core = core(SampleCore.Form(), try machine())
    core.mapImage()
    let page = Array(core.info.utf8) + [UInt8](repeating: 0, count: 4096 - core.info.utf8.count)
    let memory = page + [UInt8](repeating: 0, count: 0xf_f000) + core.tableBytes
    var generator = SeededGenerator(seed: 18)
    for _ in 0..<200 {
      var other = memory
      for _ in 0..<20 {
        let place = Bool.random(using: &generator) ? 0..<300 : 0x10_0000..<other.count
        other[Int.random(in: place, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      _ = try? ReadMap(memory: BytesAtPlaces(other), size: UInt64(other.count), .guest)
        .machine(kernel: .linux6_12)
    }
  }
}
