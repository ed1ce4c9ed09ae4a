public import Engine

extension ModuleSizes {
  /// What the build of a kernel decides about the layout of modules.
  public struct LayoutRules: Equatable, Sendable {
    /// Whether `.static_call_sites` is read-only after init (6.15 and later) or data.
    public var protectsStaticCalls = false
    /// Whether symbols of data are kept, too (`CONFIG_KALLSYMS_ALL`).
    public var keepsAllSymbols = true

    /// The rules of 6.12 in Debian's configuration.
    public init() {}
  }

  /// The sizes of a module's memory as the kernel would lay it out, from the bytes of its `.ko` file.
  ///
  /// Models `layout_sections()` and `layout_symtab()`, kernel/module/main.c and kallsyms.c, 6.12:
  /// what is not `SHF_ALLOC` is left out, and so are `.modinfo`, `__versions` and per-CPU data, which
  /// lives elsewhere. The symbol and string tables go to the data of init; what is kept of them, to
  /// data. Sizes are those before `PAGE_ALIGN()`.
  ///
  /// Left out: what the kernel makes beside the file's sections (pages for indirect-call thunks, in
  /// some kernels the tags of memory profiling), and livepatch modules, which keep every symbol.
  public init(
    readingELF bytes: some Sequence<UInt8>, _ rules: LayoutRules = LayoutRules(),
  ) throws(ElfError) {
    var layout = ModuleLayout(try ElfSections(reading: bytes), rules)
    try layout.addSections()
    try layout.addSymbols()
    self = layout.sizes
  }
}

/// Lays a module out part by part.
private struct ModuleLayout {
  let file: ElfSections
  let rules: ModuleSizes.LayoutRules
  var sizes = ModuleSizes()
  /// The part that each section went to.
  private var parts: [ModuleSizes.Part?]

  init(_ file: ElfSections, _ rules: ModuleSizes.LayoutRules) {
    self.file = file
    self.rules = rules
    parts = Array(repeating: nil, count: file.sections.count)
  }

  mutating func addSections() throws(ElfError) {
    let dropped = [".modinfo", "__versions", ".data..percpu"].compactMap { name in
      file.sections.firstIndex { $0.name == name }
    }
    for (index, section) in file.sections.enumerated().dropFirst() {
      guard section.flags & ElfSections.alloc != 0, !dropped.contains(index) else { continue }
      parts[index] = part(of: section)
    }
    for part in ModuleSizes.Part.allCases {
      for index in parts.indices where parts[index] == part {
        _ = try add(file.sections[index].size, file.sections[index].alignment, to: part)
      }
    }
  }

  /// The first of the kernel's masks that fits: code, read-only, read-only after init, data.
  private func part(of section: ElfSections.Section) -> ModuleSizes.Part {
    // `module_init_section()`.
    let isInit = section.name.hasPrefix(".init")
    if section.flags & ElfSections.execute != 0 { return isInit ? .initText : .text }
    if section.flags & ElfSections.write == 0 { return isInit ? .initRodata : .rodata }
    if isInit { return .initData }
    switch section.name {
    case ".data..ro_after_init", "__jump_table": return .roAfterInit
    case ".static_call_sites" where rules.protectsStaticCalls: return .roAfterInit
    default: return .data
    }
  }

  /// Models `module_get_offset_and_type()`: returns the offset.
  @discardableResult
  private mutating func add(
    _ bytes: UInt64, _ alignment: UInt64, to part: ModuleSizes.Part,
  ) throws(ElfError) -> UInt64 {
    let limit = UInt64(ModuleSizes.limit)
    let offset = (UInt64(sizes[part]) + alignment - 1) & ~(alignment - 1)
    guard bytes <= limit, offset + bytes <= limit else {
      throw .unbelievable("the module takes more than \(limit >> 20) MiB")
    }
    sizes[part] = UInt32(offset + bytes)
    return offset
  }

  /// Models `layout_symtab()`.
  mutating func addSymbols() throws(ElfError) {
    let symbolBytes: UInt64 = 24
    guard let table = file.sections.first(where: { $0.type == ElfSections.symbolTable }) else {
      throw .unbelievable("the module has no symbol table")
    }
    guard table.link < file.sections.count else { throw .cutOff("the names of the symbols") }
    let names = file.sections[Int(table.link)]
    let count = table.size / symbolBytes
    try add(table.size, table.alignment, to: .initData)
    var kept: UInt64 = 0
    var nameBytes: UInt64 = 0
    for index in 0..<count {
      let place = table.offset + index * symbolBytes
      guard let name = file.word(at: place, of: 4), let section = file.word(at: place + 6, of: 2)
      else { throw .cutOff("symbol \(index)") }
      guard index == 0 || name != 0 && isKept(section) else { continue }
      kept += 1
      nameBytes += UInt64(try file.textRange(at: name, in: names).count) + 1
    }
    try add(kept * symbolBytes, table.alignment, to: .data)
    try add(nameBytes, 1, to: .data)
    try add(kept, 1, to: .data)
    try add(names.size, names.alignment, to: .initData)
    // `struct mod_kallsyms`, and a type for each symbol.
    try add(32, 8, to: .initData)
    try add(count, 1, to: .initData)
  }

  /// Models `is_core_symbol()`.
  private func isKept(_ section: UInt64) -> Bool {
    guard section != 0, section < parts.count else { return false }
    let index = Int(section)
    if file.sections[index].name == ".data..percpu" { return rules.keepsAllSymbols }
    guard let part = parts[index], !part.isInit else { return false }
    return rules.keepsAllSymbols || file.sections[index].flags & ElfSections.execute != 0
  }
}
