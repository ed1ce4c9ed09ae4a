/// What can be loaded under a name.
public enum Loading: String, Hashable, Sendable, CaseIterable {
  case module = "module load"
  case bpf = "bpf load"
  case ftrace = "ftrace load"
  case kprobe = "kprobe load"
  case secret = "secretmem fault"
  case execmem = "execmem alloc"
  case vmalloc
  case grouped = "vmalloc group reset"

  /// What its names begin with.
  package var letter: String {
    switch self {
    case .module: "m"
    case .bpf: "b"
    case .ftrace: "t"
    case .kprobe: "k"
    case .secret: "s"
    case .execmem: "x"
    case .vmalloc, .grouped: "v"
    }
  }
}
