import Foundation
import Glibc

/// The processes below one, as `/proc` shows them.
enum ProcessTree {
  /// The processes that a process has started and that still run.
  static func children(of process: Int32) -> [Int32] {
    let tasks = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return threads.flatMap { thread in
      text("\(tasks)/\(thread)/children").split(separator: " ").compactMap { Int32($0) }
    }
  }

  /// The name of the program that a process runs.
  static func name(of process: Int32) -> String {
    text("/proc/\(process)/comm").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Whether all threads of a process, and of all below it, wait for something.
  static func sleeps(_ process: Int32) -> Bool {
    let tasks = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    for thread in threads {
      // The state follows the name, which is in brackets and may contain anything.
      let state = text("\(tasks)/\(thread)/stat").split(separator: ")").last?.first { $0 != " " }
      if state == "R" || state == "D" { return false }
    }
    return children(of: process).allSatisfy(sleeps)
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
