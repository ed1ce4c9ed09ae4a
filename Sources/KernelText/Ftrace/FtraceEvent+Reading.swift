import Engine

extension FtraceEvent {
  /// Reads a relevant event; `nil` for others. Throws if a field is missing or not a number.
  init?(_ line: FtraceLine) throws(KernelTextError) {
    guard let kind = try Self.kind(line) else { return nil }
    self.init(line: line.number, task: line.task, kind: kind)
  }

  private static func kind(_ line: FtraceLine) throws(KernelTextError) -> Kind? {
    switch line.name {
    case "change_page_attr_set_clr": return .request(try FtraceRequest(line))
    case "cpa_pfns": return try frames(line)
    case "set_direct_map_invalid_noflush": return .setDirectMap(.invalid, page: try page(line))
    case "set_direct_map_default_noflush": return .setDirectMap(.default, page: try page(line))
    case "set_direct_map_valid_noflush":
      guard let pages = line.number(of: "nr"), let valid = line.number(of: "valid") else {
        throw line.unexpected("`page=ADDRESS nr=N valid=0` or 1; the line may be cut off")
      }
      return .setDirectMapValid(page: try page(line), PageCount(pages), isValid: valid & 0xff != 0)
    case "execmem_alloc":
      guard let type = line.number(of: "type"), let size = line.number(of: "size") else {
        throw line.unexpected("`type=N size=BYTES`; the line may be cut off")
      }
      return .execmemAlloc(type: type, size: size)
    case "execmem_alloc_ret":
      return .execmemAllocReturned(try number(line, "ptr"))
    case "execmem_free": return .execmemFree(try number(line, "ptr"))
    case "module_load": return .moduleLoad(try firstWord(line))
    case "module_free": return .moduleFree(try firstWord(line))
    case "tracing_mark_write": return .note(FtraceNote(line.arguments))
    case let name where name.hasPrefix("vmap_pages_"): return try mapped(line)
    case let name where name.hasPrefix("set_memory_"):
      guard let address = line.number(of: "addr"), let pages = line.number(of: "numpages") else {
        throw line.unexpected("`addr=ADDRESS numpages=N`; the line may be cut off")
      }
      return .setMemory(name: name, VirtualAddress(address), PageCount(pages))
    default: return nil
    }
  }

  private static func number(
    _ line: FtraceLine, _ key: String,
  ) throws(KernelTextError) -> UInt64 {
    guard let number = line.number(of: key) else {
      throw line.unexpected("`\(key)=NUMBER`; the line may be cut off")
    }
    return number
  }

  private static func page(_ line: FtraceLine) throws(KernelTextError) -> UInt64 {
    try number(line, "page")
  }

  private static func firstWord(_ line: FtraceLine) throws(KernelTextError) -> String {
    var words = ByteWords(line.arguments)
    guard let word = words.next() else { throw line.unexpected("the name of a module") }
    return String(decoding: word, as: UTF8.self)
  }

  /// `vmap_pages_128: (...) addr=0xffffffffc0203000 end=0xffffffffc0304000 a={0x..,0x..} b={0x..}`:
  /// the number in the name is the index of the first page whose descriptor is shown. Descriptors
  /// of pages beyond the end are garbage.
  private static func mapped(_ line: FtraceLine) throws(KernelTextError) -> Kind? {
    guard let first = UInt64(line.name.dropFirst("vmap_pages_".count), radix: 10) else {
      return nil
    }
    let start = try number(line, "addr")
    let end = try number(line, "end")
    guard start % 4096 == 0, start < end else {
      throw line.unexpected("addresses of pages, the end above the start")
    }
    let pages = (end - start) / 4096
    guard first < pages else { return nil }
    var descriptors: [UInt64] = []
    var words = ByteWords(line.arguments)
    while let word = words.next() {
      guard let brace = word.firstIndex(of: UInt8(ascii: "{")) else { continue }
      guard word.last == UInt8(ascii: "}") else {
        throw line.unexpected("a closing brace; the line may be cut off")
      }
      let list = word[word.index(after: brace)...].dropLast()
      for number in list.split(separator: UInt8(ascii: ",")) {
        // What could not be read is shown as (fault).
        descriptors.append(UInt64(traced: number) ?? 0)
      }
    }
    let count = Int(clamping: pages - first)
    return .mapped(
      VirtualAddress(start + first * 4096), descriptors: Array(descriptors.prefix(count)))
  }

  /// `cpa_pfns: addr=0xffffffffc0208000 0x106c40+16 0x1017d4+4`, the name doubled by `trace_printk()`
  /// or not.
  private static func frames(_ line: FtraceLine) throws(KernelTextError) -> Kind {
    let address = try number(line, "addr")
    var runs: [Range<PFN>] = []
    var words = ByteWords(line.arguments)
    while let word = words.next() {
      if word.elementsEqual("cpa_pfns:".utf8) || word.starts(with: "addr=".utf8) { continue }
      let parts = word.split(separator: UInt8(ascii: "+"), omittingEmptySubsequences: false)
      let limit = AddressLayout.pfnLimit.rawValue
      guard parts.count == 2, let first = UInt64(traced: parts[0]),
        let count = UInt64(traced: parts[1]), first < limit, count > 0, count <= limit - first
      else {
        throw line.unexpected("frames as `0xFRAME+COUNT`, below 64 TiB; the line may be cut off")
      }
      runs.append(PFN(first)..<PFN(first + count))
    }
    if runs.isEmpty { throw line.unexpected("frames as `0xFRAME+COUNT` after the address") }
    return .frames(VirtualAddress(address), runs)
  }
}

extension FtraceRequest {
  fileprivate init(_ line: FtraceLine) throws(KernelTextError) {
    guard let pages = line.number(of: "numpages"), let set = line.number(of: "set"),
      let clear = line.number(of: "clr"), let address = line.value(of: "addr")
    else {
      throw line.unexpected("`addr=ADDRESS numpages=N set=MASK clr=MASK`; the line may be cut off")
    }
    let request = TracedRequest(
      .pages, frames: [], set: EntryFlags(rawValue: set), clear: EntryFlags(rawValue: clear))
    if request.hasFrameBits {
      throw line.unexpected("masks of flag bits, none of them within a frame number")
    }
    // The kernel declares `numpages` as an int. Modules of 6.1 sometimes request 0 pages.
    guard pages <= UInt64(Int32.max) else {
      throw line.unexpected("numpages up to 2147483647")
    }
    self.init(
      address: UInt64(traced: address).map { VirtualAddress($0) }, pages: PageCount(pages),
      set: request.set, clear: request.clear,
      forcesSplit: (line.number(of: "force_split") ?? 0) & 0xffff_ffff != 0,
      flags: line.number(of: "flags") ?? 0)
  }
}
