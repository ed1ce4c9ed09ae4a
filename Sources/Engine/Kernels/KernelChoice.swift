/// The profile for a kernel that was found, and why it is this one.
public struct KernelChoice: Equatable, Sendable {
  /// The profile.
  public var profile: KernelProfile
  /// Why.
  public var reason: Reason

  /// Creates a choice.
  public init(profile: KernelProfile, reason: Reason) {
    self.profile = profile
    self.reason = reason
  }

  /// Why a profile is chosen.
  public enum Reason: Equatable, Sendable {
    /// Nobody says which kernel it is: the standard profile.
    case unknown
    /// It is of this version, and there is one profile for it.
    case version
    /// It is of this version, which has two profiles, and its update decides.
    case update(Int)
    /// There is no profile of its version: this one is the fewest releases away.
    case nearest
    /// What is seen of it contradicts the profile that its version would have, in these features; this
    /// one agrees, and is the fewest releases away of those that do.
    case features([KernelFeatures.Seen], instead: String)
    /// What is seen of it contradicts every profile, in these features of this one.
    case contradicted([KernelFeatures.Seen])
  }
}

extension KernelProfile {
  /// The profile for a kernel.
  ///
  /// - Parameters:
  ///   - release: what it calls itself, such as `6.12.20-amd64`; `nil` if nobody says.
  ///   - features: what is seen of it.
  public static func choice(
    forRelease release: String?, _ features: KernelFeatures = KernelFeatures(),
    on architecture: Architecture,
  ) -> KernelChoice {
    let known = all.filter { $0.architecture == architecture }
    let version = release.flatMap { KernelVersion($0) }
    let update = release.flatMap(KernelVersion.update)
    let byVersion = version.map { nearest(to: $0, update: update, among: known) }
    let usual = byVersion ?? .standard(for: architecture)
    let odd = features.differences(from: usual)
    if odd.isEmpty {
      guard let version else { return KernelChoice(profile: usual, reason: .unknown) }
      if usual.version != version { return KernelChoice(profile: usual, reason: .nearest) }
      let isSplit = known.count { $0.version == version } > 1
      if isSplit, let update { return KernelChoice(profile: usual, reason: .update(update)) }
      return KernelChoice(profile: usual, reason: .version)
    }
    let agreeing = known.filter { features.differences(from: $0).isEmpty }
    guard !agreeing.isEmpty else {
      return KernelChoice(profile: usual, reason: .contradicted(odd))
    }
    let profile = nearest(to: version ?? usual.version, update: update, among: agreeing)
    return KernelChoice(profile: profile, reason: .features(odd, instead: usual.name))
  }

  /// The profile of an architecture that is the fewest releases away from a version; of two that are
  /// equally far, the older one.
  ///
  /// - Parameter update: the stable update, such as 20 of 6.12.20; `nil` for the latest.
  public static func nearest(
    to version: KernelVersion, update: Int? = nil, on architecture: Architecture,
  ) -> KernelProfile {
    nearest(to: version, update: update, among: all.filter { $0.architecture == architecture })
  }

  private static func nearest(
    to version: KernelVersion, update: Int?, among profiles: [KernelProfile],
  ) -> KernelProfile {
    let nearest = profiles.min {
      abs($0.version.release - version.release) < abs($1.version.release - version.release)
    }
    guard let nearest else { return .standard(for: .x86_64) }
    let same = profiles.filter { $0.version == nearest.version }
    let later = same.first { $0.lastUpdate == nil } ?? nearest
    if nearest.version == version, let update {
      return same.first { $0.lastUpdate.map { update <= $0 } ?? false } ?? later
    }
    // A version before it has the older rules, one after it the newer.
    return version < nearest.version ? nearest : later
  }

  /// The profile for a version as kernels give it: `7.2`, `linux-6.12`, `Linux 7.2.12+deb13`. Its
  /// first two numbers count, and the third where they have two profiles.
  public init?(version: some StringProtocol) {
    if let exact = KernelProfile(named: version) {
      self = exact
      return
    }
    guard !version.contains("arm64") else { return nil }
    var text = version[...]
    for prefix in ["linux-", "Linux ", "v"] where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.count)
    }
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
    guard numbers.count >= 2 else { return nil }
    let minor = numbers[1].prefix { $0.isASCII && $0.isNumber }
    guard let latest = KernelProfile(named: "linux-\(numbers[0]).\(minor)") else { return nil }
    let earlier = Self.x86.first { profile in
      guard profile.version == latest.version, let last = profile.lastUpdate else { return false }
      return KernelVersion.update(of: text).map { $0 <= last } ?? false
    }
    self = earlier ?? latest
  }
}

extension KernelVersion {
  /// The third number of a release, such as 117 of `6.12.117+deb13`; `nil` if it has none.
  public static func update(of release: some StringProtocol) -> Int? {
    let parts = release.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return nil }
    let digits = parts[2].prefix { $0.isASCII && $0.isNumber }
    guard (1...4).contains(digits.count) else { return nil }
    return Int(digits)
  }
}

extension KernelChoice.Reason: CustomStringConvertible {
  /// The reason, to follow the profile's name; empty where there is nothing to say.
  public var description: String {
    switch self {
    case .unknown: "the usual one, as nothing says which kernel it is"
    case .version: "the profile of its version"
    case .update(let update): "its version has two profiles, and update \(update) decides"
    case .nearest: "the nearest that is known"
    case .features(let seen, let other): "not \(other), as \(Self.list(seen))"
    case .contradicted(let seen): "the nearest that is known, although \(Self.list(seen))"
    }
  }

  private static func list(_ seen: [KernelFeatures.Seen]) -> String {
    seen.map(\.description).joined(separator: " and ")
  }
}
