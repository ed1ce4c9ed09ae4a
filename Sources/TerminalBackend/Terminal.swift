import CTerminal
import Screen

/// The terminal the program runs in: it shows canvases and delivers input, and is restored when
/// this value is destroyed, at exit, and by every signal that ends the process.
///
/// ```swift
/// var terminal = try Terminal()
/// terminal.show(canvas, theme: .dark)
/// let input = terminal.read()
/// ```
public struct Terminal: ~Copyable {
  /// The options of a terminal.
  public nonisolated struct Options: Sendable {
    /// The most colours to use; nil for all that the terminal's description has.
    public var colorDepthMax: ColorDepth?
    /// Whether to show more than ASCII; nil to follow the locale.
    public var isUnicode: Bool?

    /// Makes options; by default everything is detected.
    public init(colorDepthMax: ColorDepth? = nil, isUnicode: Bool? = nil) {
      self.colorDepthMax = colorDepthMax
      self.isUnicode = isUnicode
    }
  }

  /// The number of colours in use.
  public let colorDepth: ColorDepth
  /// Whether characters beyond ASCII can be shown.
  public let isUnicode: Bool
  /// Whether pasted text counts as typed, as while a line is open. It is dropped otherwise: a paste must
  /// not run as a series of keys.
  public var takesPaste = false
  private var shown: Canvas?
  private var shownAt = Size(width: 0, height: 0)
  private var styles: StyleTable
  private var row: ContiguousArray<terminal_cell> = []

  /// Takes the terminal over; on failure it stays unchanged.
  public init(_ options: Options = Options()) throws(TerminalError) {
    var wanted = terminal_options(colors_max: -1, unicode: -1)
    if let depth = options.colorDepthMax { wanted.colors_max = Int32(depth.rawValue) }
    if let isUnicode = options.isUnicode { wanted.unicode = isUnicode ? 1 : 0 }
    if let error = TerminalError(unsafe terminal_open(&wanted)) { throw error }
    colorDepth = ColorDepth(colorCount: Int(terminal_colors()))
    isUnicode = terminal_is_unicode()
    styles = StyleTable(.dark, colorDepth)
  }

  deinit {
    terminal_close()
  }

  /// Makes a fault of the program, and `SIGQUIT`, restore the terminal, ask for a report in one
  /// line on standard error and end the program by the signal, without a debugger unless the user
  /// has set `SWIFT_BACKTRACE`. Call it once, when the program starts.
  ///
  /// - Parameter program: the name and the version for that line.
  public static func guardAgainstFaults(of program: String) {
    // If the system refuses, everything is as without it.
    _ = unsafe terminal_guard(program)
  }

  /// The current columns and rows.
  public var size: Size {
    Size(width: Int(terminal_width()), height: Int(terminal_height()))
  }

  /// The drawing characters that can be shown.
  public var glyphs: Glyphs { isUnicode ? .unicode : .ascii }

  /// Shows a canvas; if it equals the previous one, that costs almost nothing.
  ///
  /// A canvas of another size than the terminal's is cut or leaves the rest blank.
  public mutating func show(_ canvas: Canvas, theme: Theme = .dark) {
    if styles.theme != theme {
      styles = StyleTable(theme, colorDepth)
      shown = nil
    }
    // Another size clears the screen.
    if let last = shown, last.size == canvas.size, shownAt == size {
      for y in 0..<canvas.size.height where !canvas.rowEquals(last, y) { put(canvas, y) }
    } else {
      terminal_erase()
      for y in 0..<canvas.size.height { put(canvas, y) }
    }
    shown = canvas
    shownAt = size
    terminal_show(Int32(canvas.cursor?.x ?? -1), Int32(canvas.cursor?.y ?? -1))
  }

  /// Redraws everything, for example after something else wrote on the screen.
  public func redraw() {
    terminal_repaint()
  }

  /// Waits for input: forever, or this number of milliseconds; then it returns ``Input/timeout``.
  ///
  /// Nothing wakes up in between. Ctrl-C and Ctrl-Z arrive as input like any other key.
  public func read(timeoutMilliseconds: Int? = nil) -> Input {
    let milliseconds = timeoutMilliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
    while true {
      if let input = Input(terminal_read(milliseconds, -1), takesPaste: takesPaste) { return input }
    }
  }

  /// Waits for input, or for this number of milliseconds, or until a descriptor of the caller's is
  /// readable; then it returns `nil`. Typed keys come first.
  public func read(timeoutMilliseconds: Int, orReadable descriptor: Int32) -> Input? {
    let milliseconds = Int32(clamping: max(0, timeoutMilliseconds))
    while true {
      let raw = terminal_read(milliseconds, descriptor)
      if UInt32(raw.kind) == TERMINAL_WOKEN.rawValue { return nil }
      if let input = Input(raw, takesPaste: takesPaste) { return input }
    }
  }

  /// Restores the terminal and stops, as Ctrl-Z does; redraws when the process continues.
  public func suspend() {
    terminal_suspend()
  }

  /// Turns mouse reports on or off; off at the start, since they disable text selection.
  ///
  /// Returns whether there is a mouse that can be turned on.
  @discardableResult
  public func setMouse(_ isOn: Bool) -> Bool {
    terminal_set_mouse(isOn)
  }

  /// Rings the bell, or flashes if there is none.
  public func ringBell() {
    terminal_bell()
  }

  private mutating func put(_ canvas: Canvas, _ y: Int) {
    let width = canvas.size.width
    if row.count != width { row = ContiguousArray(repeating: terminal_cell(), count: width) }
    let styles = styles
    var target = row.mutableSpan
    let source = canvas.cells.span
    for x in 0..<width {
      let cell = source[y * width + x]
      let style = styles[cell.ink, cell.modifiers]
      target[x] = terminal_cell(
        character: cell.scalar.value, combining: cell.combining?.value ?? 0,
        ink: style.foreground.map(Int16.init) ?? -1, paper: style.background.map(Int16.init) ?? -1,
        attributes: style.attributes.rawValue, columns: cell.columns)
    }
    unsafe row.withUnsafeBufferPointer { cells in
      unsafe terminal_put_row(Int32(y), cells.baseAddress, Int32(width))
    }
  }
}
