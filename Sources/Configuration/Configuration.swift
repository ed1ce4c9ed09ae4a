import Interface
import Keys
import Lanes
import Screen

/// What a user can configure: keys, themes, and the initial state of the screen.
///
/// Every choice keeps its origin, so that it can be shown.
public struct Configuration: Equatable, Sendable {
  /// The name of the theme.
  public var theme = Setting("dark")
  /// The number of colours to use.
  public var colors = Setting(Colors.auto)
  /// Which drawing characters to use.
  public var glyphs = Setting(GlyphChoice.auto)
  /// Whether the mouse is enabled.
  public var mouse = Setting(false)
  /// Whether permissions show as letters.
  public var letters = Setting(Letters.auto)
  /// Whether the selection follows the changes of a step.
  public var follow = Setting(true)
  /// The panel beside the map.
  public var panel = Setting(SidePanel.trace)
  /// What the colours of the map mean.
  public var overlay = Setting(MapOverlay.permission)
  /// The size of the letters of captions; above 1 they stand in a band.
  public var captionSize = Setting(CaptionSize.text)
  /// The speed of playing: from 1 to ``speedMax``.
  public var speed = Setting(Playback().index + 1)
  /// The keys of the actions.
  public var keymap = Keymap.standard
  /// The origins of actions' keys that are not the default; by names of actions.
  public var keyOrigins: [String: Origin] = [:]
  /// The user's own themes.
  public var themes: [OwnTheme] = []

  /// The fastest speed.
  public static let speedMax = Playback.paces.count

  /// The default configuration.
  public init() {}

  /// The number of colours to use.
  public enum Colors: String, CaseIterable, Sendable {
    /// As many as the terminal has.
    case auto
    case all = "256"
    case sixteen = "16"
    case eight = "8"
    case none

    /// The requested depth; nil for what the terminal has.
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

/// The origin of a choice.
public enum Origin: Equatable, Sendable {
  /// The program's default.
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

/// A choice, and its origin.
public struct Setting<Value: Equatable & Sendable>: Equatable, Sendable {
  /// The value that was chosen.
  public var value: Value
  /// Its origin.
  public var origin: Origin

  /// Makes a choice; without an origin it is the default.
  public init(_ value: Value, from origin: Origin = .standard) {
    self.value = value
    self.origin = origin
  }
}

/// Something in a configuration that cannot be used. Everything else still counts.
public struct ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file.
  public var file: String
  /// The line, from 1; nil for the file as a whole.
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
