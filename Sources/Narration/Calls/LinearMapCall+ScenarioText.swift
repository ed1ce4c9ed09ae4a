import Engine

extension LinearMapCall {
  /// The call's command in the scenario language.
  var name: String {
    switch self {
    case .mapMem: "map_mem"
    case .setMemoryValid: "set_memory_valid"
    case .addMemory: "add_memory"
    case .setMemoryPkey: "set_memory_pkey"
    case .tablesAlloc: "pgtable alloc"
    case .tablesFree: "pgtable free"
    }
  }

  /// What follows the command in a line.
  var operandText: String {
    switch self {
    case .mapMem: ""
    case .setMemoryValid(let target, let pages, let isValid):
      "\(target.scenarioText)\(pages == 1 ? "" : " \(pages.rawValue)") \(isValid)"
    case .addMemory(let pfn, let pages): "pfn:\(pfn.hex) \(pages.rawValue)"
    case .setMemoryPkey(let target, let pages, let isOfTables):
      "\(target.scenarioText)\(pages == 1 ? "" : " \(pages.rawValue)") \(isOfTables)"
    case .tablesAlloc(let name, let pages): "\(name) \(pages.rawValue)"
    case .tablesFree(let name): "\(name)"
    }
  }

  /// How many pages the call names.
  var pages: PageCount {
    switch self {
    // Told by table, not by page.
    case .mapMem, .addMemory: 0
    case .setMemoryValid, .setMemoryPkey: 0
    case .tablesAlloc(_, let pages): pages
    case .tablesFree: 0
    }
  }
}
