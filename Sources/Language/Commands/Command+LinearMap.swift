import Engine

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
      Command(
        name: "set_memory_pkey",
        operands: [.required(.target), .optional(.count), .required(.boolean)],
        help: "Gives pages the protection key of page tables, or the default one (proposed).",
        example: "set_memory_pkey pfn:0x180000 512 true", group: .linearMap,
        make: { .call(.linearMap(.setMemoryPkey($0.target, $0.count, $0.boolean))) }),
      Command(
        name: "pgtable alloc", operands: [.required(.area), .required(.count)],
        help: "A process gets page tables, as by fork(): with kpkeys each gets a key.",
        example: "pgtable alloc fork 300", group: .linearMap,
        make: { values in
          values.area.map { .call(.linearMap(.tablesAlloc($0, values.count))) }
        }),
      Command(
        name: "pgtable free", operands: [.required(.area)],
        help: "The page tables of a process go.", example: "pgtable free fork",
        group: .linearMap,
        make: { values in values.area.map { .call(.linearMap(.tablesFree($0))) } }),
    ]
  }
}
