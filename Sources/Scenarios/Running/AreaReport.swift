import Engine

/// What an area of vmalloc space takes, as `directmap run --format json` prints it.
public struct AreaReport: Codable, Equatable, Sendable {
  /// Its name.
  public var name: String
  /// Who made it, in words.
  public var kind: String
  /// The kernel's flag of an area that may have 2M leaves; `nil` if it has none.
  public var flag: String?
  /// The address of its first page, as `0x` and hexadecimal digits.
  public var start: String
  /// The kilobytes that were asked for.
  public var askedKilobytes: UInt64
  /// The kilobytes that it takes, its guard page not counted.
  public var takenKilobytes: UInt64
  /// The kilobytes that nobody asked for.
  public var unusedKilobytes: UInt64
  /// How many leaves of each size map it: `4k`, `2M`, `1G`.
  public var leaves: [String: UInt64]
  /// The kilobytes on each node that has memory, by its number; `nil` where that is not known.
  public var nodeKilobytes: [String: UInt64]?

  enum CodingKeys: String, CodingKey {
    case name, kind, flag, start, leaves
    case askedKilobytes = "asked_kB"
    case takenKilobytes = "taken_kB"
    case unusedKilobytes = "unused_kB"
    case nodeKilobytes = "nodes_kB"
  }

  init(_ use: AreaUse) {
    name = use.area.name.description
    kind = use.area.kind.words
    flag = use.flagName
    start = use.area.start.hex
    askedKilobytes = use.area.asked.kilobytes
    takenKilobytes = use.area.pages.kilobytes
    unusedKilobytes = PageCount(UInt64(use.area.unused)).kilobytes
    leaves = ["4k": use.leaves4K, "2M": use.leaves2M, "1G": use.leaves1G]
    guard !use.nodes.isEmpty else { return }
    var nodes: [String: UInt64] = [:]
    for node in use.nodes { nodes[String(node.number)] = node.pages.kilobytes }
    nodeKilobytes = nodes
  }
}
