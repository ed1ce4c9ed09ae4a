import Engine

extension Machine {
  /// The file `page_tables/kernel` of debugfs: all of the address space that is simulated, which is
  /// the direct map, the areas of vmalloc space and the high map of the kernel image.
  ///
  /// Cost: a step for each entry of each table.
  public var pageTableDump: String {
    var dump = PageTableDump()
    dump.note(EntryRun(start: 0, level: .pgd, flags: nil, count: 1))
    tables.forEachEntryRun { run in
      // The guard hole of the hypervisor is not walked: the user half's hole reaches up to here.
      if let run = run.dropping(before: PageTableDump.guardHoleEnd) { dump.note(run) }
    }
    dump.finish()
    return dump.text
  }
}

/// Writes the lines of the kernel's page-table dump. Models `note_page()` and `printk_prot()`,
/// arch/x86/mm/dump_pagetables.c, 6.12.
///
///     0xffff888000200000-0xffff888001000000          14M     RW         PSE     GLB NX pmd
///
/// The kernel goes on to the next header only when a line ends, and by one header a line. So the
/// first line behind a border can stand under the header before it: the first page of the direct map
/// always does.
struct PageTableDump {
  static let guardHoleEnd: VirtualAddress = 0xffff_8800_0000_0000

  /// The headers and where their part begins. Models `address_markers`, without those whose
  /// options the recorded kernels lack.
  private static let markers: [(start: VirtualAddress, name: String)] = [
    (0, "User Space"), (0x8000_0000_0000_0000, "Kernel Space"),
    (guardHoleEnd, "LDT remap"), (AddressLayout.pageOffset, "Low Kernel Mapping"),
    (AddressLayout.vmallocStart, "vmalloc() Area"), (0xffff_ea00_0000_0000, "Vmemmap"),
    (0xffff_fe00_0000_0000, "CPU entry Area"), (0xffff_ffef_0000_0000, "EFI Runtime Services"),
    (AddressLayout.kernelMap, "High Kernel Mapping"), (AddressLayout.modulesStart, "Modules"),
    (AddressLayout.modulesEnd, "End Modules"), (0xffff_ffff_ff57_9000, "Fixmap Area"),
  ]

  private(set) var text = ""
  private var marker = 0
  private var open: EntryRun?

  /// Takes note of entries, of each by itself where a header could be due.
  mutating func note(_ run: EntryRun) {
    noteFirst(of: run)
    var index: UInt64 = 1
    while marker + 1 < Self.markers.count {
      let border = Self.markers[marker + 1].start.rawValue
      let bytes = run.level.entryBytes
      if border > run.start.rawValue {
        let offset = border - run.start.rawValue
        index = max(index, offset / bytes + (offset % bytes == 0 ? 0 : 1))
      }
      guard index < run.count else { return }
      var rest = run
      rest.start = run[index]
      noteFirst(of: rest)
      index += 1
    }
  }

  private mutating func noteFirst(of next: EntryRun) {
    var next = next
    // The kernel masks with the frame bits of a 4K entry, so PAT of a large leaf is lost.
    next.flags?.subtract(.patLarge)
    guard let run = open else {
      header()
      open = next
      return
    }
    let isBorder =
      marker + 1 < Self.markers.count && next.start >= Self.markers[marker + 1].start
    if run.level == next.level, run.flags == next.flags, !isBorder { return }
    line(run, end: next.start)
    if isBorder {
      marker += 1
      header()
    }
    open = next
  }

  /// Ends the dump: the last line reaches to the end of the address space, which prints as 0.
  mutating func finish() {
    if let run = open { line(run, end: 0) }
    open = nil
  }

  private mutating func header() { text += "---[ \(Self.markers[marker].name) ]---\n" }

  private mutating func line(_ run: EntryRun, end: VirtualAddress) {
    text += "0x\(hex16(run.start))-0x\(hex16(end))   "
    var size = end.rawValue &- run.start.rawValue
    var units = "BKMGTPE"[...]
    while size % 1024 == 0, units.count > 1 {
      size /= 1024
      units = units.dropFirst()
    }
    text += "\(right(size, 9))\(units.prefix(1)) \(attributes(run))\(run.level.rawValue)\n"
  }

  private func hex16(_ address: VirtualAddress) -> String {
    let digits = String(address.rawValue, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// Eight fields, 30 columns; blank for what is not present.
  private func attributes(_ run: EntryRun) -> String {
    guard let flags = run.flags, flags.contains(.present) else {
      return String(repeating: " ", count: 30)
    }
    func field(_ isSet: Bool, _ name: String) -> String { isSet ? name : "    " }
    let isLarge = run.level != .pte
    return field(flags.contains(.user), "USR ")
      + (flags.contains(.writable) ? "RW " : "ro ")
      + field(flags.contains(.pwt), "PWT ") + field(flags.contains(.pcd), "PCD ")
      + field(isLarge && flags.contains(.pse), "PSE ")
      + field(!isLarge && flags.contains(.pat), "PAT ") + field(flags.contains(.global), "GLB ")
      + (flags.contains(.nx) ? "NX " : "x  ")
  }
}

extension EntryRun {
  /// The run without the entries below an address; `nil` if none is left.
  fileprivate func dropping(before address: VirtualAddress) -> EntryRun? {
    guard start < address else { return self }
    let entries = (address.rawValue - start.rawValue) / level.entryBytes
    guard entries < count else { return nil }
    return EntryRun(start: self[entries], level: level, flags: flags, count: count - entries)
  }
}
