// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the keys of the file.

// The lines of a recording of the grouping cache as they stand in the file. `docs/formats.md` tells
// what they mean.

/// The first line, of a recording and of a workload.
struct GroupingHeader: Decodable {
  struct CPU: Decodable {
    var pdpe1gb: Bool?
  }
  struct State: Decodable {
    var leaves: [RecordedRun]?
    var direct_map_kB: Kilobytes?
    var splits: Growth?
  }

  var format: String
  var version: Int
  var kernel: String
  var name: String
  var nodes: Int
  var grouping: Bool?
  var page_offset: String
  var node_pfns: [[UInt64]]
  var cpu_node: Int?
  var cpu: CPU?
  var initial: State
  var final: State
}

/// Any further line: of a recording a step, of a workload an event.
struct GroupingStep: Decodable {
  struct Scan: Decodable {
    var node: Int
    var nr_to_scan: Int
    var isolated: Int
    var frames: [FrameRun]
  }
  struct Block: Decodable {
    var pfn: UInt64
    var leaves: [RecordedRun]
  }

  var op: String
  // What was asked for.
  var handle: Int?
  var id: Int?
  var name: String?
  var pages: UInt64?
  var offset: UInt64?
  var node: Int?
  var group: Bool?
  var reset: Bool?
  var gfp: String?
  var perm: String?
  var on: Bool?
  var after: Int?
  var nr_to_scan: Int?
  var priority: Int?
  // What the page allocator chose.
  var refill: [UInt64]?
  var fallback: [UInt64]?
  var sequence: [String]?
  var frame: UInt64?
  // What came of it.
  var ret: Returned?
  var frames: [FrameRun]?
  var self_links: Int?
  var refused_gfp: [String]?
  var scans: [Scan]?
  var deferred: Int?
  var blocks: [Block]?
  var cache: [[FrameRun]]?
  var round_robin: Int?
  var enabled: Bool?
  var direct_map_kB: Kilobytes?
  var splits: Growth?

  /// What a step returned: a number, or a word.
  enum Returned: Decodable, Equatable {
    case number(Int)
    case word(String)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let word = try? value.decode(String.self) {
        self = .word(word)
      } else {
        self = .number(try value.decode(Int.self))
      }
    }

    var text: String {
      switch self {
      case .number(let number): "\(number)"
      case .word(let word): word
      }
    }
  }

  // `blocks` of a workload's marks is another thing, so nothing here is demanded of marks.
  enum CodingKeys: CodingKey {
    case op, handle, id, name, pages, offset, node, group, reset, gfp, perm, on, after, nr_to_scan
    case priority, refill, fallback, sequence, frame, ret, frames, self_links, refused_gfp, scans
    case deferred, blocks, cache, round_robin, enabled, direct_map_kB, splits
  }
}

/// `[first, count, step]`: frames in a row, upwards or downwards.
struct FrameRun: Decodable {
  var frames: [UInt64]

  /// The most frames a run may have, so that a damaged file asks for no memory without end.
  private static let limit: Int64 = 1 << 24

  init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    let first = try list.decode(Int64.self)
    let count = try list.decode(Int64.self)
    let step = try list.decode(Int64.self)
    let last = first.addingReportingOverflow(count &* step)
    guard first >= 0, (0...Self.limit).contains(count), abs(step) <= 1, !last.overflow,
      last.partialValue >= -1
    else {
      throw DecodingError.dataCorruptedError(in: list, debugDescription: "no run of frames")
    }
    frames = (0..<count).map { UInt64(first + $0 * step) }
  }
}
