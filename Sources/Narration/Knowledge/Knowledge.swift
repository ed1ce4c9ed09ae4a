public import Engine

/// How something that the program shows is known.
public enum Knowledge: Equatable, Sendable {
  /// Recordings of a real kernel are compared with it, step by step.
  case recorded(RecordedCalls)
  /// Nothing was recorded; figures that were published agree with it.
  case published(String)
  /// After the kernel's source, or the mails of a series.
  case source(String)
  /// Not read: from memory, or by what is recorded beside it.
  case memory(String)

  /// Whether it equals a recording or a published figure.
  public var isSure: Bool {
    switch self {
    case .recorded, .published: true
    case .source, .memory: false
    }
  }

  /// What stands on the screen at something that is not sure.
  public static let sign = "~"

  /// What the sign means.
  public static let signHelp =
    "A \(sign) before the sentence, and beside \"here\", means that this call, on this kernel with these "
    + "policies, equals no recording of a real kernel and no published figure. It follows the source, the "
    + "mails or memory; directmap model says which."

  /// Recorded is 0; the higher, the less is known.
  var rank: Int {
    switch self {
    case .recorded: 0
    case .published: 1
    case .source: 2
    case .memory: 3
    }
  }

  /// The word of the table.
  public var word: String {
    switch self {
    case .recorded: "recorded"
    case .published: "published"
    case .source: "after source"
    case .memory: "from memory"
    }
  }

  /// The details, such as how many files and steps.
  public var details: String {
    switch self {
    case .recorded(let calls):
      "\(calls.files) " + (calls.files == 1 ? "file" : "files") + ", \(calls.steps) "
        + (calls.steps == 1 ? "step" : "steps")
    case .published(let words), .source(let words), .memory(let words): words
    }
  }
}

extension KernelProfile {
  /// How the rules of the profile are known as a whole.
  public var knowledge: Knowledge {
    switch basis {
    case .recorded(let release):
      let total = RecordedCalls.total(under: name)
      return total.steps > 0 ? .recorded(total) : .source("recorded as \(release)")
    case .source(let words): return .source(words)
    case .memory(let words): return .memory(words)
    }
  }
}

extension Machine {
  /// How the result of a call on this machine is known: as well as what is known least of the kernel, the
  /// policies that are on, and the call itself.
  public func knowledge(of call: Call) -> Knowledge {
    Knowledge.of(call.name, on: kernel, with: policies)
  }
}

extension Knowledge {
  /// How the result of a call is known.
  ///
  /// - Parameters:
  ///   - call: its name in the language.
  ///   - kernel: the kernel, as it is without policies.
  ///   - policies: the policies that are on.
  public static func of(
    _ call: String, on kernel: KernelProfile, with policies: [PolicyName],
  ) -> Knowledge {
    if let policy = policies.max(by: { $0.knowledge.rank < $1.knowledge.rank }) {
      guard case .recorded = policy.knowledge else { return policy.knowledge }
      // What ran with a patch was recorded with it, not on the plain kernel.
      let whole = policies.first { Set([$0, $0.prerequisite].compactMap(\.self)) == Set(policies) }
      guard let whole, let calls = RecordedCalls.of(call, under: whole.rawValue)
      else { return .source("\(policy.rawValue) was not recorded with this call") }
      return .recorded(calls)
    }
    if case .memory(let words) = kernel.basis { return .memory("\(kernel.name): \(words)") }
    if case .source(let words) = kernel.basis { return .source("\(kernel.name): \(words)") }
    if let calls = RecordedCalls.of(call, under: kernel.name) { return .recorded(calls) }
    return ofUnrecorded(call, on: kernel.architecture)
  }

  /// How a call is known that was not recorded on a kernel of which others were.
  private static func ofUnrecorded(
    _ call: String, on architecture: Architecture,
  ) -> Knowledge {
    switch call.split(separator: " ").first ?? "" {
    case "age", "scatter": .memory("invented: a life of the machine, seeded")
    case "collapse": .source("an experiment: the collapse step of set_memory_rox")
    case "poke": .source("an experiment: kfence_protect_page() for any bits")
    case "supply", "fail": .source("a failure made on purpose")
    case "alloc_pages", "free_pages":
      .source("mm/page_alloc.c; the rules, not a machine's free lists")
    case "secretmem": .source("mm/secretmem.c, 7.0")
    case "gmem": .source("mails of guest_memfd NO_DIRECT_MAP, v1 to v12")
    case "mermap": .source("mm/mermap.c of a public branch, 2026")
    case "pgtable", "set_memory_pkey": .source("mails and branches of kpkeys, 2025 and 2026")
    case "rmpupdate": .source("arch/x86/virt/svm/sev.c, 6.12 and 7.3.4")
    case "hwpoison", "unpoison": .source("set_mce_nospec(), set_memory.c, 7.2")
    case "kexec": .source("arch/x86/kernel/machine_kexec_64.c, 7.3.4")
    case "kfence": .source("arch/x86/include/asm/kfence.h")
    case "module", "bpf": .source("kernel/module/main.c, kernel/bpf/core.c")
    case "ftrace", "kprobe", "execmem": .source("mm/execmem.c, 7.0; module_alloc() before")
    case "zap", "munmap", "exit_mmap", "mmap": .source("mm/memory.c, mm/mmu_gather.c")
    case "vmalloc", "vfree", "ioremap", "iounmap", "apply_to_existing_page_range":
      .source("mm/vmalloc.c")
    case "map_mem", "add_memory", "set_memory_valid": .source("arch/arm64/mm/mmu.c, pageattr.c")
    default:
      architecture == .arm64
        ? .source("arch/arm64/mm/pageattr.c; nobody recorded this call")
        : .source("arch/x86/mm/pat/set_memory.c; nobody recorded this call")
    }
  }
}
