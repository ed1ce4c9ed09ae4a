import Engine

// The table of commands: what a process does with its memory.

extension Command {
  static var processes: [Command] {
    [
      Command(
        name: "mmap",
        operands: [
          .required(.newRange), .required(.pages), .optional(.folioOrder), .optional(.file),
          .optional(.dirty), .optional(.userPlace),
        ],
        help: "A range of a process, all of it present: folios of 2^N pages that 4K entries map; "
          + "anonymous, or a file's.",
        example: "mmap heap 1G order 9", group: .processes,
        make: { values in
          values.area.map {
            .call(
              .process(
                .mmap(
                  $0, values.count, order: values.order, values.traits, at: values.place)))
          }
        }),
      Command(
        name: "zap", operands: [.required(.rangePart), .optional(.count)],
        help: "MADV_DONTNEED: unmaps a range, or pages from one of its pages on, and frees them.",
        example: "zap heap+512 100", group: .processes,
        make: { values in values.area.map { .call(.process(.zap($0, values.part))) } }),
      Command(
        name: "munmap", operands: [.required(.rangePart), .optional(.count)],
        help:
          "Unmaps a range, frees its pages and page tables, and forgets it; of a part, leaves a "
          + "hole.",
        example: "munmap heap", group: .processes,
        make: { values in values.area.map { .call(.process(.munmap($0, values.part))) } }),
      Command(
        name: "exit_mmap", operands: [],
        help: "The process ends: all of its ranges are unmapped under one mmu_gather.",
        example: "exit_mmap", group: .processes, make: { _ in .call(.process(.exitMmap)) }),
    ]
  }
}

extension OperandValues {
  /// The part of a range that the operands name; `nil` for all of it.
  fileprivate var part: ProcessCall.Part? {
    let count = wasCounted ? self.count : nil
    return firstPage == 0 && count == nil
      ? nil : ProcessCall.Part(first: firstPage, count: count)
  }
}
