import Foundation

/// The files of the project, found relative to this source file.
public enum ProjectFiles {
  /// The top folder of the project.
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The paths below a folder that end in an extension, relative to the project, sorted.
  public static func list(_ folder: String, ending suffix: String) -> [String] {
    let base = root.appending(path: folder)
    guard let names = FileManager.default.enumerator(atPath: base.path) else { return [] }
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix("." + suffix) }.sorted()
      .map { folder + "/" + $0 }
  }

  /// The bytes of a file, by its path relative to the project.
  public static func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: root.appending(path: path))
  }

  /// The text of a file, by its path relative to the project.
  public static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }
}
