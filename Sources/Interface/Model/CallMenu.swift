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
    /// The call on a lane's selection, on as many pages as a count says; `nil` if there is nothing
    /// that it could free.
    public var call: @Sendable (_ lane: Lane, _ count: UInt64?) -> Call?
  }

  /// All calls in the order of the list.
  public static let entries: [Entry] =
    SetMemory.allCases.map { operation in
      Entry(name: operation.name, help: operation.words) {
        .setMemory(operation, $0.target, Self.pages($1))
      }
    }
    + SetPages.allCases.map { operation in
      Entry(name: operation.name, help: "\(operation.setMemory.name) on frames") {
        .setPages(operation, $0.place.selection, Self.pages($1))
      }
    }
    + SetPagesArray.allCases.map { operation in
      Entry(name: operation.name, help: "frames one by one, from an array") {
        .setPagesArray(
          operation, FrameStride(first: $0.place.selection, count: Self.pages($1)))
      }
    }
    + SetDirectMap.allCases.map { operation in
      Entry(
        name: operation.name,
        help: operation == .invalid ? "not present, no flush" : "present and writable, no flush"
      ) { .setDirectMap(operation, $0.place.selection, Self.pages($1)) }
    }
    + [true, false].map { isValid in
      Entry(
        name: "set_direct_map_valid_noflush \(isValid)",
        help: isValid ? "all frames back in one call" : "all frames out in one call"
      ) { .setDirectMapValid($0.place.selection, Self.pages($1), isValid) }
    } + loads + freeings + others
}

extension CallMenu {
  /// As many pages as a count says; without one, one.
  private static func pages(_ count: UInt64?) -> PageCount { PageCount(count ?? 1) }
}

// Users of special permissions.

extension CallMenu {
  private static var loads: [Entry] {
    Loading.allCases.map { kind in
      Entry(name: kind.rawValue, help: kind.words) { $0.loading(kind, $1) }
    }
  }

  /// An end for the newest of a kind.
  private static func freeing(
    _ name: String, _ fits: @escaping @Sendable (UserCall) -> Bool,
  ) -> Entry {
    Entry(name: name, help: "the newest") { lane, _ in lane.newest(where: fits) }
  }

  private static var freeings: [Entry] {
    [
      freeing("module unload") { if case .moduleUnload = $0 { true } else { false } },
      freeing("bpf free") { if case .bpfFree = $0 { true } else { false } },
      freeing("ftrace free") { if case .ftraceFree = $0 { true } else { false } },
      freeing("kprobe free") { if case .kprobeFree = $0 { true } else { false } },
      freeing("secretmem release") { if case .secretmemRelease = $0 { true } else { false } },
      Entry(name: "execmem restore", help: "the newest: read-only, executable") { lane, _ in
        guard
          case .user(.execmemFree(let name))? = lane.newest(
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
      ) { lane, _ in .user(.kfence(protects: protects, lane.place.selection)) }
    } + [
      Entry(name: "alloc_pages 0", help: "a page from the page allocator") { lane, _ in
        lane.unusedName("p").map { .allocPages($0, order: 0, .unmovable, node: nil) }
      },
      Entry(name: "alloc_pages 9", help: "a block of 2M from it") { lane, _ in
        lane.unusedName("p").map { .allocPages($0, order: 9, .unmovable, node: nil) }
      },
      Entry(name: "free_pages", help: "the newest") { lane, _ in lane.newestPages },
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
