extension Report {
  /// What the letters of entries mean, as the panel of the selected page shows them.
  static let glossary = Report(
    title: "the bits of an entry",
    lines: [
      "P: present; the CPU may use the entry. Without P an access faults.",
      "RW: writable. Without RW the memory is read-only.",
      "A: accessed; the CPU sets it when it uses the entry.",
      "D: dirty; the CPU sets it at the first write. set_memory_ro clears it in newer kernels.",
      "G: global; the TLB keeps the entry when the page tables are switched.",
      "PSE: page size; the entry maps memory itself, as a leaf of 2M or 1G, and points to no table.",
      "NX: no execute; no code runs from this memory.",
      "A large leaf re-forms only if all 512 entries are equal and map consecutive frames; the key ; "
        + "goes to the next entry that blocks it.",
      "On arm64 the names are others: RDONLY, PXN, AF, CONT (16 entries that share one TLB entry).",
    ])
}
