/// How often real kernels were recorded making a call: what `RecordedSteps.swift` holds.
public struct RecordedCalls: Equatable, Sendable {
  /// How many files have it.
  public var files: Int
  /// How many times, over all of them.
  public var steps: Int

  /// What is recorded of a subject, by the kernel profile or the patch that ran.
  static let all: [String: [String: RecordedCalls]] = {
    var all: [String: [String: RecordedCalls]] = [:]
    for row in rows.split(separator: "\n") {
      let words = row.split(separator: " ")
      guard let subject = words.first else { continue }
      for word in words.dropFirst() {
        let parts = word.split(separator: ":")
        guard parts.count == 3, let files = Int(parts[1]), let steps = Int(parts[2]) else {
          continue
        }
        all[String(subject), default: [:]][String(parts[0])] = RecordedCalls(
          files: files, steps: steps)
      }
    }
    return all
  }()

  /// What is recorded of a call.
  ///
  /// - Parameters:
  ///   - call: its name in the language.
  ///   - ran: the kernel profile, or the policy whose patch was in the kernel.
  static func of(_ call: String, under ran: String) -> RecordedCalls? {
    all[subject(of: call)]?[ran]
      ?? (call.hasPrefix("set_memory_") ? all["set_memory_*"]?[ran] : nil)
  }

  /// All that is recorded under a kernel profile or a patch.
  static func total(under ran: String) -> RecordedCalls {
    let steps = all.reduce(0) { $0 + ($1.key == filesRow ? 0 : $1.value[ran]?.steps ?? 0) }
    return RecordedCalls(files: all[filesRow]?[ran]?.files ?? 0, steps: steps)
  }

  /// The row that counts the files themselves.
  private static let filesRow = "(files)"

  /// Under which subject a call was counted.
  private static func subject(of call: String) -> String {
    if let user = call.split(separator: " ").first, ["module", "bpf"].contains(user) {
      return "workload"
    }
    switch call {
    case "mmap": return "zap"
    case "map_mem": return "boot"
    default: return call
    }
  }
}
