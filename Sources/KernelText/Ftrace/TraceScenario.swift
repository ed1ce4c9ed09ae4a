public import Engine

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
    /// A module was loaded of which the trace does not show the memory.
    case moduleWithoutSizes(name: String)
    /// A module went that no command loaded.
    case unknownModule(name: String)
  }

  /// The commands, in the order of the trace.
  public private(set) var commands: [Command] = []
  /// Lines of BPF programs whose size is not told; they are left out.
  public private(set) var programsWithoutSize: [Int] = []

  /// Reads a trace; what is before the note `start`, if there is one, is left out.
  public init(_ trace: FtraceText) {
    let start = trace.events.firstIndex { event in
      if case .note(let note) = event.kind { note.name == "start" } else { false }
    }
    let events = trace.events[(start ?? 0)...]
    var modules = TracedModules()
    for event in events { modules.read(event) }
    var writer = Writer(modules: modules)
    for event in events { writer.read(event) }
    commands = writer.commands
    programsWithoutSize = writer.programsWithoutSize
  }

  /// The scenario as text.
  ///
  /// - Parameter source: where the trace came from, for a note.
  public func text(kernel: KernelProfile, source: String, machine: String? = nil) -> String {
    var lines: [String] = []
    if let machine { lines.append("machine \(machine)") }
    lines.append("kernel \(kernel.name)")
    lines.append(Self.noteLine("from \(source)"))
    if !programsWithoutSize.isEmpty {
      lines.append("# left out: \(programsWithoutSize.count) BPF programs of unknown size")
    }
    lines += commands.map(\.line)
    return lines.map { $0 + "\n" }.joined()
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

/// Writes the commands, event by event.
private struct Writer {
  let modules: TracedModules
  private(set) var commands: [TraceScenario.Command] = []
  private(set) var programsWithoutSize: [Int] = []
  private var names = NamesInUse()
  /// The names of live modules, by the kernel's name.
  private var liveModules: [String: String] = [:]
  /// Every program in the order of loading; `nil` if it is free or has no size.
  private var programs: [String?] = []

  init(modules: TracedModules) { self.modules = modules }

  mutating func read(_ event: FtraceEvent) {
    switch event.kind {
    case .moduleLoad(let kernelName):
      guard let index = modules.moduleAtLine[event.line] else { return }
      let sizes = modules.modules[index].sizes
      guard sizes != ModuleSizes() else {
        commands.append(.moduleWithoutSizes(name: NamesInUse.allowed(kernelName)))
        return
      }
      let name = names.unique(kernelName)
      liveModules[kernelName] = name
      commands.append(.loadModule(name: name, sizes))
    case .moduleFree(let kernelName):
      guard let name = liveModules.removeValue(forKey: kernelName) else {
        commands.append(.unknownModule(name: NamesInUse.allowed(kernelName)))
        return
      }
      names.release(name)
      commands.append(.unloadModule(name: name))
    case .note(let note): read(note, event.line)
    default: break
    }
  }

  private mutating func read(_ note: FtraceNote, _ line: Int) {
    switch note.name {
    case "bpf_prog_load":
      guard let bytes = note["jited"], bytes > 0 else {
        programsWithoutSize.append(line)
        programs.append(nil)
        return
      }
      let number = note["id"] ?? UInt64(programs.count)
      let name = names.unique("bpf-\(number)")
      programs.append(name)
      commands.append(.loadBPF(name: name, bytes: bytes))
    case "bpf_prog_close":
      guard let index = note["idx"].flatMap({ Int(exactly: $0) }), index < programs.count else {
        return
      }
      free(index)
    case "bpf_end":
      for index in programs.indices { free(index) }
    case "start", "bpf_mark", "kernel": break
    case let name where name.hasPrefix("insmod_"): break
    default: commands.append(.note(note.name))
    }
  }

  private mutating func free(_ index: Int) {
    guard let name = programs[index] else { return }
    programs[index] = nil
    names.release(name)
    commands.append(.freeBPF(name: name))
  }
}

/// Names as the language wants them: at most 32 letters, digits, `_`, `-` and `.`, not beginning with
/// a digit, each used once.
private struct NamesInUse {
  private static let limit = 32
  private var used: Set<String> = []

  mutating func unique(_ wanted: String) -> String {
    let name = Self.allowed(wanted)
    var candidate = name
    var number = 2
    while used.contains(candidate) {
      let ending = "-\(number)"
      candidate = name.prefix(Self.limit - ending.count) + ending
      number += 1
    }
    used.insert(candidate)
    return candidate
  }

  mutating func release(_ name: String) { used.remove(name) }

  /// The nearest name that the language allows.
  static func allowed(_ wanted: String) -> String {
    var name = ""
    for scalar in wanted.unicodeScalars.prefix(limit) {
      let isAllowed =
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        || "_-.".unicodeScalars.contains(scalar)
      name.unicodeScalars.append(isAllowed ? scalar : "_")
    }
    let first = name.unicodeScalars.first
    if first.map({ $0.properties.isAlphabetic || $0 == "_" }) != true {
      name = "_" + name.prefix(limit - 1)
    }
    return name
  }
}
