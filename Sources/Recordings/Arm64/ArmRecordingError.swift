import KernelText

/// Why a recording of an arm64 kernel cannot be used.
public struct ArmRecordingError: Error, Equatable, Sendable {
  /// The file of the recording that is meant.
  public var file: String
  /// The line in it, from 1; `nil` where the file as a whole is meant.
  public var line: Int?
  /// What is wrong, and what was expected.
  public var reason: String

  init(_ file: String, line: Int? = nil, _ reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }

  init(_ file: String, _ error: KernelTextError) {
    self.init(file, line: error.line, error.reason)
  }
}
