import ArgumentParser
import FoundationEssentials
import Interface
import Screen
import TerminalBackend

/// How the terminal is used.
struct TerminalOptions: ParsableArguments {
  /// How many colours may be used.
  enum Colors: String, CaseIterable, ExpressibleByArgument {
    case auto
    case all = "256"
    case sixteen = "16"
    case eight = "8"
    case none

    var depth: ColorDepth? {
      switch self {
      case .auto: nil
      case .all: .colors256
      case .sixteen: .colors16
      case .eight: .colors8
      case .none: .monochrome
      }
    }
  }

  @Flag(name: .long, help: "Draw with ASCII only.")
  var ascii = false

  @Flag(name: .long, help: "Draw with Unicode, whatever the locale says.")
  var unicode = false

  @Option(help: "How many colours to use: auto, 256, 16, 8 or none.")
  var colors: Colors = .auto

  /// What the terminal is asked for: a flag counts more than `NO_COLOR`, and that more than the
  /// terminal's description.
  func options(_ environment: [String: String]) -> Terminal.Options {
    let noColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    let depth = colors == .auto && noColor ? .monochrome : colors.depth
    return Terminal.Options(
      colorDepthMax: depth, isUnicode: ascii ? false : unicode ? true : nil)
  }

  func validate() throws {
    if ascii, unicode { throw ValidationError("--ascii and --unicode exclude each other") }
  }
}

/// Reads input, updates the model, does what it asks for, shows it; nothing else happens here.
enum ScreenLoop {
  /// Runs until the end and returns the exit status.
  static func run(_ start: Model, _ options: TerminalOptions) throws(UserError) -> Int32 {
    var terminal: Terminal
    do throws(TerminalError) {
      terminal = try Terminal(options.options(ProcessInfo.processInfo.environment))
    } catch {
      throw UserError(error.description)
    }
    var model = start
    model.adapt(to: terminal.colorDepth)
    _ = model.update(.input(.resize(terminal.size)))
    if model.options.usesMouse { terminal.setMouse(true) }
    let clock = ContinuousClock()
    var deadline: ContinuousClock.Instant?
    while true {
      terminal.show(
        screen(model, size: terminal.size, glyphs: terminal.glyphs), theme: model.options.theme)
      let message: Message
      let wait = deadline.map { max(0, clock.now.duration(to: $0).milliseconds) }
      if wait == 0 {
        message = .tick
      } else {
        let input = terminal.read(timeoutMilliseconds: wait)
        message = input == .timeout ? .tick : .input(input)
      }
      if message == .tick { deadline = nil }
      for effect in model.update(message) {
        switch effect {
        case .quit(let status): return status
        case .suspend: terminal.suspend()
        case .redraw: terminal.redraw()
        case .mouse(let isOn): terminal.setMouse(isOn)
        case .bell: terminal.ringBell()
        case .tick(let milliseconds):
          deadline = clock.now.advanced(by: .milliseconds(milliseconds))
        case .noTick: deadline = nil
        }
      }
    }
  }
}

extension Duration {
  /// Whole milliseconds, rounded up.
  fileprivate var milliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
