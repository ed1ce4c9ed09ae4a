/// Bytes of a relocatable ELF file, made section by section.
struct ModuleFile {
  struct Section {
    var name: String
    var type: UInt32 = 1
    var flags: UInt64
    var size: UInt64
    var alignment: UInt64 = 8
    var bytes: [UInt8]?
    var link: UInt32 = 0
  }

  static let write: UInt64 = 1
  static let alloc: UInt64 = 2
  static let execute: UInt64 = 4

  var sections: [Section] = []
  /// Name and section of each symbol.
  var symbols: [(name: String, section: UInt16)] = []

  /// The file: header, contents, section headers.
  var bytes: [UInt8] {
    var all = sections
    var names: [UInt8] = [0]
    var table = [UInt8](repeating: 0, count: 24)
    for symbol in symbols {
      table += Self.little(UInt64(symbol.name.isEmpty ? 0 : names.count), 4) + [0, 0]
      table += Self.little(UInt64(symbol.section), 2) + Self.little(0, 16)
      if !symbol.name.isEmpty { names += Array(symbol.name.utf8) + [0] }
    }
    let strings = UInt32(all.count + 2)
    all.append(
      Section(name: ".symtab", type: 2, flags: 0, size: 0, bytes: table, link: strings))
    all.append(Section(name: ".strtab", type: 3, flags: 0, size: 0, alignment: 1, bytes: names))
    var sectionNames: [UInt8] = [0]
    var nameOffsets: [Int] = []
    for name in all.map(\.name) + [".shstrtab"] {
      nameOffsets.append(sectionNames.count)
      sectionNames += Array(name.utf8) + [0]
    }
    all.append(
      Section(name: ".shstrtab", type: 3, flags: 0, size: 0, alignment: 1, bytes: sectionNames))
    var contents: [UInt8] = []
    var headers = [UInt8](repeating: 0, count: 64)
    for (section, name) in zip(all, nameOffsets) {
      let room = section.type == 8 ? 0 : Int(section.size)
      let own = section.bytes ?? [UInt8](repeating: 0x90, count: room)
      headers += Self.little(UInt64(name), 4) + Self.little(UInt64(section.type), 4)
      headers += Self.little(section.flags, 8) + Self.little(0, 8)
      headers += Self.little(UInt64(64 + contents.count), 8)
      headers += Self.little(section.type == 8 ? section.size : UInt64(own.count), 8)
      headers += Self.little(UInt64(section.link), 4) + Self.little(0, 4)
      headers += Self.little(section.alignment, 8) + Self.little(0, 8)
      contents += own
    }
    return Self.header(sections: all.count + 1, at: 64 + contents.count) + contents + headers
  }

  private static func header(sections: Int, at offset: Int) -> [UInt8] {
    var header: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    header += little(1, 2) + little(62, 2) + little(1, 4) + little(0, 8) + little(0, 8)
    header += little(UInt64(offset), 8) + little(0, 4) + little(64, 2) + little(0, 4)
    header += little(64, 2) + little(UInt64(sections), 2) + little(UInt64(sections - 1), 2)
    return header
  }

  private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  /// A module with something in every part. Its sections count from 1.
  static let example = ModuleFile(
    sections: [
      Section(name: ".text", flags: alloc | execute, size: 100, alignment: 16),
      Section(name: ".text.unlikely", flags: alloc | execute, size: 20, alignment: 16),
      Section(name: ".init.text", flags: alloc | execute, size: 50, alignment: 16),
      Section(name: ".rodata", flags: alloc, size: 30, alignment: 32),
      Section(name: ".modinfo", flags: alloc, size: 1000),
      Section(name: "__versions", flags: alloc, size: 1000),
      Section(name: ".init.rodata", flags: alloc, size: 12),
      Section(name: ".data", flags: alloc | write, size: 40),
      Section(name: ".data..ro_after_init", flags: alloc | write, size: 8),
      Section(name: "__jump_table", flags: alloc | write, size: 32),
      Section(name: ".static_call_sites", flags: alloc | write, size: 16),
      Section(name: ".data..percpu", flags: alloc | write, size: 5000),
      Section(name: ".init.data", flags: alloc | write, size: 60),
      Section(name: ".bss", type: 8, flags: alloc | write, size: 9000, alignment: 64),
      Section(name: ".comment", flags: 0, size: 700),
    ],
    symbols: [
      ("", 1), ("function", 1), ("init_module", 3), ("table", 8), ("counter", 12), ("printk", 0),
      ("note", 15), ("absolute", 0xfff1),
    ])
}
