import Engine
import KernelText

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
      root &= Self.addressMask & ~encryption
      let segment = file.segments.first {
        $0.address < AddressLayout.kernelMap.rawValue && $0.address >> 63 == 1
      }
      if let segment, let physical = segment.physical {
        pageOffset = segment.address &- physical
      } else if let base = try Self.base(file, root, topShift, encryption)?.base {
        pageOffset = base
      } else {
        throw Self.lacking("piece of the direct map")
      }
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
      // A kernel built for 52 bits counts from where its map would begin with 52, also on a processor
      // with 48. Source: arch/arm64/mm/init.c, `arm64_memblock_init()`, 6.12.
      let built = UInt64(bitPattern: file.value("NUMBER(VA_BITS)") ?? bits)
      let shift = built < 64 ? pageOffset &- (~0 << built) : 0
      start = UInt64(bitPattern: file.value("NUMBER(PHYS_OFFSET)") ?? 0) &+ shift
      root &= Self.addressMask
    }
  }

  /// The tables of x86-64 that begin with a top table, where nothing else is known; `nil` if it is none.
  ///
  /// - Parameter root: the physical address of the top table.
  init?(_ file: CoreFile, topTable root: UInt64) throws {
    architecture = .x86_64
    self.root = root
    for shift: UInt64 in [39, 48] {
      guard let (base, first) = try Self.base(file, root, shift, 0), first == 0 else { continue }
      (topShift, pageOffset) = (shift, base)
      return
    }
    return nil
  }

  static let addressMask: UInt64 = 0x000f_ffff_ffff_f000

  /// The address of frame 0 by the tables themselves, and the physical address that they map first: the
  /// direct map is the first part of the kernel's half in which frames follow addresses, and begins at a
  /// border of 1 GiB.
  private static func base(
    _ file: CoreFile, _ root: UInt64, _ topShift: UInt64, _ encryption: UInt64,
  ) throws -> (base: UInt64, first: UInt64)? {
    var tablesLeft = 4096
    func search(
      _ table: UInt64, _ shift: UInt64, _ start: UInt64, _ indices: Range<Int>,
    ) throws -> (base: UInt64, first: UInt64)? {
      tablesLeft -= 1
      guard tablesLeft >= 0, let bytes = try file.table(at: table) else { return nil }
      for index in indices {
        let entry = CoreFile.number(bytes, index * 8, 8)
        guard entry & 1 != 0 else { continue }
        let address = start &+ UInt64(index) << shift
        let physical = entry & addressMask & ~encryption
        if shift == 12 || shift <= 30 && entry & 0x80 != 0 {
          let first = physical & ~((1 << shift) - 1)
          if (address &- first) & 0x3fff_ffff == 0 { return (address &- first, first) }
        } else if shift > 12, let found = try search(physical, shift - 9, address, 0..<512) {
          return found
        }
      }
      return nil
    }
    // The lower half of the top table is the user's.
    return try search(root, topShift, ~0 << (topShift + 9), 256..<512)
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
