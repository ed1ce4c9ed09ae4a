import Engine

/// Where the page tables of a kernel begin, and what they map.
struct CoreLayout {
  var architecture: Architecture
  /// The physical address of the top table.
  var root: UInt64
  /// The address bits that an entry of the top table covers.
  var topShift: UInt64
  /// The kernel's address of physical address `start`.
  var pageOffset: UInt64
  /// The physical address with which the direct map begins.
  var start: UInt64 = 0
  /// The bit that says that memory is encrypted.
  var encryption: UInt64 = 0

  init(_ file: CoreFile) throws {
    if let size = file.value("PAGESIZE"), size != 4096 {
      throw KernelTextError.tooLarge(
        "this kernel has pages of \(size) bytes; only those of 4096 bytes are simulated")
    }
    switch file.processor {
    case .x86:
      architecture = .x86_64
      guard let table = file.symbol("init_top_pgt") ?? file.symbol("swapper_pg_dir") else {
        throw Self.lacking("SYMBOL(init_top_pgt)")
      }
      let physBase = UInt64(bitPattern: file.value("NUMBER(phys_base)") ?? 0)
      root = table &- AddressLayout.kernelMap.rawValue &+ physBase
      let hasFive = file.value("NUMBER(pgtable_l5_enabled)") == 1
      topShift = hasFive ? 48 : 39
      encryption = UInt64(bitPattern: file.value("NUMBER(sme_mask)") ?? 0)
      guard
        let segment = file.segments.first(where: {
          $0.address < AddressLayout.kernelMap.rawValue && $0.address >> 63 == 1
        }), let physical = segment.physical
      else { throw Self.lacking("piece of the direct map") }
      pageOffset = segment.address &- physical
    case .arm64:
      architecture = .arm64
      guard let table = file.symbol("swapper_pg_dir"),
        let offset = file.value("NUMBER(kimage_voffset)")
      else { throw Self.lacking("SYMBOL(swapper_pg_dir) and NUMBER(kimage_voffset)") }
      root = table &- UInt64(bitPattern: offset)
      let bits =
        file.value("NUMBER(TCR_EL1_T1SZ)").map { 64 &- $0 } ?? file.value("NUMBER(VA_BITS)") ?? 48
      guard bits == 48 || bits == 39 else {
        throw KernelTextError.tooLarge(
          "this kernel has addresses of \(bits) bits; 39 and 48 are read")
      }
      topShift = bits == 48 ? 39 : 30
      pageOffset = ~0 << UInt64(bits)
      start = UInt64(bitPattern: file.value("NUMBER(PHYS_OFFSET)") ?? 0)
    }
    root &= 0x000f_ffff_ffff_f000
  }

  private static func lacking(_ what: String) -> KernelTextError {
    .tooLarge(
      "the file has no \(what) in its note VMCOREINFO, so its page tables cannot be found; give /proc/kcore "
        + "of Linux 4.19 or later, or a vmcore of kexec")
  }

  /// The first address that the top table covers.
  var topStart: UInt64 {
    architecture == .x86_64 ? ~0 << (topShift + 9) : pageOffset
  }

  /// The end of the direct map: 64 TiB, or what arm64 has room for.
  var end: UInt64 {
    let limit = AddressLayout.pfnLimit.rawValue << 12
    let half = architecture == .arm64 ? 1 << (topShift + 8) : limit
    let (end, isBeyond) = pageOffset.addingReportingOverflow(min(limit, half))
    return isBeyond ? .max : end
  }

  /// Where the array of `struct page` begins, that of frame 0: `/proc/kcore` has it as a piece of its own.
  ///
  /// Source: fs/proc/kcore.c, `get_sparsemem_vmemmap_info()`, 6.12.
  static func vmemmap(_ file: CoreFile, _ pageOffset: UInt64) -> UInt64? {
    guard file.processor == .x86 else { return nil }
    let vmallocSize: UInt64 = 1 << 44
    let piece = file.others.filter {
      $0.address > pageOffset && $0.address < AddressLayout.kernelMap.rawValue
        && $0.size < vmallocSize
    }.min { $0.address < $1.address }
    guard let piece, let first = file.segments.first?.physical else { return nil }
    return piece.address &- (first >> 12 &* TraceAddresses.descriptorBytes) & ~4095
  }
}
