/// A lesson as it is written: a scenario file that the program carries in itself.
public struct LessonText: Sendable {
  /// What the lesson is called on the command line: the name of its file.
  public let name: String
  private let bytes: [UInt8]

  /// The file.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// All lessons, in the order in which they build on each other.
  public static var all: [LessonText] {
    [
      LessonText("one-page", PackageResources.one_page_dmap)
    ]
  }
}
