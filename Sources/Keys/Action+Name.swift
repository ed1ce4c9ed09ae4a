import Engine

extension Action {
  /// What the action is called in the configuration: `next-event`, `set_memory_ro`, `load-module`.
  ///
  /// A call of the kernel's has the kernel's name; all else is the case's name, in small letters with
  /// hyphens between the words.
  public var name: String {
    switch self {
    case .setMemory(let operation): operation.name
    case .load(let kind): kind.actionName
    case .allocate: "vmap"
    case .free: "vunmap"
    case .write: "touch-write"
    case .read: "touch-read"
    case .collapse: "merge"
    case .allocateBlock: "alloc_pages"
    case .freeBlock: "free_pages"
    case .runOn: "continue"
    case .runBack: "reverse-continue"
    default: Self.hyphenated("\(self)")
    }
  }

  /// `nextEvent` as `next-event`.
  static func hyphenated(_ name: String) -> String {
    var words = ""
    for character in name {
      if character.isUppercase { words += "-" }
      words += character.lowercased()
    }
    return words
  }
}

extension Loading {
  /// What the action that loads one is called.
  fileprivate var actionName: String {
    switch self {
    case .module: "load-module"
    case .bpf: "load-bpf"
    case .ftrace: "load-ftrace"
    case .kprobe: "load-kprobe"
    case .secret: "load-secretmem"
    case .execmem: "load-execmem"
    case .vmalloc: "load-vmalloc"
    case .grouped: "load-vmalloc-group"
    }
  }
}
