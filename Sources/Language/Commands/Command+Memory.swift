import Engine

extension Command {
  /// The commands of the page allocator.
  static var memory: [Command] {
    [
      Command(
        name: "alloc_pages",
        operands: [
          .required(.owner), .required(.order), .optional(.node), .optional(.migrateType),
          .optional(.zero), .optional(.atomic),
        ],
        help: "Takes 2^ORDER pages for NAME: unmovable, of the CPU's node, if you do not say; "
          + "unmapped: with __GFP_UNMAPPED.",
        example: "alloc_pages buffer 9 movable", group: .memory,
        make: { values in
          values.area.map {
            .call(
              .allocPages(
                $0, order: values.order, values.migrateType, node: values.node, values.pageTraits))
          }
        }),
      Command(
        name: "free_pages", operands: [.required(.block), .optional(.softirq)],
        help:
          "Frees all pages that NAME holds, or one block by its first frame; softirq: NAME's, in one.",
        example: "free_pages buffer", group: .memory,
        make: { values in
          guard let name = values.area else {
            return .call(.freePagesAt(values.frame, order: values.order))
          }
          return .call(.freePages(name, inSoftirq: values.isInSoftirq))
        }),
      Command(
        name: "drain", operands: [],
        help: "Empties the CPU's lists: their free pages go to the free lists, where they merge.",
        example: "drain", group: .memory, make: { _ in .call(.drainPages) }),
      Command(
        name: "cpu_node", operands: [.required(.number)],
        help: "The CPU that asks for memory is on node N: requests without a node begin there.",
        example: "cpu_node 1", group: .memory,
        make: { .call(.user(.cpuNode($0.node ?? 0))) }),
      Command(
        name: "age", operands: [.required(.seed), .required(.operations)],
        help: "A long life: random requests and releases of several owners scatter free memory.",
        example: "age 1 200000", group: .memory,
        make: { .call(.age(seed: $0.seed, operations: $0.operations)) }),
      Command(
        name: "scatter",
        operands: [.required(.owner), .required(.pages), .required(.percent), .required(.seed)],
        help: "Takes single unmovable pages for NAME and gives PERCENT of them back at random.",
        example: "scatter ballast 1G 30 1", group: .memory,
        make: { values in
          values.area.map {
            .call(
              .scatter(
                $0, values.count, percentFreed: values.percent, seed: values.seed))
          }
        }),
    ]
  }
}
