import Engine

extension LinearMapCall {
  /// The call's command in the scenario language.
  var name: String {
    switch self {
    case .mapMem: "map_mem"
    case .setMemoryValid: "set_memory_valid"
    case .addMemory: "add_memory"
    }
  }

  /// What follows the command in a line.
  var operandText: String {
    switch self {
    case .mapMem: ""
    case .setMemoryValid(let target, let pages, let isValid):
      "\(target.scenarioText)\(pages == 1 ? "" : " \(pages.rawValue)") \(isValid)"
    case .addMemory(let pfn, let pages): "pfn:\(pfn.hex) \(pages.rawValue)"
    }
  }

  /// How many pages the call names.
  var pages: PageCount {
    switch self {
    // Told by table, not by page.
    case .mapMem, .addMemory: 0
    case .setMemoryValid: 0
    }
  }
}

extension Command {
  /// The commands that only arm64 has.
  static var linearMap: [Command] {
    [
      Command(
        name: "map_mem", operands: [],
        help: "Builds the linear map again as boot did, table by table; before anything uses it.",
        example: "map_mem", group: .linearMap, make: { _ in .call(.linearMap(.mapMem)) }),
      Command(
        name: "set_memory_valid",
        operands: [.required(.target), .optional(.count), .required(.boolean)],
        help: "Makes pages valid or not and flushes them: how memory of guests leaves the map.",
        example: "set_memory_valid pfn:0x180000 2G false", group: .linearMap,
        make: { .call(.linearMap(.setMemoryValid($0.target, $0.count, $0.boolean))) }),
      Command(
        name: "add_memory", operands: [.required(.frame), .required(.pages)],
        help: "Plugs memory in: arch_add_memory builds its linear map; sections of 128M.",
        example: "add_memory pfn:0x1000000 1G", group: .linearMap,
        make: { .call(.linearMap(.addMemory($0.frame, $0.count))) }),
    ]
  }
}
