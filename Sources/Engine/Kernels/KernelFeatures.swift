/// What a log, the counters or the symbols of a kernel show of its rules, whatever its version says: a
/// distribution's 6.12 may collapse. What is `nil` was not seen, one way or the other.
public struct KernelFeatures: Equatable, Sendable {
  /// Whether tables collapse: vmstat has `direct_map_level2_collapses`, or there is the function
  /// `collapse_large_pages`.
  public var collapses: Bool?
  /// Whether the kernel has a cache of executable memory: `execmem_cache_populate` or a related function.
  public var hasROXCache: Bool?
  /// Whether `set_memory_rox` exists.
  public var hasRox: Bool?
  /// Whether `set_direct_map_valid_noflush` exists.
  public var hasDirectMapValid: Bool?
  /// Whether BPF programs share packs: `bpf_prog_pack_alloc`.
  public var hasProgPack: Bool?

  /// Nothing was seen.
  public init() {}

  /// What a kernel's own functions show (`/proc/kallsyms`, System.map). A function may have been inlined,
  /// so that a name that is missing says something only where the compiler cannot inline it: where the
  /// function is exported, or called through a pointer.
  ///
  /// - Parameter has: whether the kernel has a symbol.
  public init(symbols has: (String) -> Bool) {
    // A list that lacks what every kernel has is no list of functions.
    guard has("set_memory_ro") else { return }
    hasRox = has("set_memory_rox")
    hasDirectMapValid = has("set_direct_map_valid_noflush")
    hasProgPack = has("bpf_prog_pack_alloc") || has("bpf_prog_pack_free")
    let collapse = ["collapse_large_pages", "cpa_collapse_large_pages", "collapse_pmd_page"]
    if collapse.contains(where: has) { collapses = true }
    let cache = [
      "execmem_cache_clean", "execmem_cache_populate", "execmem_cache_alloc", "execmem_cache_free",
      "execmem_cache_clean_work",
    ]
    if cache.contains(where: has) { hasROXCache = true }
  }

  /// What `/proc/vmstat` shows, which has all its lines or none.
  public init(vmstatLines has: (String) -> Bool) {
    guard has("direct_map_level2_splits") else { return }
    collapses = has("direct_map_level2_collapses")
  }

  /// What was seen, completed by what other sources show.
  public func completed(by other: KernelFeatures) -> KernelFeatures {
    var result = self
    for feature in Feature.allCases where self[feature] == nil { result[feature] = other[feature] }
    return result
  }

  /// One of the features.
  public enum Feature: CaseIterable, Sendable {
    case collapses, roxCache, rox, directMapValid, progPack
  }

  /// What was seen of one of them.
  public subscript(feature: Feature) -> Bool? {
    get {
      switch feature {
      case .collapses: collapses
      case .roxCache: hasROXCache
      case .rox: hasRox
      case .directMapValid: hasDirectMapValid
      case .progPack: hasProgPack
      }
    }
    set {
      switch feature {
      case .collapses: collapses = newValue
      case .roxCache: hasROXCache = newValue
      case .rox: hasRox = newValue
      case .directMapValid: hasDirectMapValid = newValue
      case .progPack: hasProgPack = newValue
      }
    }
  }

  /// A feature that was looked for.
  public struct Seen: Equatable, Sendable {
    /// Which.
    public var feature: Feature
    /// Whether the kernel has it.
    public var isThere: Bool
  }

  /// Where what was seen and a profile differ.
  public func differences(from profile: KernelProfile) -> [Seen] {
    Feature.allCases.compactMap { feature in
      guard let isThere = self[feature], isThere != profile[feature] else { return nil }
      return Seen(feature: feature, isThere: isThere)
    }
  }
}

extension KernelProfile {
  /// Whether the profile has a feature.
  public subscript(feature: KernelFeatures.Feature) -> Bool {
    switch feature {
    case .collapses: collapses
    case .roxCache: hasROXCache
    case .rox: hasRox
    case .directMapValid: hasDirectMapValid
    case .progPack: hasProgPack
    }
  }
}

extension KernelFeatures.Seen: CustomStringConvertible {
  /// The feature, with what it is seen by.
  public var description: String {
    switch feature {
    case .collapses:
      isThere
        ? "its tables collapse (direct_map_level2_collapses)"
        : "its tables do not collapse (no direct_map_level2_collapses)"
    case .roxCache:
      isThere ? "it has a cache of executable memory" : "it has no cache of executable memory"
    case .rox: isThere ? "it has set_memory_rox()" : "it has no set_memory_rox()"
    case .directMapValid:
      isThere
        ? "it has set_direct_map_valid_noflush()" : "it has no set_direct_map_valid_noflush()"
    case .progPack: isThere ? "its BPF programs share packs" : "its BPF programs share no packs"
    }
  }
}
