import Engine
import History
import Screen

/// Who makes calls that change the direct map: the users of special permissions, and calls by hand.
enum CallUser: UInt8, CaseIterable {
  /// A call of the `set_memory_*()` family or a related function, not made by another user.
  case hand
  /// Modules.
  case module
  /// BPF programs.
  case bpf
  /// Trampolines of ftrace, slots of kprobes, executable memory.
  case code
  /// `memfd_secret`.
  case secret
  /// Areas of vmalloc space.
  case area
  /// The page allocator, and the caches before it.
  case pages
  /// Another kernel: its tables were seen, its call is not known.
  case other

  /// Whose deed a step of a history is.
  init(_ deed: Deed) {
    guard let call = deed.call else {
      self = .other
      return
    }
    switch call {
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch,
      .poke, .collapse:
      self = .hand
    case .vmap, .vmapPageRange, .vunmap: self = .area
    case .user(let call): self.init(call)
    case .allocPages, .freePages, .freePagesAt, .drainPages, .age, .scatter, .policy, .process:
      self = .pages
    case .linearMap, .function: self = .hand
    }
  }

  private init(_ call: UserCall) {
    switch call {
    case .moduleLoad, .moduleUnload: self = .module
    case .bpfLoad, .bpfFree: self = .bpf
    case .ftraceLoad, .ftraceFree, .kprobeLoad, .kprobeFree, .execmemAlloc, .execmemRestore,
      .execmemFree:
      self = .code
    case .secretmemFault, .secretmemRelease, .gmemFault, .gmemRelease, .gmemWrite, .mermapGet,
      .mermapPut:
      self = .secret
    case .vmalloc, .vfree, .ioremap, .iounmap, .walk: self = .area
    case .kexecLoad, .kexecUnload: self = .code
    case .kfence, .cpuNode, .rmpUpdate, .hwpoison, .unpoison: self = .hand
    }
  }

  /// Its colour and its letter.
  var look: (ink: Ink, letter: Unicode.Scalar) {
    switch self {
    case .hand: (.overlay8, "s")
    case .module: (.overlay7, "m")
    case .bpf: (.overlay9, "p")
    case .code: (.overlay5, "x")
    case .secret: (.overlay10, "k")
    case .area: (.overlay6, "v")
    case .pages: (.overlay1, "a")
    case .other: (.overlay2, "o")
    }
  }

  /// What it is, as the legend has room for.
  var legend: String {
    switch self {
    case .hand: "set_memory_*"
    case .module: "module"
    case .bpf: "BPF program"
    case .code: "trampoline"
    case .secret: "secret page"
    case .area: "vmalloc area"
    case .pages: "allocation"
    case .other: "elsewhere"
    }
  }

  /// The same in words.
  var words: String {
    switch self {
    case .hand: "a direct call"
    case .module: "a module"
    case .bpf: "a BPF program"
    case .code: "ftrace, a kprobe or executable memory"
    case .secret: "secret memory"
    case .area: "an area"
    case .pages: "an allocation or a free"
    case .other: "another kernel, whose call is not known"
    }
  }
}
