import FoundationEssentials

/// `run.json`: how the machine was started, and what was looked at.
struct ArmRun: Decodable {
  /// The kernel, as the first two numbers of its version.
  var kernel: String
  /// The memory, such as `4G`.
  var ram: String
  /// The CPU, as QEMU names it.
  var cpu: String
  /// The kernel's command line.
  var append: String
  /// The steps by their names.
  var steps: [String: Step]

  /// What was counted at a step.
  struct Step: Decodable {
    /// The page tables of each level below the root: `pte`, `pmd`, `pud`, `p4d`.
    var tablesByLevel: [String: UInt64]
  }

  static let file = "run.json"

  init(_ files: some RecordedFiles) throws {
    guard let text = try files.text(Self.file) else {
      throw ArmRecordingError(Self.file, "there is none; give the folder of a recording")
    }
    do {
      self = try JSONDecoder().decode(ArmRun.self, from: Data(text.utf8))
    } catch {
      throw ArmRecordingError(
        Self.file, "expected an object with kernel, ram, cpu, append and steps")
    }
  }
}
