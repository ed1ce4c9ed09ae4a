import Engine
import Scenarios

/// All calls, as the list behind one key offers them.
public enum CallMenu {
  /// A call that still lacks its place and its count.
  public struct Entry: Sendable {
    /// The kernel's name.
    public var name: String
    /// What it does, in a few words.
    public var help: String
    /// The call on a model's selection; `nil` if there is nothing that it could free.
    public var call: @Sendable (Model) -> Call?
  }

  /// All calls in the order of the list.
  public static let entries: [Entry] =
    SetMemory.allCases.map { operation in
      Entry(name: operation.name, help: operation.words) {
        .setMemory(operation, $0.target, $0.pages)
      }
    }
    + SetPages.allCases.map { operation in
      Entry(name: operation.name, help: "\(operation.setMemory.name) on frames") {
        .setPages(operation, $0.selection, $0.pages)
      }
    }
    + SetPagesArray.allCases.map { operation in
      Entry(name: operation.name, help: "frames one by one, from an array") {
        .setPagesArray(operation, FrameStride(first: $0.selection, count: $0.pages))
      }
    }
    + SetDirectMap.allCases.map { operation in
      Entry(
        name: operation.name,
        help: operation == .invalid ? "not present, no flush" : "present and writable, no flush"
      ) { .setDirectMap(operation, $0.selection, $0.pages) }
    }
    + [true, false].map { isValid in
      Entry(
        name: "set_direct_map_valid_noflush \(isValid)",
        help: isValid ? "all frames back in one call" : "all frames out in one call"
      ) { .setDirectMapValid($0.selection, $0.pages, isValid) }
    } + loads + freeings + others
}

// Users of special permissions.

extension CallMenu {
  private static var loads: [Entry] {
    Loading.allCases.map { kind in
      Entry(name: kind.rawValue, help: kind.words) { $0.loading(kind) }
    }
  }

  /// An end for the newest of a kind.
  private static func freeing(
    _ name: String, _ fits: @escaping @Sendable (UserCall) -> Bool,
  ) -> Entry {
    Entry(name: name, help: "the newest") { $0.newest(where: fits) }
  }

  private static var freeings: [Entry] {
    [
      freeing("module unload") { if case .moduleUnload = $0 { true } else { false } },
      freeing("bpf free") { if case .bpfFree = $0 { true } else { false } },
      freeing("ftrace free") { if case .ftraceFree = $0 { true } else { false } },
      freeing("kprobe free") { if case .kprobeFree = $0 { true } else { false } },
      freeing("secretmem release") { if case .secretmemRelease = $0 { true } else { false } },
      Entry(name: "execmem restore", help: "the newest: read-only, executable") { model in
        guard
          case .user(.execmemFree(let name))? = model.newest(
            where: { if case .execmemFree = $0 { true } else { false } })
        else { return nil }
        return .user(.execmemRestore(name))
      },
      freeing("execmem free") { if case .execmemFree = $0 { true } else { false } },
      freeing("vfree") { if case .vfree = $0 { true } else { false } },
      freeing("iounmap") { if case .iounmap = $0 { true } else { false } },
    ]
  }

  private static var others: [Entry] {
    [true, false].map { protects in
      Entry(
        name: "kfence \(protects ? "protect" : "unprotect")",
        help: protects ? "P is taken from a 4K entry" : "P is given back"
      ) { .user(.kfence(protects: protects, $0.selection)) }
    } + [
      Entry(name: "alloc_pages 0", help: "a page from the page allocator") { model in
        model.unusedName("p").map { .allocPages($0, order: 0, .unmovable, node: nil) }
      },
      Entry(name: "alloc_pages 9", help: "a block of 2M from it") { model in
        model.unusedName("p").map { .allocPages($0, order: 9, .unmovable, node: nil) }
      },
      Entry(name: "free_pages", help: "the newest") { $0.newestPages },
    ]
  }
}

extension SetMemory {
  /// What the call does, in a few words.
  var words: String {
    switch self {
    case .ro: "read-only"
    case .rw: "writable"
    case .x: "executable"
    case .nx: "not executable"
    case .rox: "read-only and executable"
    case .np: "not present"
    case .npNoalias: "not present, aliases left alone"
    case .p: "present again"
    case .split4K: "split down to 4K"
    case .global: "G: kept in the TLB"
    case .nonglobal: "not G"
    case .uc: "uncached"
    case .wc: "write-combining"
    case .wt: "write-through"
    case .wb: "write-back, as memory is"
    case .encrypted: "private memory of a guest"
    case .decrypted: "shared memory of a guest"
    }
  }
}
