/// What a request to change page attributes asks for. Models the masks and switches of
/// `struct cpa_data`, arch/x86/mm/pat/set_memory.c, 6.12.
public struct RequestMasks: Equatable, Sendable {
  /// Bits to set, in 4K layout.
  public var set: EntryFlags
  /// Bits to clear, in 4K layout. Clearing comes first.
  public var clear: EntryFlags
  /// How the request is to be carried out.
  public var options: Options

  /// How a request is to be carried out.
  public struct Options: OptionSet, Sendable {
    /// The bits; four are in use.
    public var rawValue: UInt8

    /// Creates a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Every large leaf is split before it is looked at (`force_split`).
    public static let forceSplit = Options(rawValue: 1)
    /// The pages are single ones, walked one by one (`CPA_PAGES_ARRAY`).
    public static let pagesArray = Options(rawValue: 2)
    /// Other mappings of the pages are left alone (`CPA_NO_CHECK_ALIAS`).
    public static let noCheckAlias = Options(rawValue: 4)
    /// Tables may become leaves again after the flush (`CPA_COLLAPSE`, 6.15 and later).
    public static let collapse = Options(rawValue: 8)

    /// The options that are on, by the kernel's names.
    public var names: [String] {
      let all: [(Options, String)] = [
        (.forceSplit, "force_split"), (.pagesArray, "CPA_PAGES_ARRAY"),
        (.noCheckAlias, "CPA_NO_CHECK_ALIAS"), (.collapse, "CPA_COLLAPSE"),
      ]
      return all.compactMap { contains($0.0) ? $0.1 : nil }
    }
  }

  /// Creates what a request asks for.
  public init(set: EntryFlags, clear: EntryFlags, options: Options = []) {
    self.set = set
    self.clear = clear
    self.options = options
  }
}

extension CPARequest {
  /// What it asks for, for those who listen.
  @inline(__always)
  var masks: RequestMasks {
    var options: RequestMasks.Options = []
    if forceSplit { options.insert(.forceSplit) }
    if isArray { options.insert(.pagesArray) }
    if skipsAliases { options.insert(.noCheckAlias) }
    if collapses { options.insert(.collapse) }
    return RequestMasks(set: self.set, clear: clear, options: options)
  }
}
