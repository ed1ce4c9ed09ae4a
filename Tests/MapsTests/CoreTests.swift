import Engine
import KernelText
import Maps
import TestSupport
import Testing

/// Page tables read from the memory of a kernel.
struct CoreTests {
  private func read(_ machine: Machine, _ form: SampleCore.Form) throws -> ReadMap {
    var core = SampleCore(form)
    for run in machine.directMapLeaves { core.map(run) }
    return try ReadMap(core: BytesAtPlaces(core.bytes()))
  }

  @Test(arguments: [4, 5], [0xffff_8880_0000_0000, 0xffff_9999_0000_0000] as [UInt64])
  func `the tables of x86-64 with 4 and 5 levels give their leaves`(
    _ levels: Int, _ base: UInt64,
  ) throws {
    let boot = try #require(RecordedBoot.all.first { $0.folder.hasSuffix("7.2.12/boot-4g") })
    let machine = try boot.recordedMachine()
    let offset = levels == 5 ? base & ~0xffff_8000_0000_0000 | 0xff11_0000_0000_0000 : base
    let map = try read(machine, SampleCore.Form(levels: levels, pageOffset: offset))
    #expect(map.base == offset)
    let again = try map.machine(kernel: boot.kernel)
    #expect(again.leavesText == machine.leavesText)
    #expect(again.cpu[.la57] == (levels == 5))
    try again.checkInvariants()
  }

  @Test func `an encrypted machine's leaves have the C-bit`() throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.cpu[.sme] = true
    let machine = try Machine(booting: description, kernel: .linux6_12)
    let map = try read(machine, SampleCore.Form(encryption: 1 << 47))
    let again = try map.machine(kernel: .linux6_12)
    #expect(again.leavesText == machine.leavesText)
    #expect(again.cpu[.sme])
  }

  @Test func `the tables of arm64 give their leaves`() throws {
    let description = try #require(MachineDescription(builtIn: "arm64-4g"))
    let machine = try Machine(booting: description, kernel: .linux6_12Arm64)
    let map = try read(
      machine,
      SampleCore.Form(isArm: true, pageOffset: 0xffff_0000_0000_0000, start: 0x4000_0000))
    #expect(map.architecture == .arm64)
    let again = try map.machine(kernel: .linux6_12Arm64)
    #expect(again.leavesText == machine.leavesText)
  }

  @Test func `a table that the file does not have is told`() throws {
    let boot = try #require(RecordedBoot.all.first)
    var core = SampleCore(SampleCore.Form())
    for run in try boot.recordedMachine().directMapLeaves { core.map(run) }
    let map = try ReadMap(core: BytesAtPlaces(core.bytes(leavingOut: 0)))
    #expect(map.notes.contains { if case .unreadTables(1, _) = $0 { true } else { false } })
    #expect(!map.leaves.isEmpty)
  }

  @Test func `a table in a freed part of the kernel's image is read through the direct map`() throws
  {
    let machine = try #require(RecordedBoot.all.first).recordedMachine()
    var core = SampleCore(SampleCore.Form())
    for run in machine.directMapLeaves { core.map(run) }
    let whole = try ReadMap(core: BytesAtPlaces(core.bytes()))
    for table in 0...4 {
      let map = try ReadMap(core: BytesAtPlaces(core.bytes(freed: table)))
      #expect(map.leaves == whole.leaves, "table \(table)")
    }
  }

  @Test func `what is no memory of a kernel is refused, and nothing traps`() throws {
    let machine = try #require(RecordedBoot.all.first).recordedMachine()
    var core = SampleCore(SampleCore.Form())
    for run in machine.directMapLeaves.prefix(3) { core.map(run) }
    let file = core.bytes()
    for length in [0, 3, 16, 63, 64, 100, 200, 300, 4096, 5000] {
      #expect(throws: KernelTextError.self) {
        try ReadMap(core: BytesAtPlaces(Array(file.prefix(length))))
      }
    }
    // Any byte of the headers and the note may be anything.
    for place in Array(0..<240) + Array((file.count - 160)..<file.count) {
      for value in [0, 1, 0x7f, 0xff] as [UInt8] {
        var other = file
        other[place] = value
        _ = try? ReadMap(core: BytesAtPlaces(other)).machine(kernel: .linux6_12)
      }
    }
  }
}

/// Archives as sos makes them.
struct TarReaderTests {
  /// An archive of files.
  private func archive(_ files: [(name: String, text: String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, text) in files {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: String, _ place: Int) {
        for (index, byte) in text.utf8.enumerated() { header[place + index] = byte }
      }
      func octal(_ value: Int, _ width: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: width - digits.count) + digits
      }
      put(name, 0)
      put("0000644", 100)
      put(octal(text.utf8.count, 11), 124)
      header[156] = UInt8(ascii: "0")
      put("ustar", 257)
      let sum = header.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(header[$1])) }
      put(octal(sum, 6), 148)
      bytes += header + Array(text.utf8)
      bytes += [UInt8](repeating: 0, count: (512 - text.utf8.count % 512) % 512)
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
  }

  @Test(arguments: [1, 7, 512, 100_000])
  func `the files come one after the other, in pieces of any size`(_ piece: Int) throws {
    let files = [
      ("proc/iomem", String(repeating: "x", count: 700)), ("a", ""), ("proc/vmstat", "y"),
    ]
    var reader = TarReader(BytesInMemory(archive(files)) { piece })
    for (name, text) in files {
      let member = try #require(try reader.next())
      #expect(member.name == name && member.size == text.utf8.count)
      #expect(try reader.contents(limit: 1 << 20) == Array(text.utf8))
    }
    #expect(try reader.next() == nil)
    // What is not read is skipped.
    var skipping = TarReader(BytesInMemory(archive(files)) { piece })
    #expect(try skipping.next()?.name == "proc/iomem")
    #expect(try skipping.next()?.name == "a")
    #expect(SourceKind(beginning: archive(files)[...]) == .tar)
  }

  @Test func `a damaged archive is refused or ends, and nothing traps`() throws {
    let whole = archive([("proc/iomem", "abc"), ("proc/vmstat", "def")])
    for place in stride(from: 0, to: 1024, by: 3) {
      var bytes = whole
      bytes[place] = 0xff
      var reader = TarReader(BytesInMemory(bytes))
      while let member = try? reader.next() {
        #expect(try reader.contents(limit: 1 << 16).count <= member.size)
      }
    }
    for length in stride(from: 0, to: whole.count, by: 100) {
      var reader = TarReader(BytesInMemory(whole.prefix(length)))
      while (try? reader.next()) != nil { _ = try? reader.contents(limit: 10) }
    }
  }
}
