public import Engine
import KernelText

/// The workload of a trace as commands of the scenario language, which name no frames: so that it
/// can be run on other machines, under other kernels and policies.
///
/// Modules come with the sizes of their parts, BPF programs with those of their machine code, as the
/// notes `bpf_prog_load id=N jited=BYTES` give them. A note `bpf_prog_close idx=N` frees the program
/// that was loaded as number N, from 0; the note `bpf_end` frees all that are left.
public struct TraceScenario: Equatable, Sendable {
  /// A line of the scenario.
  public enum Command: Equatable, Sendable {
    /// A module is loaded.
    case loadModule(name: String, ModuleSizes)
    /// A module is removed.
    case unloadModule(name: String)
    /// A BPF program is loaded; the size is in bytes.
    case loadBPF(name: String, bytes: UInt64)
    /// A BPF program is freed.
    case freeBPF(name: String)
    /// What the recorder noted.
    case note(String)
    /// A module was loaded whose memory the trace does not show.
    case moduleWithoutSizes(name: String)
    /// A module was unloaded that no command loaded.
    case unknownModule(name: String)
  }

  /// The commands, in the order of the trace.
  public let commands: [Command]
  /// The number of BPF programs of unknown size; they are left out.
  public let programsWithoutSize: Int

  /// Reads a trace; what is before the note `start`, if there is one, is left out.
  public init(_ trace: FtraceText) {
    let events = trace.events[(trace.survey.eventsBeforeStart ?? 0)...]
    var sizes = TraceScenarioSizes()
    for event in events { sizes.read(event) }
    var writer = TraceScenarioWriter(sizes)
    var commands: [Command] = []
    for event in events { writer.read(event) { commands.append($0) } }
    self.commands = commands
    programsWithoutSize = sizes.programsWithoutSize
  }

  /// The scenario as text.
  ///
  /// - Parameter source: where the trace came from, for a note.
  public func text(kernel: KernelProfile, source: String, machine: String? = nil) -> String {
    let head = Self.head(
      kernel: kernel, source: source, machine: machine, programsWithoutSize: programsWithoutSize)
    return (head + commands.map(\.line)).map { $0 + "\n" }.joined()
  }

  /// Writes the scenario of a trace of any length, line by line.
  ///
  /// - Parameters:
  ///   - open: returns the bytes of the trace from its beginning, each time it is called.
  ///   - survey: what it says as a whole, from an earlier reading.
  ///   - source: where the trace came from, for a note.
  ///   - write: receives each line, without its end.
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public static func write(
    _ open: () throws -> any ByteSource, _ survey: FtraceSurvey, kernel: KernelProfile,
    source: String, to write: (String) throws -> Void,
  ) throws {
    let start = survey.eventsBeforeStart ?? 0
    var sizes = TraceScenarioSizes()
    var index = 0
    _ = try FtraceStream.survey(try open()) { event in
      if index >= start { sizes.read(event) }
      index += 1
    }
    let head = head(
      kernel: kernel, source: source, machine: nil, programsWithoutSize: sizes.programsWithoutSize)
    for line in head { try write(line) }
    var writer = TraceScenarioWriter(sizes)
    index = 0
    _ = try FtraceStream.survey(try open()) { event in
      if index >= start { try writer.read(event) { try write($0.line) } }
      index += 1
    }
  }

  private static func head(
    kernel: KernelProfile, source: String, machine: String?, programsWithoutSize: Int,
  ) -> [String] {
    var lines: [String] = []
    if let machine { lines.append("machine \(machine)") }
    lines.append("kernel \(kernel.name)")
    lines.append(noteLine("from \(source)"))
    if programsWithoutSize > 0 {
      lines.append("# left out: \(programsWithoutSize) BPF programs of unknown size")
    }
    return lines
  }

  fileprivate static func noteLine(_ text: String) -> String {
    let shown = text.unicodeScalars.map { scalar in
      let isPlain = (32..<127).contains(scalar.value) && scalar != "\"" && scalar != "\\"
      return isPlain ? Character(scalar) : "?"
    }
    return "note \"\(String(shown))\""
  }
}

extension TraceScenario.Command {
  /// The command as a line of the language.
  public var line: String {
    switch self {
    case .loadModule(let name, let sizes):
      let parts = ModuleSizes.Part.allCases.filter { sizes[$0] > 0 }
      return (["module load \(name)"] + parts.map { "\($0.rawValue)=\(sizes[$0])" })
        .joined(separator: " ")
    case .unloadModule(let name): return "module unload \(name)"
    case .loadBPF(let name, let bytes): return "bpf load \(name) \(bytes)"
    case .freeBPF(let name): return "bpf free \(name)"
    case .note(let text): return TraceScenario.noteLine(text)
    case .moduleWithoutSizes(let name):
      return "# module \(name) was loaded, but no execmem_alloc events tell its sizes"
    case .unknownModule(let name): return "# module \(name) was removed; no line above loads it"
    }
  }
}
