import Foundation
import Glibc
import Synchronization
import Testing

/// A shell in its own terminal, in tmux.
public final class TerminalSession {
  private static let count = Atomic<Int>(0)
  private let socket: String
  private let client: TmuxClient
  /// The process of the shell.
  private let shell: Int32

  /// Opens a terminal of a size and a type, in a locale.
  public init(
    columns: Int = 120, rows: Int = 40, type: String = "screen-256color",
    locale: String = "C.UTF-8",
  ) throws {
    let number = Self.count.add(1, ordering: .relaxed).newValue
    let process = ProcessInfo.processInfo.processIdentifier
    socket =
      FileManager.default.temporaryDirectory
      .appending(path: "directmap-test-\(process)-\(number)").path
    client = try TmuxClient(
      socket: socket, columns: columns, rows: rows,
      command: """
        env -u NO_COLOR XDG_STATE_HOME='\(socket).state' PS1='$ ' ENV= LC_ALL=\(locale) TERM=\(type) \
        SWIFT_BACKTRACE=interactive=no,enable=no sh
        """)
    shell = try #require(Int32(try client.value("pane_pid")))
    try wait(for: "$")
  }

  deinit {
    for path in [socket, statePath] { try? FileManager.default.removeItem(atPath: path) }
  }

  /// The folder where programs in the terminal keep their state; there only once one did.
  public var statePath: String { "\(socket).state" }

  /// Starts the program with arguments in the shell, and then prints its status.
  public func start(_ arguments: String = "") throws {
    let program = try Program.url().path
    try type("\(program) \(arguments); echo status=$?\n")
  }

  /// Types text unchanged; a line feed is the Enter key.
  public func type(_ text: String) throws {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if index > 0 { try press("Enter") }
      if !line.isEmpty { try client.ask("send-keys", "-l", "--", String(line)) }
    }
  }

  /// Presses a key by its tmux name.
  public func press(_ key: String) throws { try client.ask("send-keys", "--", key) }

  /// Presses a key many times in succession, like a key that is held down.
  public func hold(_ key: String, _ times: Int) throws {
    try client.ask("send-keys", "-N", "\(times)", "--", key)
  }

  /// Changes the size of the terminal.
  public func resize(columns: Int, rows: Int) throws {
    try client.ask("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  /// Writes over the screen without the program's knowledge, as another program would.
  public func overwrite(_ text: String) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: try client.value("pane_tty")))
    try file.write(contentsOf: Data("\u{1b}[5;5H\(text)".utf8))
    try file.close()
  }

  /// The characters on the screen.
  public func screen() throws -> String { try client.ask("capture-pane", "-p") }

  /// The characters with the escape sequences for their appearance.
  public func styledScreen() throws -> String { try client.ask("capture-pane", "-e", "-p") }

  /// Whether mouse reports are on, according to the terminal.
  public func mouseIsOn() throws -> Bool { try client.value("mouse_any_flag") == "1" }

  /// Waits until mouse reports are on or off.
  public func wait(
    forMouse isOn: Bool, sourceLocation: SourceLocation = #_sourceLocation,
  ) throws {
    try wait(sourceLocation: sourceLocation, until: "has the mouse \(isOn ? "on" : "off")") { _ in
      (try? mouseIsOn()) == isOn
    }
  }

  /// Sends a signal, by its name without SIG, to the program that runs in the shell.
  public func signal(_ name: String) throws {
    let program = ProcessTree.children(of: shell).first { ProcessTree.name(of: $0) == "directmap" }
    kill(try #require(program, "the program does not run"), try #require(Self.signals[name]))
  }

  private static let signals = [
    "ABRT": SIGABRT, "BUS": SIGBUS, "FPE": SIGFPE, "HUP": SIGHUP, "ILL": SIGILL, "INT": SIGINT,
    "KILL": SIGKILL, "QUIT": SIGQUIT, "SEGV": SIGSEGV, "TERM": SIGTERM, "TRAP": SIGTRAP,
  ]

  /// Waits until the shell asks for a command: earlier input may be discarded.
  public func waitForShell(sourceLocation: SourceLocation = #_sourceLocation) throws {
    try wait(sourceLocation: sourceLocation, until: "is the shell's") { screen in
      let lines = screen.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
      return lines.last.map { $0.filter { !$0.isWhitespace } } == "$"
    }
  }

  /// Waits until the program has ended, with this status if one is given. A killed program may have
  /// left the cursor anywhere, so the line may be broken at the edge of the screen.
  public func waitForStatus(
    _ status: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  ) throws {
    let text = "status=" + (status.map(String.init) ?? "")
    try wait(sourceLocation: sourceLocation, until: "shows \"\(text)\"") {
      $0.replacing("\n", with: "").contains(text)
    }
  }

  /// Waits until the screen shows a text.
  @discardableResult
  public func wait(
    for text: String, sourceLocation: SourceLocation = #_sourceLocation,
  ) throws -> String {
    try wait(sourceLocation: sourceLocation, until: "shows \"\(text)\"") { $0.contains(text) }
  }

  /// Waits until the screen passes a test; fails with the screen's content when the program has
  /// waited for a minute too. The time in which it works does not count: a machine may be slow.
  @discardableResult
  public func wait(
    sourceLocation: SourceLocation = #_sourceLocation, until words: String,
    _ isReached: (String) -> Bool,
  ) throws -> String {
    var deadline = ContinuousClock.now + .seconds(60)
    var shown = ""
    while ContinuousClock.now < deadline {
      shown = try screen()
      if isReached(shown) { return try settled(shown, isReached) }
      if !ProcessTree.sleeps(shell) { deadline = .now + .seconds(60) }
      try client.waitForOutput(milliseconds: 500)
    }
    try #require(
      Bool(false), "the screen never \(words):\n\(shown)", sourceLocation: sourceLocation)
    return shown
  }

  /// The screen once it no longer changes: the first look may have seen it half painted. It is
  /// stable when the program waits and the next look shows the same. If a screen that passed the
  /// test never becomes stable, it is returned as it was.
  private func settled(_ first: String, _ isReached: (String) -> Bool) throws -> String {
    var shown = first
    for _ in 0..<200 {
      let isWaiting = ProcessTree.sleeps(shell)
      let next = try screen()
      if next == shown && isWaiting || !isReached(next) { return shown }
      shown = next
      if !isWaiting { try client.waitForOutput(milliseconds: 5) }
    }
    return shown
  }
}
