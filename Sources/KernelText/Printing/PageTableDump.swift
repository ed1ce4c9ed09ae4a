import Engine

extension Machine {
  /// The file `page_tables/kernel` of debugfs (`kernel_page_tables` on arm64): all of the address space
  /// that is simulated, which is the direct map, the areas of vmalloc space and, on x86, the high map of
  /// the kernel image.
  ///
  /// Cost: one step for each entry of each table.
  public var pageTableDump: String {
    var dump = PageTableDump(architecture, layout)
    switch architecture {
    case .x86_64:
      dump.note(EntryRun(start: 0, level: .pgd, flags: nil, count: 1, entryBytes: 1 << 39))
      tables.forEachEntryRun(of: architecture) { run in
        // The guard hole of the hypervisor is not walked: the user half's hole reaches up to here.
        if let run = run.dropping(before: PageTableDump.guardHoleEnd(layout)) { dump.note(run) }
      }
    case .arm64:
      let image = linearMapImage.map {
        directMapAddress(of: $0.lowerBound)..<directMapAddress(of: $0.upperBound)
      }
      tables.forEachEntryRun(of: architecture) { run in
        for part in run.cut(at: image) {
          let isInMap = part.start < AddressLayout.arm64LinearMapEnd
          dump.note(part, isTagged: isInMap && !(image?.contains(part.start) ?? false))
        }
      }
    }
    dump.finish()
    return dump.text
  }
}

/// Writes the lines of the kernel's page-table dump. Models `note_page()` and `printk_prot()`,
/// arch/x86/mm/dump_pagetables.c, and `note_page()` and `dump_prot()`, arch/arm64/mm/ptdump.c, 6.12.
///
///     0xffff888000200000-0xffff888001000000          14M     RW         PSE     GLB NX pmd
///     0xffff000002600000-0xffff000004000000          26M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED
///
/// The kernel moves to the next header only when a line ends, and by one header for each line. So
/// the first line after a border can be under the previous header: on x86 this always happens to
/// the first page of the direct map.
struct PageTableDump {
  /// The end of the hole that is left to hypervisors (`GUARD_HOLE_END_ADDR`): 16 entries of the root.
  static func guardHoleEnd(_ layout: AddressLayout) -> VirtualAddress {
    layout.hasFiveLevels ? 0xff10_0000_0000_0000 : 0xffff_8800_0000_0000
  }

  private let architecture: Architecture
  private let markers: [(start: VirtualAddress, name: String)]
  private(set) var text = ""
  private var marker = 0
  private var open: (run: EntryRun, isTagged: Bool)?

  init(_ architecture: Architecture, _ layout: AddressLayout) {
    self.architecture = architecture
    markers = Self.markers(architecture, layout)
  }

  /// The headers and where their part begins. Models `address_markers`, without those whose
  /// options the recorded kernels lack; for arm64, those of 48 bits of virtual address.
  private static func markers(
    _ architecture: Architecture, _ layout: AddressLayout,
  ) -> [(start: VirtualAddress, name: String)] {
    switch architecture {
    case .x86_64:
      [
        (0, "User Space"), (0x8000_0000_0000_0000, "Kernel Space"),
        (guardHoleEnd(layout), "LDT remap"), (layout.pageOffset, "Low Kernel Mapping"),
        (layout.vmalloc.lowerBound, "vmalloc() Area"), (layout.vmemmap, "Vmemmap"),
        (0xffff_fe00_0000_0000, "CPU entry Area"), (0xffff_ffef_0000_0000, "EFI Runtime Services"),
        (AddressLayout.kernelMap, "High Kernel Mapping"), (AddressLayout.modulesStart, "Modules"),
        (AddressLayout.modulesEnd, "End Modules"), (0xffff_ffff_ff57_9000, "Fixmap Area"),
      ]
    case .arm64:
      [
        (layout.pageOffset, "Linear Mapping start"),
        (layout.directMap.upperBound, "Linear Mapping end"),
        (layout.modules.lowerBound, "Modules start"), (layout.modules.upperBound, "Modules end"),
        (layout.vmalloc.lowerBound, "vmalloc() area"),
        (0xffff_fbff_ff80_0000, "vmalloc() end"), (layout.vmemmap, "vmemmap start"),
      ]
    }
  }

  /// Adds entries, each separately where a header may be due.
  mutating func note(_ run: EntryRun, isTagged: Bool = false) {
    noteFirst(of: run, isTagged)
    var index: UInt64 = 1
    while marker + 1 < markers.count {
      let border = markers[marker + 1].start.rawValue
      let bytes = run.entryBytes
      if border > run.start.rawValue {
        let offset = border - run.start.rawValue
        index = max(index, offset / bytes + (offset % bytes == 0 ? 0 : 1))
      }
      guard index < run.count else { return }
      var rest = run
      rest.start = run[index]
      noteFirst(of: rest, isTagged)
      index += 1
    }
  }

  private mutating func noteFirst(of next: EntryRun, _ isTagged: Bool) {
    var next = next
    // x86 masks with the frame bits of a 4K entry, so PAT of a large leaf is lost.
    if architecture == .x86_64 { next.flags?.subtract(.patLarge) }
    guard let (run, wasTagged) = open else {
      header()
      open = (next, isTagged)
      return
    }
    let isBorder = marker + 1 < markers.count && next.start >= markers[marker + 1].start
    let isSame =
      run.level == next.level && run.flags == next.flags
      && (wasTagged == isTagged || run.flags == nil)
    if isSame, !isBorder { return }
    line(run, wasTagged, end: next.start)
    if isBorder {
      marker += 1
      header()
    }
    open = (next, isTagged)
  }

  /// Ends the dump: the last line extends to the end of the address space, which prints as 0.
  mutating func finish() {
    if let (run, isTagged) = open { line(run, isTagged, end: 0) }
    open = nil
  }

  private mutating func header() { text += "---[ \(markers[marker].name) ]---\n" }

  private mutating func line(_ run: EntryRun, _ isTagged: Bool, end: VirtualAddress) {
    text += "\(run.start.rawValue.paddedHex)-\(end.rawValue.paddedHex)   "
    var size = end.rawValue &- run.start.rawValue
    var units = "BKMGTPE"[...]
    while size % 1024 == 0, units.count > 1 {
      size /= 1024
      units = units.dropFirst()
    }
    text += "\(right(size, 9))\(units.prefix(1)) "
    switch architecture {
    case .x86_64: text += "\(attributes(run))\(run.level.rawValue)\n"
    case .arm64: text += "\(run.level.rawValue.uppercased())\(armAttributes(run, isTagged))\n"
    }
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

  /// The fields of `pte_bits`, a blank before each; nothing where the entry is zero.
  private func armAttributes(_ run: EntryRun, _ isTagged: Bool) -> String {
    guard let flags = run.flags else { return "" }
    func field(_ isSet: Bool, _ name: String) -> String {
      " " + (isSet ? name : String(repeating: " ", count: name.utf8.count))
    }
    let isUncached = !flags.isDisjoint(with: [.pcd, .pwt])
    let memory = isUncached ? "MEM/NORMAL-NC" : isTagged ? "MEM/NORMAL-TAGGED" : "MEM/NORMAL"
    let user = flags.contains(.user)
    return field(!flags.contains(.present), "F") + field(user, "USR")
      + (flags.contains(.writable) ? " RW" : " ro") + (flags.contains(.nx) ? " NX" : " x ")
      + " SHD" + field(flags.contains(.accessed), "AF") + field(!flags.contains(.global), "NG")
      + field(flags.contains(.contiguous), "CON") + field(run.level != .pte, "BLK")
      + field(flags.contains(.nx) || !user, "UXN") + field(false, "GP") + " \(memory)"
  }
}

extension EntryRun {
  /// The run without the entries below an address; `nil` if none is left.
  fileprivate func dropping(before address: VirtualAddress) -> EntryRun? {
    guard start < address else { return self }
    let entries = (address.rawValue - start.rawValue) / entryBytes
    guard entries < count else { return nil }
    var rest = self
    (rest.start, rest.count) = (self[entries], count - entries)
    return rest
  }

  /// The run in up to three parts, cut where a range of addresses begins and ends.
  fileprivate func cut(at range: Range<VirtualAddress>?) -> [EntryRun] {
    var rest = self
    var parts: [EntryRun] = []
    for border in [range?.lowerBound, range?.upperBound].compactMap(\.self) {
      guard border > rest.start else { continue }
      let entries = (border.rawValue - rest.start.rawValue) / entryBytes
      guard entries > 0, entries < rest.count else { continue }
      var part = rest
      part.count = entries
      parts.append(part)
      (rest.start, rest.count) = (rest[entries], rest.count - entries)
    }
    return parts + [rest]
  }
}
