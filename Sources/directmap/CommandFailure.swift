import ArgumentParser
import FoundationEssentials

/// Why a command cannot go on: told in one line on standard error, exit status 2.
nonisolated struct CommandFailure: Error, Equatable {
  /// The file or option it is about.
  var place: String
  /// What is wrong, and the way out.
  var reason: String

  /// Writes the line to standard error.
  func print() {
    FileDescriptorOutput.standardError.write("directmap: \(place): \(reason)\n")
  }
}
