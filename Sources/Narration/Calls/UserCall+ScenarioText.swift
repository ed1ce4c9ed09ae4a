import Engine

extension UserCall {
  /// The call's command in the scenario language.
  var name: String {
    switch self {
    case .vmalloc: "vmalloc"
    case .vfree: "vfree"
    case .ioremap: "ioremap"
    case .iounmap: "iounmap"
    case .walk: "apply_to_existing_page_range"
    case .moduleLoad: "module load"
    case .moduleUnload: "module unload"
    case .bpfLoad: "bpf load"
    case .bpfFree: "bpf free"
    case .ftraceLoad: "ftrace load"
    case .ftraceFree: "ftrace free"
    case .kprobeLoad: "kprobe load"
    case .kprobeFree: "kprobe free"
    case .secretmemFault: "secretmem fault"
    case .secretmemRelease: "secretmem release"
    case .execmemAlloc: "execmem alloc"
    case .execmemRestore: "execmem restore"
    case .execmemFree: "execmem free"
    case .gmemFault: "gmem fault"
    case .gmemRelease: "gmem release"
    case .gmemWrite: "gmem write"
    case .mermapGet: "mermap get"
    case .mermapPut: "mermap put"
    case .rmpUpdate: "rmpupdate"
    case .hwpoison: "hwpoison"
    case .unpoison: "unpoison"
    case .kexecLoad: "kexec load"
    case .kexecUnload: "kexec unload"
    case .cpuNode: "cpu_node"
    case .kfence(let protects, _): protects ? "kfence protect" : "kfence unprotect"
    }
  }

  /// What follows the command in a line.
  var operandText: String {
    switch self {
    case .vmalloc(let name, let pages, let options):
      "\(name) \(pages.rawValue)\(options.scenarioText)"
    case .ioremap(let name, let pfn, let pages, let align):
      "\(name) pfn:\(pfn.hex) \(pages.rawValue)"
        + (align.map { " align \(lengthText($0))" } ?? "")
    case .moduleLoad(let name, let sizes): "\(name)\(sizes.scenarioText)"
    case .bpfLoad(let name, let bytes, let isClassic):
      "\(name) \(bytes)" + (isClassic ? " classic" : "")
    case .ftraceLoad(let name, let pages), .execmemAlloc(let name, let pages):
      "\(name) \(pages.rawValue)"
    case .vfree(let name), .iounmap(let name), .walk(let name), .moduleUnload(let name),
      .bpfFree(let name), .ftraceFree(let name), .kprobeLoad(let name), .kprobeFree(let name),
      .secretmemFault(let name), .secretmemRelease(let name), .execmemRestore(let name),
      .execmemFree(let name), .gmemRelease(let name), .kexecLoad(let name), .kexecUnload(let name),
      .mermapPut(let name):
      "\(name)"
    case .mermapGet(let name, let pfn, let pages):
      "\(name) pfn:\(pfn.hex)" + (pages == 1 ? "" : " \(pages.rawValue)")
    case .gmemFault(let name, let pages, let flushes),
      .gmemWrite(let name, let pages, let flushes):
      "\(name) \(pages.rawValue)" + (flushes ? "" : " noflush")
    case .rmpUpdate(let pfn, let pages): "pfn:\(pfn.hex) \(pages.rawValue)"
    case .hwpoison(let pfn), .unpoison(let pfn): "pfn:\(pfn.hex)"
    case .cpuNode(let node): "\(node)"
    case .kfence(_, let pfn): "pfn:\(pfn.hex)"
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
    case .bpfLoad(_, let bytes, _): PageCount(bytesRoundedUp: UInt64(bytes))
    case .kprobeLoad, .secretmemFault, .kfence, .hwpoison, .unpoison, .kexecLoad: 1
    case .gmemFault(_, let pages, _), .rmpUpdate(_, let pages), .gmemWrite(_, let pages, _): pages
    case .mermapGet(_, _, let pages): pages
    case .vfree, .iounmap, .walk, .moduleUnload, .bpfFree, .ftraceFree, .kprobeFree,
      .secretmemRelease,
      .execmemRestore, .execmemFree, .cpuNode, .gmemRelease, .kexecUnload, .mermapPut:
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
    if let place { words.append("at \(place.hex)") }
    return words.map { " \($0)" }.joined()
  }
}

extension ModuleSizes {
  /// The sizes that are not 0, each with a space before it.
  var scenarioText: String {
    Part.allCases.filter { self[$0] > 0 }.map {
      " \($0.rawValue)=\(lengthText(UInt64(self[$0])))"
    }.joined()
  }
}

extension PolicyCall {
  /// The call's command in the scenario language.
  var name: String {
    switch self {
    case .enable: "policy"
    case .shrink: "shrink"
    case .reclaim: "reclaim"
    case .dropSlab: "drop_slab"
    case .supply: "supply"
    case .failBlocks: "fail blocks"
    case .failTables: "fail tables"
    case .failPages: "fail pages"
    case .failRequests: "fail requests"
    }
  }

  /// What follows the command in a line.
  var operandText: String {
    switch self {
    case .enable(let name, let isOn): "\(name.rawValue) \(isOn ? "on" : "off")"
    case .shrink(let name, let node, let pages, let gfp):
      "\(name.rawValue) \(pages)" + (node < 0 ? "" : " node \(node)")
        + (gfp == .kernel ? "" : " gfp 0x\(String(gfp.rawValue, radix: 16))")
    case .reclaim(let name, let node, let priority):
      "\(name.rawValue) \(priority)" + (node < 0 ? "" : " node \(node)")
    case .dropSlab: ""
    case .supply(.block(let order, let pfn)):
      "\(order) " + (pfn.map { "pfn:\($0.hex)" } ?? "none")
    case .supply(.scan(let name, let node, let pages)):
      "scan \(name.rawValue) \(pages)" + (node < 0 ? "" : " node \(node)")
    case .failBlocks(let fails), .failTables(let fails): fails ? "on" : "off"
    case .failPages(let after): after.map { "\($0)" } ?? "off"
    case .failRequests(let refusals):
      refusals.map { "\($0.after)" + ($0.times.map { " \($0)" } ?? "") } ?? "off"
    }
  }
}
