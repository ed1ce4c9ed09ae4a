import Foundation

/// An empty folder, which is removed when the test ends.
public final class Folder {
  /// Its path.
  public let path: String

  /// Makes a folder.
  public init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "directmap-folder-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The text of a file in it; empty if there is none.
  public func text(_ name: String) -> String {
    String(
      decoding: FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data(), as: UTF8.self)
  }

  /// Writes a file in it.
  public func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
  }

  /// The names of all files in it, sorted.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}
