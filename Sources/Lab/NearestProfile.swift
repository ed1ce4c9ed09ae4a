public import Engine

/// The rules that come nearest to a kernel, by what it has and not by its number: distributions take
/// patches of later versions into earlier ones.
public struct NearestProfile: Equatable, Sendable {
  /// The rules.
  public let profile: KernelProfile
  /// What was looked for and speaks for them, in a few words each.
  public let reasons: [String]
  /// What speaks for other rules.
  public let doubts: [String]

  /// Something that can be seen of a kernel, and that profiles differ in.
  private struct Feature {
    var has: String
    var lacks: String
    var isSeen: Bool
    var isOf: (KernelProfile) -> Bool
  }

  /// Chooses among the profiles of an architecture: those that agree with most of what is seen, and of
  /// these the one that is the fewest releases away.
  ///
  /// - Parameters:
  ///   - hasFunction: whether the kernel has one of these functions.
  ///   - update: the stable update, such as 6 of 7.2.6, where a version has two profiles.
  ///   - events: the names of vmstat's events.
  public init(
    of version: KernelVersion, update: Int? = nil, on architecture: Architecture,
    events: [String], hasFunction: ([String]) -> Bool,
  ) {
    let features = Self.features(events, hasFunction)
    let candidates = KernelProfile.all.filter { $0.architecture == architecture }
    func score(_ profile: KernelProfile) -> Int { features.count { $0.isOf(profile) == $0.isSeen } }
    let best = candidates.map(score).max() ?? 0
    let nearest = KernelProfile.nearest(to: version, update: update, on: architecture)
    // On arm64 no symbol tells the versions apart.
    let places = candidates.indices.filter { score(candidates[$0]) == best }
    let wanted = candidates.firstIndex(of: nearest) ?? 0
    let place = places.min { abs($0 - wanted) < abs($1 - wanted) }
    let chosen = architecture == .arm64 ? nearest : place.map { candidates[$0] } ?? nearest
    profile = chosen
    let words = { (feature: Feature) in feature.isSeen ? feature.has : feature.lacks }
    let told = architecture == .arm64 ? [] : features
    reasons = told.filter { $0.isOf(chosen) == $0.isSeen }.map(words)
    doubts = told.filter { $0.isOf(chosen) != $0.isSeen }.map(words)
  }

  private static func features(
    _ events: [String], _ hasFunction: ([String]) -> Bool,
  ) -> [Feature] {
    func function(_ names: [String], _ isOf: @escaping (KernelProfile) -> Bool) -> Feature {
      Feature(
        has: "has \(names[0])", lacks: "has no \(names[0])", isSeen: hasFunction(names), isOf: isOf)
    }
    return [
      Feature(
        has: "counts collapses in vmstat", lacks: "counts no collapses in vmstat",
        isSeen: events.contains("direct_map_level2_collapses"), isOf: \.collapses),
      function(["set_memory_rox"], \.hasRox), function(["set_memory_p"], \.hasP),
      function(["set_direct_map_valid_noflush"], \.hasDirectMapValid),
      function(["bpf_prog_pack_alloc"], \.hasProgPack),
      function(
        ["vmalloc_huge", "vmalloc_huge_noprof", "vmalloc_huge_node_noprof"], \.hasHugeVmalloc),
      function(["folio_remove_rmap_ptes"], \.batchesZap),
    ]
  }

  /// The choice and its reasons in a sentence.
  public var sentence: String {
    guard !reasons.isEmpty || !doubts.isEmpty else {
      return "\(profile.name) is the nearest by its number."
    }
    let against = doubts.isEmpty ? "" : "; against it: it \(doubts.joined(separator: ", "))"
    return "\(profile.name) is the nearest by what it has: it \(reasons.joined(separator: ", "))"
      + "\(against)."
  }
}
