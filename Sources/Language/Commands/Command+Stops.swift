import Engine

// Stops: `break` and `watch`. What may be left out may come in any order.

extension Command {
  private static var wishes: [Operand] {
    [
      .optional(.onlyIf), .optional(.once), .optional(.ignored), .optional(.disabled),
      .optional(.commands),
    ]
  }

  private static func stop(
    _ name: String, _ operands: [Operand] = [], help: String, example: String,
    _ condition: @escaping @Sendable (OperandValues) -> Stop.Condition,
  ) -> Command {
    Command(
      name: name, operands: operands + wishes, help: help, example: example, group: .stops,
      make: { .stop($0.stop(condition($0))) })
  }

  static var stops: [Command] {
    [
      stop(
        "break split", [.optional(.leafSize), .optional(.region)],
        help: "Stops where a leaf is split.", example: "break split 1G in pfn:0x180000 512",
        { .split($0.leafSize, $0.region) }),
      stop(
        "break merge", [.optional(.leafSize), .optional(.region)],
        help: "Stops where a table becomes a leaf of this size again.", example: "break merge 2M",
        { .merge($0.leafSize, $0.region) }),
      stop(
        "break near-merge",
        [.required(.entries), .optional(.leafSize), .optional(.region)],
        help: "Stops where a slot comes nearer to a merge, with at most N entries in the way.",
        example: "break near-merge 3",
        { .nearMerge($0.number, $0.leafSize ?? .size2M, $0.region) }),
      stop(
        "break fallback", help: "Stops where a cache hands out an ordinary page.",
        example: "break fallback once", { _ in .fallback }),
      stop(
        "break flush", [.required(.full)], help: "Stops where a TLB is flushed whole.",
        example: "break flush full ignore 3", { _ in .flushFull }),
      stop(
        "break call", [.required(.callName)], help: "Stops before each call of this name.",
        example: "break call set_memory_rox", { .call($0.text) }),
      stop(
        "break function", [.required(.functionName)],
        help: "Stops where the kernel enters a function of this name.",
        example: "break function __split_large_page", { .function($0.text) }),
      stop(
        "break if", [.required(.expression)],
        help: "Stops where an expression becomes true; with ret or last(...), after each call for "
          + "which it is.",
        example: "break if DirectMap4k > 16384", { .expression($0.expression) }),
      stop(
        "break drift",
        help: "Stops where a policy's count is not what its table holds.",
        example: "break drift", { _ in .drift }),
      stop(
        "break invariant",
        help: "Stops where the engine itself is wrong; always on, and named here to be listed.",
        example: "break invariant", { _ in .invariant }),
      stop(
        "watch", [.required(.watched)],
        help: "Stops where the entry that maps a page, or one of many, changes, or a number moves.",
        example: "watch pfn:0x180000 512", { $0.watched }),
    ]
  }
}

extension OperandValues {
  /// A stop with the wishes of the line.
  fileprivate func stop(_ condition: Stop.Condition) -> Stop {
    var stop = stop
    stop.condition = condition
    return stop
  }
}
