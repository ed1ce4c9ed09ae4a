/// What the words of `rodata=` mean to an arm64 kernel.
///
/// `rodata_full` decides whether read-only areas are read-only in the linear map too, which needs a map of
/// pages. Source: `arch_parse_debug_rodata()`, arch/arm64/include/asm/setup.h, and recordings of 6.1, 6.12
/// and 7.0.
public enum RodataWords: Equatable, Sendable {
  /// `full`, `on` and `off`; `on` leaves the linear map alone (up to 6.17).
  case onOffFull
  /// `on` is what `full` was, `noalias` what `on` was; `off` (6.18 and later).
  case onOffNoalias

  /// The words of a version.
  public init(of version: KernelVersion) {
    self = version < KernelVersion(major: 6, minor: 18) ? .onOffFull : .onOffNoalias
  }

  /// The words that the kernel takes.
  public var known: [String] {
    switch self {
    case .onOffFull: ["full", "on", "off"]
    case .onOffNoalias: ["on", "noalias", "off"]
    }
  }

  /// Whether a word sets `rodata_full`, which is set when nothing is said.
  ///
  /// - Returns: `nil` for a word that the kernel refuses ("Invalid option string for rodata"); all stays
  ///   as it was.
  public func isFull(_ word: some StringProtocol) -> Bool? {
    guard known.contains(where: { $0 == word }) else { return nil }
    return word == known[0]
  }
}
