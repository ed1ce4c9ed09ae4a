import Foundation
import Glibc
import Synchronization
import Testing

/// A shell in a terminal of its own: tmux on a socket of its own, without anyone's configuration.
public final class TerminalSession {
  private static let count = Atomic<Int>(0)
  private let socket: String

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
    try tmux([
      "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
      "env -u NO_COLOR PS1='$ ' ENV= LC_ALL=\(locale) TERM=\(type) SWIFT_BACKTRACE=interactive=no,enable=no sh",
    ])
    try tmux(["set-option", "-g", "window-size", "manual"])
    try wait(for: "$")
  }

  deinit {
    _ = try? tmux(["kill-server"])
    try? FileManager.default.removeItem(atPath: socket)
  }

  /// Starts the program with arguments in the shell, and then prints its status.
  public func start(_ arguments: String = "") throws {
    let program = try Program.url().path
    try type("\(program) \(arguments); echo status=$?\n")
  }

  /// Types text as it is; a line feed is the Enter key.
  public func type(_ text: String) throws {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if index > 0 { try press("Enter") }
      if !line.isEmpty { try tmux(["send-keys", "-l", Self.escaped(String(line))]) }
    }
  }

  /// Presses a key by the name that tmux has for it.
  public func press(_ key: String) throws { try tmux(["send-keys", Self.escaped(key)]) }

  /// Presses a key so many times in a row, as one that is held down.
  public func hold(_ key: String, _ times: Int) throws {
    try tmux(["send-keys", "-N", "\(times)", Self.escaped(key)])
  }

  /// What tmux takes as it is: a semicolon at the end would part commands.
  private static func escaped(_ text: String) -> String {
    text.hasSuffix(";") ? text.dropLast() + "\\;" : text
  }

  /// Gives the terminal another size.
  public func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// Writes over the screen behind the program's back, as another program would.
  public func overwrite(_ text: String) throws {
    let name = try reading(["display-message", "-p", "#{pane_tty}"])
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let file = try FileHandle(forWritingTo: URL(filePath: name))
    try file.write(contentsOf: Data("\u{1b}[5;5H\(text)".utf8))
    try file.close()
  }

  /// The characters on the screen.
  public func screen() throws -> String { try reading(["capture-pane", "-p"]) }

  /// The characters with the orders that give them their looks.
  public func styledScreen() throws -> String { try reading(["capture-pane", "-e", "-p"]) }

  /// Whether reports of the mouse are on, as the terminal knows it.
  public func mouseIsOn() throws -> Bool {
    try reading(["display-message", "-p", "#{mouse_any_flag}"]).hasPrefix("1")
  }

  /// Waits until reports of the mouse are on or off.
  public func wait(
    forMouse isOn: Bool, sourceLocation: SourceLocation = #_sourceLocation,
  ) throws {
    try wait(sourceLocation: sourceLocation, until: "has the mouse \(isOn ? "on" : "off")") { _ in
      (try? mouseIsOn()) == isOn
    }
  }

  /// Sends a signal to the program that runs in the shell.
  public func signal(_ name: String) throws {
    let shell = try reading(["display-message", "-p", "#{pane_pid}"])
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try Self.run(["pkill", "-\(name)", "-P", shell, "directmap"], output: nil)
  }

  /// Waits until the shell asks for a command: what is typed earlier may be thrown away.
  public func waitForShell(sourceLocation: SourceLocation = #_sourceLocation) throws {
    try wait(sourceLocation: sourceLocation, until: "is the shell's") { screen in
      let lines = screen.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
      return lines.last?.hasPrefix("$") == true
    }
  }

  /// Waits until the program has ended, with this status if one is given. A program that was killed may
  /// have left the cursor anywhere, so the line may be broken at the edge of the screen.
  public func waitForStatus(
    _ status: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  ) throws {
    let text = "status=" + (status.map(String.init) ?? "")
    try wait(sourceLocation: sourceLocation, until: "shows \"\(text)\"") {
      $0.replacing("\n", with: "").contains(text)
    }
  }

  /// Waits until the screen shows a text; fails after a minute, telling what is there.
  @discardableResult
  public func wait(
    for text: String, sourceLocation: SourceLocation = #_sourceLocation,
  ) throws -> String {
    try wait(sourceLocation: sourceLocation, until: "shows \"\(text)\"") { $0.contains(text) }
  }

  /// Waits until the screen passes a test.
  @discardableResult
  public func wait(
    sourceLocation: SourceLocation = #_sourceLocation, until words: String,
    _ isReached: (String) -> Bool,
  ) throws -> String {
    let deadline = ContinuousClock.now + .seconds(60)
    var shown = ""
    while ContinuousClock.now < deadline {
      shown = try screen()
      if isReached(shown) { return try settled(shown, isReached) }
      usleep(15_000)
    }
    try #require(
      Bool(false), "the screen never \(words):\n\(shown)", sourceLocation: sourceLocation)
    return shown
  }

  /// The screen once it stands still: the first look may have met it half painted. What has passed
  /// the test and does so no more is given as it was.
  private func settled(_ first: String, _ isReached: (String) -> Bool) throws -> String {
    var shown = first
    for _ in 0..<20 {
      usleep(15_000)
      let next = try screen()
      if next == shown || !isReached(next) { return shown }
      shown = next
    }
    return shown
  }

  private func tmux(_ arguments: [String]) throws {
    try Self.run(["tmux", "-S", socket] + arguments, output: nil)
  }

  private func reading(_ arguments: [String]) throws -> String {
    let output = Pipe()
    try Self.run(["tmux", "-S", socket] + arguments, output: output)
    return String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }

  /// Closes all that a process was given besides its three standard files, and becomes another. The
  /// server of tmux would keep them, and with them whoever waits for their end.
  private static let closingFiles = #"""
    for file in /proc/self/fd/*; do n=${file##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done
    exec "$@"
    """#

  private static func run(_ arguments: [String], output: Pipe?) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", closingFiles, "bash"] + arguments
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    // Threads of a pool block signals, and a server of tmux that got that from one would never end.
    var (none, before) = (sigset_t(), sigset_t())
    _ = unsafe sigemptyset(&none)
    _ = unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
    process.waitUntilExit()
  }
}
