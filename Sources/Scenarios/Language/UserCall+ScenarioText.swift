import Engine

extension UserCall {
  /// The call as a line of the scenario language.
  var scenarioText: String {
    switch self {
    case .vmalloc(let name, let pages, let options):
      "vmalloc \(name) \(pages.rawValue)\(options.scenarioText)"
    case .vfree(let name): "vfree \(name)"
    case .ioremap(let name, let pfn, let pages, let align):
      "ioremap \(name) pfn:\(pfn.hex) \(pages.rawValue)"
        + (align.map { " align \(Expression.lengthText($0))" } ?? "")
    case .iounmap(let name): "iounmap \(name)"
    case .walk(let name): "apply_to_existing_page_range \(name)"
    case .moduleLoad(let name, let sizes): "module load \(name)\(sizes.scenarioText)"
    case .moduleUnload(let name): "module unload \(name)"
    case .bpfLoad(let name, let bytes): "bpf load \(name) \(bytes)"
    case .bpfFree(let name): "bpf free \(name)"
    case .ftraceLoad(let name, let pages): "ftrace load \(name) \(pages.rawValue)"
    case .ftraceFree(let name): "ftrace free \(name)"
    case .kprobeLoad(let name): "kprobe load \(name)"
    case .kprobeFree(let name): "kprobe free \(name)"
    case .secretmemFault(let name): "secretmem fault \(name)"
    case .secretmemRelease(let name): "secretmem release \(name)"
    case .execmemAlloc(let name, let pages): "execmem alloc \(name) \(pages.rawValue)"
    case .execmemRestore(let name): "execmem restore \(name)"
    case .execmemFree(let name): "execmem free \(name)"
    case .cpuNode(let node): "cpu_node \(node)"
    case .kfence(let protects, let pfn):
      "kfence \(protects ? "protect" : "unprotect") pfn:\(pfn.hex)"
    }
  }

  /// How many pages the call allocates, or writes the entries of; 0 for one that names something as
  /// a whole.
  var pages: PageCount {
    switch self {
    case .vmalloc(_, let pages, _), .ioremap(_, _, let pages, _), .ftraceLoad(_, let pages),
      .execmemAlloc(_, let pages):
      pages
    case .moduleLoad(_, let sizes): sizes.pages
    case .bpfLoad(_, let bytes): PageCount(bytesRoundedUp: UInt64(bytes))
    case .kprobeLoad, .secretmemFault, .kfence: 1
    case .vfree, .iounmap, .walk, .moduleUnload, .bpfFree, .ftraceFree, .kprobeFree,
      .secretmemRelease,
      .execmemRestore, .execmemFree, .cpuNode:
      0
    }
  }
}

extension UserCall.VmallocOptions {
  /// The options as words of the language, each with a space before it.
  var scenarioText: String {
    var words: [String] = []
    if let node { words.append("node \(node)") }
    if flags.contains(.group) { words.append("group") }
    if flags.contains(.resetsPermissions) { words.append("reset") }
    if allowsHuge { words.append("huge") }
    if isInterleaved { words.append("interleave") }
    if gfp != .kernel { words.append("gfp 0x\(String(gfp.rawValue, radix: 16))") }
    return words.map { " \($0)" }.joined()
  }
}

extension ModuleSizes {
  /// The sizes that are not 0, each with a space before it.
  var scenarioText: String {
    Part.allCases.filter { self[$0] > 0 }.map {
      " \($0.rawValue)=\(Expression.lengthText(UInt64(self[$0])))"
    }.joined()
  }
}

extension PolicyCall {
  /// The call as a line of the scenario language.
  var scenarioText: String {
    switch self {
    case .enable(let name, let isOn): "policy \(name.rawValue) \(isOn ? "on" : "off")"
    case .shrink(let name, let node, let pages, let gfp):
      "shrink \(name.rawValue) \(pages)" + (node < 0 ? "" : " node \(node)")
        + (gfp == .kernel ? "" : " gfp 0x\(String(gfp.rawValue, radix: 16))")
    case .reclaim(let name, let node, let priority):
      "reclaim \(name.rawValue) \(priority)" + (node < 0 ? "" : " node \(node)")
    case .dropSlab: "drop_slab"
    case .supply(.block(let order, let pfn)):
      "supply \(order) " + (pfn.map { "pfn:\($0.hex)" } ?? "none")
    case .supply(.scan(let name, let node, let pages)):
      "supply scan \(name.rawValue) \(pages)" + (node < 0 ? "" : " node \(node)")
    case .failBlocks(let fails): "fail blocks \(fails ? "on" : "off")"
    case .failPages(let after): "fail pages " + (after.map { "\($0)" } ?? "off")
    }
  }
}
