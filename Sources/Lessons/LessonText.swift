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

  /// All lessons, in the order in which they build on each other; lesson 1 comes first.
  public static var all: [LessonText] {
    [
      LessonText("one-page", PackageResources.one_page_dmap),
      LessonText("missing-merge", PackageResources.missing_merge_dmap),
      LessonText("grouping-cache", PackageResources.grouping_cache_dmap),
      LessonText("merge-on-free", PackageResources.merge_on_free_dmap),
      LessonText("modules-and-bpf", PackageResources.modules_and_bpf_dmap),
      LessonText("secret-memory", PackageResources.secret_memory_dmap),
      LessonText("huge-vmalloc", PackageResources.huge_vmalloc_dmap),
      LessonText("zapping", PackageResources.zapping_dmap),
      LessonText("arm64-linear-map", PackageResources.arm64_linear_map_dmap),
      LessonText("own-rule", PackageResources.own_rule_dmap),
      LessonText("shortest-break", PackageResources.shortest_break_dmap),
    ]
  }
}
