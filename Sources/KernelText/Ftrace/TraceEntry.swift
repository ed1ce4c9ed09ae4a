/// An event of a trace with who caused it: the task, and the functions that were under way.
public struct TraceEntry: Equatable, Sendable {
  /// What happened.
  public var event: FtraceEvent
  /// The name of the task.
  public var taskName: String
  /// The functions, the innermost first, with the module that one belongs to: `nft_init [nf_tables]`.
  /// Empty where no stack was recorded.
  public var stack: [String] = []
}

/// Takes a trace line by line, as it comes, and puts events and their stacks together.
///
///     insmod-105     [000] .....     2.738228: set_memory_ro: (set_memory_ro+0x0/0x30) addr=0x...
///     insmod-105     [000] .....     2.738229: <stack trace>
///      => set_memory_ro
///      => do_init_module
///
/// Source: kernel/trace/trace_output.c, `trace_stack_print()`, 6.12.
public struct TraceEntryReader: Sendable {
  /// What of a line came so far.
  private var cut: [UInt8] = []
  private var number = 0
  /// How many lines looked like an event and could not be read.
  public private(set) var unreadable = 0

  private static let depthMax = 32
  private static let lineMax = 1 << 16
  private static let stackMark = "<stack trace>"

  /// Creates a reader at the beginning of a trace.
  public init() {}

  /// Takes all bytes that are there, which may end inside a line.
  ///
  /// - Returns: the events, and the lines that were read, without their line feeds and without those that
  ///   show only what lies behind the end of a mapping.
  public mutating func take(
    _ bytes: some Sequence<UInt8>,
  ) -> (entries: [TraceEntry], lines: [String]) {
    var entries: [TraceEntry] = []
    var lines: [String] = []
    /// The event whose stack the lines that follow show.
    var place: Int?
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        if cut.count < Self.lineMax { cut.append(byte) }
        continue
      }
      number += 1
      if take(line: cut[...], &entries, &place) {
        lines.append(String(decoding: cut, as: UTF8.self))
      }
      cut.removeAll(keepingCapacity: true)
    }
    return (entries, lines)
  }

  /// Takes a line; whether it tells anything.
  private mutating func take(
    line: ArraySlice<UInt8>, _ entries: inout [TraceEntry], _ place: inout Int?,
  ) -> Bool {
    if let function = Self.function(line) {
      guard let place, entries[place].stack.count < Self.depthMax else { return true }
      entries[place].stack.append(function)
      return true
    }
    place = nil
    if Self.beginsStack(line) {
      // Events of another CPU may stand between the event and its stack.
      let head = Array(line.dropLast(Self.stackMark.utf8.count)) + Array("stack:".utf8)
      guard let task = FtraceLine(head[...], number: number)?.task else { return true }
      place = entries.lastIndex { $0.event.task == task }
      return true
    }
    guard let parts = FtraceLine(line, number: number) else { return true }
    do throws(KernelTextError) {
      guard let event = try FtraceEvent(parts) else {
        return !parts.name.hasPrefix("vmap_pages_")
      }
      entries.append(TraceEntry(event: event, taskName: parts.taskName))
    } catch {
      unreadable += 1
    }
    return true
  }

  /// ` => set_memory_ro`, or with a module ` => nft_init [nf_tables]`.
  private static func function(_ line: ArraySlice<UInt8>) -> String? {
    guard line.starts(with: " => ".utf8) else { return nil }
    let text = String(decoding: line.dropFirst(4), as: UTF8.self)
    let words = text.split(separator: " ")
    guard let first = words.first else { return nil }
    let name = first.prefix { $0 != "+" }
    guard words.count > 1, words[1].hasPrefix("[") else { return String(name) }
    return "\(name) \(words[1])"
  }

  private static func beginsStack(_ line: ArraySlice<UInt8>) -> Bool {
    let end = stackMark.utf8
    return line.count >= end.count && line.suffix(end.count).elementsEqual(end)
  }

  /// Whether a line belongs to a stack.
  static func isOfStack(_ line: ArraySlice<UInt8>) -> Bool {
    beginsStack(line) || line.starts(with: " => ".utf8)
  }
}
