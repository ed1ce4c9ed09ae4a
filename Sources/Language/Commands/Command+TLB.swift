extension Command {
  /// The question about a TLB.
  static var tlb: Command {
    Command(
      name: "tlb", operands: [.required(.preset), .required(.pattern), .optional(.touched)],
      help: "Says how often accesses miss in a TLB, and how many tables their walks read; "
        + "nothing changes.",
      example: "tlb skylake random all accesses 1000000 seed 7 as before", group: .script,
      make: { .tlb($0.tlb) })
  }
}
