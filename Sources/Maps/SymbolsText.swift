public import Engine
import KernelText

/// The names of a kernel's functions that tell its rules, from `/proc/kallsyms` or System.map. Addresses do not
/// matter: unprivileged readers see zeros.
public struct SymbolsText: Sendable {
  private var names: Set<String> = []

  /// No line was read.
  public init() {}

  /// Takes a line; one that is no symbol, or the symbol of a module, is passed over.
  public mutating func read(line: String) {
    let words = line.split(separator: " ", omittingEmptySubsequences: true)
    guard Self.isSymbol(words), words.count == 3 else { return }
    let name = words[2]
    if Self.beginnings.contains(where: name.hasPrefix) { names.insert(String(name)) }
  }

  /// What the functions show.
  public var features: KernelFeatures { KernelFeatures(symbols: { names.contains($0) }) }

  /// What the names of the functions that tell something begin with.
  private static let beginnings = [
    "set_memory_", "set_direct_map_", "bpf_prog_pack_", "collapse_", "cpa_collapse_",
    "execmem_cache_",
  ]

  /// Whether the words of a line are a symbol: `ffffffff81000000 T _text`.
  static func isSymbol(_ words: [Substring]) -> Bool {
    guard words.count >= 3, words[0].utf8.count == 16, UInt64(hex: words[0]) != nil,
      words[1].utf8.count == 1, let letter = words[1].first
    else { return false }
    return letter.isASCII && letter.isLetter
  }
}
