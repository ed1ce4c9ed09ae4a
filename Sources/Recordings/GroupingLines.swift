// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the keys of the file.

// The lines of a recording of the grouping cache as they stand in the file. `docs/formats.md` tells
// what they mean.

/// The first line, of a recording and of a workload.
struct GroupingHeader: JSONReadable {
  struct CPU: JSONReadable {
    var pdpe1gb: Bool?

    private enum Key: String, CaseIterable { case pdpe1gb }
    private static let keys = JSONKeys<Key> { _ in true }

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .pdpe1gb: pdpe1gb = try json.optional()
        }
      }
    }
  }

  struct State: JSONReadable {
    var leaves: [RecordedRun]?
    var direct_map_kB: Kilobytes?
    var splits: Growth?

    private enum Key: String, CaseIterable { case leaves, direct_map_kB, splits }
    private static let keys = JSONKeys<Key> { _ in true }

    init() {}

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .leaves: leaves = try json.optional()
        case .direct_map_kB: direct_map_kB = try json.optional()
        case .splits: splits = try json.optional()
        }
      }
    }
  }

  var format = ""
  var version = 0
  var kernel = ""
  var name = ""
  var nodes = 0
  var grouping: Bool?
  var page_offset = ""
  var node_pfns: [[UInt64]] = []
  var cpu: CPU?
  var initial = State()
  var final = State()

  private enum Key: String, CaseIterable {
    case format, version, kernel, name, nodes, grouping, page_offset, node_pfns, cpu, initial
    case final
  }
  private static let keys = JSONKeys<Key> { $0 == .grouping || $0 == .cpu }

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .format: format = try json.string()
      case .version: version = try Int(from: &json)
      case .kernel: kernel = try json.string()
      case .name: name = try json.string()
      case .nodes: nodes = try Int(from: &json)
      case .grouping: grouping = try json.optional()
      case .page_offset: page_offset = try json.string()
      case .node_pfns: node_pfns = try [[UInt64]](from: &json)
      case .cpu: cpu = try json.optional()
      case .initial: initial = try State(from: &json)
      case .final: final = try State(from: &json)
      }
    }
  }
}

/// Any further line: of a recording a step, of a workload an event.
struct GroupingStep: JSONReadable {
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
  var nr_to_scan: Int?
  var priority: Int?
  // What the page allocator chose.
  var refill: [UInt64]?
  var fallback: [UInt64]?
  var sequence: [String]?
  var frame: UInt64?
  // What came of it.
  var ret: Returned?
  var frames: FrameRuns?
  var self_links: Int?
  var refused_gfp: [String]?
  var scans: [Scan]?
  var deferred: Int?
  var blocks: [Block]?
  var cache: [FrameRuns]?
  var round_robin: Int?
  var enabled: Bool?
  var direct_map_kB: Kilobytes?
  var splits: Growth?

  private enum Key: String, CaseIterable {
    // As events of a workload have them, then as steps have them.
    case op, perm, id, offset, pages, handle, node, group, reset, gfp, ret, frames, self_links
    case refill, fallback, cache, round_robin, direct_map_kB, splits, name, on, nr_to_scan
    case priority, sequence, frame, refused_gfp, scans, deferred, blocks, enabled
  }
  private static let keys = JSONKeys<Key> { _ in true }

  init(from json: inout JSONReader) throws(JSONError) {
    var op: String?
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .op: op = try json.string()
      case .perm: perm = try json.optional()
      case .id: id = try json.optional()
      case .offset: offset = try json.optional()
      case .pages: pages = try json.optional()
      case .handle: handle = try json.optional()
      case .node: node = try json.optional()
      case .group: group = try json.optional()
      case .reset: reset = try json.optional()
      case .gfp: gfp = try json.optional()
      case .ret: ret = try json.optional()
      case .frames: frames = try json.optional()
      case .self_links: self_links = try json.optional()
      case .refill: refill = try json.optional()
      case .fallback: fallback = try json.optional()
      case .cache: cache = try json.optional()
      case .round_robin: round_robin = try json.optional()
      case .direct_map_kB: direct_map_kB = try json.optional()
      case .splits: splits = try json.optional()
      case .name: name = try json.optional()
      case .on: on = try json.optional()
      case .nr_to_scan: nr_to_scan = try json.optional()
      case .priority: priority = try json.optional()
      case .sequence: sequence = try json.optional()
      case .frame: frame = try json.optional()
      case .refused_gfp: refused_gfp = try json.optional()
      case .scans: scans = try json.optional()
      case .deferred: deferred = try json.optional()
      case .blocks: blocks = try json.optional()
      case .enabled: enabled = try json.optional()
      }
    }
    self.op = try json.need(op, Key.op)
  }

  /// What a step returned: a number, or a word.
  enum Returned: JSONReadable, Equatable {
    case number(Int)
    case word(String)

    init(from json: inout JSONReader) throws(JSONError) {
      json.skipBlanks()
      self =
        json.byte == UInt8(ascii: "\"") ? .word(try json.string()) : .number(try Int(from: &json))
    }

    var text: String {
      switch self {
      case .number(let number): "\(number)"
      case .word(let word): word
      }
    }
  }
}
