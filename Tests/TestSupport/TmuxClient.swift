import Foundation
import Glibc

/// A client of tmux in control mode, with its own server: commands go in as lines, answers come out
/// between markers, and the program's output is announced. The server ends with it.
final class TmuxClient {
  /// What tmux refused.
  struct Refusal: Error, CustomStringConvertible {
    /// The command and what tmux said.
    let description: String
  }

  private let pipes = (input: Pipe(), output: Pipe())
  private var process: pid_t = 0
  private var unread: [UInt8] = []

  /// Starts a server behind a socket, without a user's configuration, whose one terminal of a size
  /// runs a command.
  init(socket: String, columns: Int, rows: Int, command: String) throws {
    try start([
      "bash", "-c", Self.closingFiles, "bash",
      "tmux", "-u", "-S", socket, "-f", "/dev/null", "-C",
      "new-session", "-x", "\(columns)", "-y", "\(rows)", command,
    ])
    _ = try answer(to: "new-session")
    try ask("set-option", "-g", "destroy-unattached", "on")
    try ask("set-option", "-g", "window-size", "manual")
  }

  deinit {
    try? pipes.input.fileHandleForWriting.close()
    waitpid(process, nil, 0)
  }

  /// Starts bash with its standard input and output at the pipes. `Process` would take it for ended
  /// as soon as it closes the files that it was given.
  private func start(_ arguments: [String]) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    // No other program that starts meanwhile may keep the server alive.
    _ = fcntl(pipes.input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
    let ends = (pipes.input.fileHandleForReading, pipes.output.fileHandleForWriting)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends.0.fileDescriptor, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends.1.fileDescriptor, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    // Threads of a pool block signals, and a server of tmux that got that from one would never end.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    _ = unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    // In the background of a shell the tests may ignore these, and the programs in tmux would too.
    var usual = sigset_t()
    _ = unsafe sigemptyset(&usual)
    for number in [SIGINT, SIGQUIT, SIGHUP] { _ = unsafe sigaddset(&usual, number) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    let code = unsafe posix_spawn(&process, "/bin/bash", &actions, &attributes, &words, environ)
    guard code == 0 else { throw Refusal(description: "bash does not start: error \(code)") }
    try ends.0.close()
    try ends.1.close()
  }

  /// Closes all that a process was given besides its three standard files, and becomes another. The
  /// server of tmux would keep them, and with them everyone who waits for their end.
  private static let closingFiles = #"""
    for file in /proc/self/fd/*; do n=${file##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done
    exec "$@"
    """#

  /// Sends a command and returns what it printed.
  @discardableResult
  func ask(_ words: String...) throws -> String {
    let command = words.map { "'" + $0.replacing("'", with: #"'\''"#) + "'" }.joined(separator: " ")
    try pipes.input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
    return try answer(to: command)
  }

  /// The value of one of tmux's variables.
  func value(_ variable: String) throws -> String {
    try ask("display-message", "-p", "#{\(variable)}").trimmingCharacters(in: .newlines)
  }

  /// Waits until the program has printed something that no look has shown yet, for some
  /// milliseconds at most.
  func waitForOutput(milliseconds: Int32) throws {
    if !unread.contains(0x0a), try !receive(milliseconds: milliseconds) { return }
    // An incomplete line stays.
    if let end = unread.lastIndex(of: 0x0a) { unread.removeSubrange(...end) }
  }

  /// The lines between the marks of the next answer.
  private func answer(to command: String) throws -> String {
    var (mark, lines): ([Substring]?, [String]) = (nil, [])
    while true {
      let line = try nextLine()
      let words = line.split(separator: " ")
      if let mark {
        if words.dropFirst() == mark[...] {
          if words.first == "%end" { return lines.map { $0 + "\n" }.joined() }
          if words.first == "%error" {
            throw Refusal(description: "tmux \(command): \(lines.joined(separator: " "))")
          }
        }
        lines.append(line)
      } else if words.first == "%begin" {
        mark = Array(words.dropFirst())
      }
    }
  }

  private func nextLine() throws -> String {
    while true {
      if let end = unread.firstIndex(of: 0x0a) {
        defer { unread.removeSubrange(...end) }
        return String(decoding: unread[..<end], as: UTF8.self)
      }
      _ = try receive(milliseconds: -1)
    }
  }

  /// Takes what tmux has sent, and says whether anything came in time.
  private func receive(milliseconds: Int32) throws -> Bool {
    let file = pipes.output.fileHandleForReading.fileDescriptor
    var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return false }
    let received = try unsafe Array<UInt8>(unsafeUninitializedCapacity: 65_536) { room, count in
      count = unsafe read(file, room.baseAddress, room.count)
      if count <= 0 {
        count = 0
        throw Refusal(description: "tmux has ended")
      }
    }
    unread += received
    return true
  }
}
