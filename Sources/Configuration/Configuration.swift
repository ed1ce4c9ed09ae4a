import Interface
import Screen

/// What a user may choose once and for all: keys, themes, and how the screen begins.
///
/// Every choice keeps where it comes from, so that it can be told.
public struct Configuration: Equatable, Sendable {
  /// The name of the theme.
  public var theme = Setting("dark")
  /// How many colours to use.
  public var colors = Setting(Colors.auto)
  /// Which drawing characters to use.
  public var glyphs = Setting(GlyphChoice.auto)
  /// Whether the mouse is listened to.
  public var mouse = Setting(false)
  /// Whether permissions show as letters.
  public var letters = Setting(Letters.auto)
  /// Whether the selection goes to where a step changed something.
  public var follow = Setting(true)
  /// What stands beside the map.
  public var panel = Setting(SidePanel.trace)
  /// What the colours of the map mean.
  public var overlay = Setting(MapOverlay.permission)
  /// How fast time passes: from 1 to ``speedMax``.
  public var speed = Setting(Playback().index + 1)
  /// Which key does what.
  public var keymap = Keymap.standard
  /// Where the keys of actions come from that are not as they were; by names of actions.
  public var keyOrigins: [String: Origin] = [:]
  /// The themes of one's own.
  public var themes: [OwnTheme] = []

  /// The fastest speed.
  public static let speedMax = Playback.paces.count

  /// What holds where nothing is configured.
  public init() {}

  /// How many colours to use.
  public enum Colors: String, CaseIterable, Sendable {
    /// As many as the terminal has.
    case auto
    case all = "256"
    case sixteen = "16"
    case eight = "8"
    case none

    /// The depth that is asked for; nil for what the terminal has.
    public var depth: ColorDepth? {
      switch self {
      case .auto: nil
      case .all: .colors256
      case .sixteen: .colors16
      case .eight: .colors8
      case .none: .monochrome
      }
    }
  }

  /// Which drawing characters to use.
  public enum GlyphChoice: String, CaseIterable, Sendable {
    /// By the locale.
    case auto
    case unicode
    case ascii
  }

  /// Whether permissions show as letters.
  public enum Letters: String, CaseIterable, Sendable {
    /// Where there are no colours.
    case auto
    case always = "true"
    case never = "false"
  }
}

/// Where a choice comes from.
public enum Origin: Equatable, Sendable {
  /// Nobody chose: the program's own.
  case standard
  /// A line of a file.
  case line(Int, file: String)
  /// An option of the command line.
  case option(String)
  /// A variable of the environment.
  case environment(String)
}

extension Origin: CustomStringConvertible {
  /// The origin in a word: `default`, `config.toml:3`, `--theme`, `NO_COLOR`.
  public var description: String {
    switch self {
    case .standard: "default"
    case .line(let line, let file): "\(file):\(line)"
    case .option(let name), .environment(let name): name
    }
  }
}

/// A choice, and where it comes from.
public struct Setting<Value: Equatable & Sendable>: Equatable, Sendable {
  /// What was chosen.
  public var value: Value
  /// Where it comes from.
  public var origin: Origin

  /// Makes a choice; without an origin it is the program's own.
  public init(_ value: Value, from origin: Origin = .standard) {
    self.value = value
    self.origin = origin
  }
}

/// Something in a configuration that cannot be used. All else still counts.
public struct ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file.
  public var file: String
  /// The line, from 1; nil where the file as a whole is meant.
  public var line: Int?
  /// What is wrong.
  public var reason: String
  /// What to do about it.
  public var wayOut: String

  /// Makes a problem.
  public init(file: String, line: Int?, reason: String, wayOut: String) {
    self.file = file
    self.line = line
    self.reason = reason
    self.wayOut = wayOut
  }

  /// `config.toml:3: no theme is called 'ligth'; did you mean 'light'?`
  public var description: String {
    "\(file)\(line.map { ":\($0)" } ?? ""): \(reason); \(wayOut)"
  }
}
