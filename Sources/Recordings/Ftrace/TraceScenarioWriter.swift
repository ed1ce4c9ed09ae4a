import Engine
import KernelText

/// What a trace shows about modules and programs only after it has been read to its end. It grows
/// by 28 bytes for each loaded module.
struct TraceScenarioSizes {
  private var modules = TracedModules()
  private(set) var programsWithoutSize = 0

  /// The sizes of all modules that are loaded, in order.
  var modulesInOrder: [ModuleSizes] { modules.sizesOfAll }

  mutating func read(_ event: FtraceEvent) {
    modules.read(event)
    if case .note(let note) = event.kind, note.name == "bpf_prog_load", note["jited"] ?? 0 == 0 {
      programsWithoutSize += 1
    }
  }
}

/// Writes the commands, event by event.
struct TraceScenarioWriter {
  private let sizes: [ModuleSizes]
  private var modulesLoaded = 0
  private var names = NamesInUse()
  /// The names of live modules, by the kernel's name.
  private var liveModules: [String: String] = [:]
  /// Every program in the order of loading; `nil` if it is free or has no size.
  private var programs: [String?] = []
  /// How many programs at the beginning have been left out of `programs`: all are free.
  private var freed = 0

  init(_ sizes: TraceScenarioSizes) { self.sizes = sizes.modulesInOrder }

  mutating func read(
    _ event: FtraceEvent, _ write: (TraceScenario.Command) throws -> Void,
  ) rethrows {
    switch event.kind {
    case .moduleLoad(let kernelName):
      guard modulesLoaded < sizes.count else { return }
      let sizes = sizes[modulesLoaded]
      modulesLoaded += 1
      guard sizes != ModuleSizes() else {
        return try write(.moduleWithoutSizes(name: NamesInUse.allowed(kernelName)))
      }
      let name = names.unique(kernelName)
      liveModules[kernelName] = name
      try write(.loadModule(name: name, sizes))
    case .moduleFree(let kernelName):
      guard let name = liveModules.removeValue(forKey: kernelName) else {
        return try write(.unknownModule(name: NamesInUse.allowed(kernelName)))
      }
      names.release(name)
      try write(.unloadModule(name: name))
    case .note(let note): try read(note, write)
    default: break
    }
  }

  private mutating func read(
    _ note: FtraceNote, _ write: (TraceScenario.Command) throws -> Void,
  ) rethrows {
    switch note.name {
    case "bpf_prog_load":
      guard let bytes = note["jited"], bytes > 0 else {
        programs.append(nil)
        return
      }
      let number = note["id"] ?? UInt64(freed + programs.count)
      let name = names.unique("bpf-\(number)")
      programs.append(name)
      try write(.loadBPF(name: name, bytes: bytes))
    case "bpf_prog_close":
      guard let index = note["idx"].flatMap({ Int(exactly: $0) }), index >= freed,
        index - freed < programs.count
      else { return }
      try free(index - freed, write)
    case "bpf_end":
      for index in programs.indices { try free(index, write) }
      freed += programs.count
      programs = []
    case "start", "bpf_mark", "kernel": break
    case let name where name.hasPrefix("insmod_"): break
    default: try write(.note(note.name))
    }
  }

  private mutating func free(
    _ index: Int, _ write: (TraceScenario.Command) throws -> Void,
  ) rethrows {
    guard let name = programs[index] else { return }
    programs[index] = nil
    names.release(name)
    try write(.freeBPF(name: name))
  }
}

/// Names that the language accepts: at most 32 letters, digits, `_`, `-` and `.`, not beginning
/// with a digit, each used once.
struct NamesInUse {
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
