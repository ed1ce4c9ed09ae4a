import Engine
import KernelText
import TestSupport
import Testing

@Suite struct ModuleSizesTests {
  @Test func `sections go to the parts that the kernel puts them in`() throws {
    let sizes = try ModuleSizes(readingELF: ModuleFile.example.bytes)
    // 100, then 20 at the next multiple of 16.
    #expect(sizes.text == 132)
    #expect(sizes.initText == 50)
    #expect(sizes.rodata == 30)
    #expect(sizes.initRodata == 12)
    #expect(sizes.roAfterInit == 40)
    // .data, .static_call_sites, .bss at a multiple of 64; then four symbols of 24 bytes (the empty
    // first one, function, table, counter), their names, and a type for each.
    let kept = ["", "function", "table", "counter"].reduce(0) { $0 + UInt32($1.utf8.count) + 1 }
    let tables: UInt32 = 64 + 9000 + 4 * 24
    #expect(sizes.data == tables + kept + 4)
    // .init.data, all nine symbols, all names, a struct of 32 bytes and a type for each.
    let names = ModuleFile.example.symbols.filter { !$0.name.isEmpty }
      .reduce(1) { $0 + UInt32($1.name.utf8.count) + 1 }
    let before: UInt32 = 64 + 9 * 24 + names
    #expect(sizes.initData == (before + 7) / 8 * 8 + 32 + 9)
  }

  @Test func `the rules of a build decide on static calls and symbols`() throws {
    var rules = ModuleSizes.LayoutRules()
    let plain = try ModuleSizes(readingELF: ModuleFile.example.bytes, rules)
    rules.protectsStaticCalls = true
    let protected = try ModuleSizes(readingELF: ModuleFile.example.bytes, rules)
    #expect(protected.roAfterInit == plain.roAfterInit + 16)
    rules.keepsAllSymbols = false
    let fewer = try ModuleSizes(readingELF: ModuleFile.example.bytes, rules)
    // Two symbols less, with names of 6 and 8 bytes.
    #expect(fewer.data == protected.data - 2 * 24 - 14 - 2)
  }

  @Test func `the names of sections are read`() throws {
    let file = try ElfSections(reading: ModuleFile.example.bytes)
    #expect(file.sections.map(\.name).prefix(4) == ["", ".text", ".text.unlikely", ".init.text"])
    #expect(file.sections.last?.name == ".shstrtab")
  }

  @Test func `what is no module is refused with a way out`() throws {
    func error(_ bytes: [UInt8]) -> String? {
      #expect(throws: ElfError.self) { try ModuleSizes(readingELF: bytes) }?.description
    }
    #expect(error([]) == "this is no ELF file; give a kernel module (.ko)")
    #expect(error([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])?.contains("xz first") == true)
    #expect(error([0x28, 0xb5, 0x2f, 0xfd])?.contains("zstd first") == true)
    #expect(error([0x1f, 0x8b])?.contains("gzip first") == true)
    #expect(error([0x7f, 0x45, 0x4c, 0x46])?.contains("cut off") == true)
    var bytes = ModuleFile.example.bytes
    bytes[4] = 1
    #expect(error(bytes)?.contains("64-bit") == true)
    bytes = ModuleFile.example.bytes
    bytes[16] = 2
    #expect(error(bytes)?.contains("relocatable") == true)
    bytes = ModuleFile.example.bytes
    bytes[18] = 183
    #expect(error(bytes)?.contains("another processor") == true)
  }

  @Test func `a module larger than the module area is refused`() {
    var file = ModuleFile.example
    file.sections.append(
      .init(name: ".bss.huge", type: 8, flags: ModuleFile.alloc | ModuleFile.write, size: .max))
    #expect(throws: ElfError.unbelievable("the module takes more than 256 MiB")) {
      try ModuleSizes(readingELF: file.bytes)
    }
  }

  @Test func `a file that is cut off anywhere is refused`() {
    let bytes = ModuleFile.example.bytes
    for count in 0..<bytes.count {
      #expect(throws: ElfError.self, "\(count) bytes") {
        try ModuleSizes(readingELF: bytes.prefix(count))
      }
    }
  }

  @Test(arguments: 0..<400) func `mutilated files never trap`(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var bytes = ModuleFile.example.bytes
    let headers = bytes.count - 64 * 19
    for _ in 0..<(1 + random.next(below: 8)) {
      // Half of the changes hit the headers, where the offsets are.
      let first = random.oneIn(2) ? headers : 0
      let place = first + Int(random.next(below: UInt64(bytes.count - first)))
      switch random.next(below: 4) {
      case 0: bytes[place] = 0xff
      case 1: bytes[place] = 0
      case 2:
        for offset in place..<min(place + 8, bytes.count) { bytes[offset] = 0xff }
      default: bytes[place] = UInt8(random.next(below: 256))
      }
    }
    _ = try? ModuleSizes(readingELF: bytes)
  }

  @Test(arguments: 0..<100) func `random bytes never trap`(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var bytes = Array(ModuleFile.example.bytes.prefix(20))
    for _ in 0..<random.next(below: 2000) { bytes.append(UInt8(random.next(below: 256))) }
    _ = try? ModuleSizes(readingELF: bytes)
  }
}
