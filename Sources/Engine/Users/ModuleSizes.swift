/// The sizes of a module's sections in bytes, as the kernel groups them (`enum mod_mem_type`).
public struct ModuleSizes: Equatable, Sendable {
  /// Code.
  public var text: UInt32 = 0
  /// Data that stays writable.
  public var data: UInt32 = 0
  /// Data that is never written.
  public var rodata: UInt32 = 0
  /// Data that is written by the module's init and never after.
  public var roAfterInit: UInt32 = 0
  /// Code of init.
  public var initText: UInt32 = 0
  /// Data of init.
  public var initData: UInt32 = 0
  /// Read-only data of init.
  public var initRodata: UInt32 = 0

  /// A module without sections.
  public init() {}

  /// A group of sections; raw values are the names of the language.
  public enum Part: String, CaseIterable, Sendable {
    case text, data, rodata
    case roAfterInit = "ro_after_init"
    case initText = "init_text"
    case initData = "init_data"
    case initRodata = "init_rodata"

    /// Whether the part is given back after the module's init.
    public var isInit: Bool {
      switch self {
      case .initText, .initData, .initRodata: true
      case .text, .data, .rodata, .roAfterInit: false
      }
    }

    /// The end of the name of its area.
    var suffix: String {
      switch self {
      case .text: ".text"
      case .data: ".data"
      case .rodata: ".rodata"
      case .roAfterInit: ".roinit"
      case .initText: ".itext"
      case .initData: ".idata"
      case .initRodata: ".iro"
      }
    }
  }

  /// The size of a part, in bytes.
  public subscript(part: Part) -> UInt32 {
    get {
      switch part {
      case .text: text
      case .data: data
      case .rodata: rodata
      case .roAfterInit: roAfterInit
      case .initText: initText
      case .initData: initData
      case .initRodata: initRodata
      }
    }
    set {
      switch part {
      case .text: text = newValue
      case .data: data = newValue
      case .rodata: rodata = newValue
      case .roAfterInit: roAfterInit = newValue
      case .initText: initText = newValue
      case .initData: initData = newValue
      case .initRodata: initRodata = newValue
      }
    }
  }

  /// The pages of a part.
  public func pages(_ part: Part) -> PageCount { PageCount(bytesRoundedUp: UInt64(self[part])) }

  /// The pages of all parts.
  public var pages: PageCount { Part.allCases.reduce(0) { $0 + pages($1) } }

  /// The most bytes a part may have: what the module area has room for.
  public static let limit: UInt32 = 256 << 20
}

extension PageCount {
  /// The pages that hold this many bytes.
  public init(bytesRoundedUp bytes: UInt64) { self.init((bytes + 4095) / 4096) }
}
