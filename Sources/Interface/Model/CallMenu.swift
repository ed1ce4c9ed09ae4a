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
    /// The call on a model's selection.
    public var call: @Sendable (Model) -> Call
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
