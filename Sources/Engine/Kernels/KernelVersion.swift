/// A version of Linux: its first two numbers, by which releases are told apart.
public struct KernelVersion: Hashable, Comparable, Sendable {
  /// 6 in 6.12.
  public var major: Int
  /// 12 in 6.12.
  public var minor: Int

  /// Creates a version.
  public init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads the beginning of a text such as `6.12.117+deb13-arm64` or `5.0.0-0.rc2`; `nil` if it does
  /// not begin with two numbers below 1000.
  public init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 2)
    guard parts.count >= 2 else { return nil }
    let major = Self.number(parts[0])
    // A pre-release may have no third number: 6.9-rc2.
    let minor = Self.number(parts[1].prefix { (48...57).contains($0) })
    guard let major, let minor else { return nil }
    self.init(major: major, minor: minor)
  }

  private static func number(_ digits: some Collection<UInt8>) -> Int? {
    guard (1...3).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  /// Whether one version came before another.
  public static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// How many releases lie before it, from 3.0 on: 4.0 followed 3.19, 5.0 followed 4.20, 6.0 followed
  /// 5.19, 7.0 followed 6.19. Later series are taken to have 20 releases as well.
  var release: Int {
    let series = [3: 20, 4: 21]
    let before = (3..<max(major, 3)).reduce(0) { $0 + (series[$1] ?? 20) }
    return major < 3 ? 0 : before + minor
  }
}

extension KernelVersion: CustomStringConvertible {
  /// `6.12`.
  public var description: String { "\(major).\(minor)" }
}

extension KernelProfile {
  /// The version that the profile is about.
  public var version: KernelVersion {
    KernelVersion(name.drop { $0 != "-" }.dropFirst()) ?? KernelVersion(major: 0, minor: 0)
  }
}
