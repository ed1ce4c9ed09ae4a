import Engine
import Recordings

/// What random calls may be about besides those of ``RandomKind``: what recordings have a form of their own
/// for. Each step leaves the kernel as it was, so a step that differs is the shortest way to show it.
public enum RecordedKind: String, Sendable, CaseIterable {
  /// A process unmaps memory.
  case zap
  /// Areas of vmalloc and ioremap are made, changed and freed.
  case vmalloc
  /// The linear map of arm64: `set_memory_*()`, `set_direct_map_*()`.
  case arm64

  /// The kinds of an architecture.
  public static func all(isArm64: Bool) -> [RecordedKind] { isArm64 ? [.arm64] : [.zap, .vmalloc] }

  /// Holds a recording of this kind against the simulation.
  ///
  /// - Returns: how many steps were compared, and those that differ, in words.
  public func check(
    _ text: String,
  ) throws(LabError) -> (steps: Int, differences: [String]) {
    do {
      switch self {
      case .zap, .vmalloc:
        let check = try X86Recording(text).check()
        return (check.steps, check.mismatches.map { "\($0.step): \($0.words)" })
      case .arm64:
        let check = try ArmRecording(named: "lab", from: FilesInOneText(text)).check()
        return (check.parts, check.mismatches.map { "\($0.part): \($0.difference)" })
      }
    } catch let error as X86RecordingError {
      throw .notUnderstood("recording: \(error.reason)")
    } catch let error as ArmRecordingError {
      throw .notUnderstood("recording: \(error.file): \(error.reason)")
    } catch {
      throw .notUnderstood("recording: \(error)")
    }
  }
}

extension LabState {
  /// Records random steps of a kind, from where the kernel had booted.
  mutating func record(
    _ kind: RecordedKind, seed: UInt64, steps: Int,
  ) throws(LabError) -> String {
    guard (kind == .arm64) == (calls.guest.architecture.name == .arm64) else {
      throw .notPossible(
        "\(kind.rawValue) is recorded on \(kind == .arm64 ? "arm64" : "x86-64"), and this kernel is for "
          + "the other architecture")
    }
    try bringBack(to: [])
    isElsewhere = true
    let guest = calls.guest
    switch kind {
    case .zap: return try ZapRecorder(guest, seed: seed).record(steps)
    case .vmalloc: return try VmallocRecorder(guest, seed: seed).record(steps)
    case .arm64: return try ArmRecorder(guest, seed: seed).record(steps)
    }
  }
}
