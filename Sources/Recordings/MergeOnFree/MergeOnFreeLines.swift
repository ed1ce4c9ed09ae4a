// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the keys of the file.

import Engine

// The lines of a recording of merging on free as they stand in the file. `docs/formats.md` tells what
// they mean.

/// Free blocks by zone, type and order.
struct FreeCounts: JSONReadable, Equatable {
  var zones: [(zone: String, types: [(type: String, blocks: [Int])])] = []

  init() {}

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let zone = try json.nextName(in: &object) {
      var types: [(type: String, blocks: [Int])] = []
      var inner = try json.beginObject()
      while let type = try json.nextName(in: &inner) {
        types.append((type, try [Int](from: &json)))
      }
      zones.append((zone, types))
    }
  }

  /// The blocks of a zone and type by order; none where nothing is said.
  func blocks(_ zone: String, _ type: String) -> [Int] {
    zones.first { $0.zone == zone }?.types.first { $0.type == type }?.blocks ?? []
  }

  static func == (a: FreeCounts, b: FreeCounts) -> Bool {
    a.zones.elementsEqual(b.zones) { first, second in
      first.zone == second.zone
        && first.types.elementsEqual(second.types) { $0.type == $1.type && $0.blocks == $1.blocks }
    }
  }
}

/// `[first frame, pageblocks, type]`.
struct PageblockRun: JSONReadable, Equatable {
  var first: UInt64
  var count: UInt64
  var type: String

  init(from json: inout JSONReader) throws(JSONError) {
    var list = try json.beginArray()
    try json.needNext(in: &list)
    first = try json.unsigned()
    try json.needNext(in: &list)
    count = try json.unsigned()
    try json.needNext(in: &list)
    type = try json.string()
    try json.end(&list)
    guard first < AddressLayout.pfnLimit.rawValue, count <= 1 << 20 else {
      throw .meaningless("\(count) pageblocks from frame \(first) on are outside the direct map")
    }
  }
}

/// `[zone, order, frame, type of its pageblock]`.
struct UnmappedBlock: JSONReadable, Equatable {
  var zone: String
  var order: Int
  var frame: UInt64
  var type: String

  init(from json: inout JSONReader) throws(JSONError) {
    var list = try json.beginArray()
    try json.needNext(in: &list)
    zone = try json.string()
    try json.needNext(in: &list)
    order = try Int(from: &json)
    try json.needNext(in: &list)
    frame = try json.unsigned()
    try json.needNext(in: &list)
    type = try json.string()
    try json.end(&list)
  }
}

/// Leaves by size and what is special about them.
struct LeafCensus: JSONReadable, Equatable {
  var of4K = 0
  var of2M = 0
  var of1G = 0
  var notPresent = 0
  var withoutG = 0
  var readOnly = 0

  private enum Key: String, CaseIterable {
    case of4K = "4K"
    case of2M = "2M"
    case of1G = "1G"
    case notPresent = "not_present"
    case withoutG = "4K_without_G"
    case readOnly = "4K_read_only"
  }
  private static let keys = JSONKeys<Key>()

  init() {}

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .of4K: of4K = try Int(from: &json)
      case .of2M: of2M = try Int(from: &json)
      case .of1G: of1G = try Int(from: &json)
      case .notPresent: notPresent = try Int(from: &json)
      case .withoutG: withoutG = try Int(from: &json)
      case .readOnly: readOnly = try Int(from: &json)
      }
    }
  }
}

/// What a kernel looked like after a step; what is missing is as it was before.
struct MergeOnFreeState: JSONReadable {
  var leaves: [RecordedRun]?
  var census: LeafCensus?
  var direct_map_kB: Kilobytes?
  var pageblocks: [PageblockRun]?
  var unmapped_free: [UnmappedBlock]?
  var free: FreeCounts?
  var pcp: FreeCounts?

  private enum Key: String, CaseIterable {
    case direct_map_kB, census, leaves, pageblocks, unmapped_free, free, pcp
  }
  private static let keys = JSONKeys<Key> { _ in true }

  init() {}

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .leaves: leaves = try json.optional()
      case .census: census = try json.optional()
      case .direct_map_kB: direct_map_kB = try json.optional()
      case .pageblocks: pageblocks = try json.optional()
      case .unmapped_free: unmapped_free = try json.optional()
      case .free: free = try json.optional()
      case .pcp: pcp = try json.optional()
      }
    }
  }

  /// The state with what a step says of it.
  func updated(by step: MergeOnFreeStep) -> MergeOnFreeState {
    var state = self
    if let leaves = step.leaves { state.leaves = leaves }
    if let census = step.census { state.census = census }
    if let kilobytes = step.direct_map_kB { state.direct_map_kB = kilobytes }
    if let pageblocks = step.pageblocks { state.pageblocks = pageblocks }
    if let blocks = step.unmapped_free { state.unmapped_free = blocks }
    if let free = step.free { state.free = free }
    if let pcp = step.pcp { state.pcp = pcp }
    return state
  }
}

/// The first line.
struct MergeOnFreeHeader: JSONReadable {
  struct CPU: JSONReadable {
    var cpus = 1

    private enum Key: String, CaseIterable { case pse, pdpe1gb, nx, pge, cpus }
    private static let keys = JSONKeys<Key> { _ in true }

    init() {}

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .pse, .pdpe1gb, .nx, .pge: _ = try Bool(from: &json)
        case .cpus: cpus = try Int(from: &json)
        }
      }
    }
  }

  var format = ""
  var version = 0
  var kernel = ""
  var variant = ""
  var name = ""
  var cpu = CPU()
  var initial = MergeOnFreeState()

  private enum Key: String, CaseIterable {
    case format, version, kernel, variant, name, cpu, iomem, initial
  }
  private static let keys = JSONKeys<Key> { $0 == .iomem }

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .format: format = try json.string()
      case .version: version = try Int(from: &json)
      case .kernel: kernel = try json.string()
      case .variant: variant = try json.string()
      case .name: name = try json.string()
      case .cpu: cpu = try CPU(from: &json)
      case .iomem: _ = try [String](from: &json)
      case .initial: initial = try MergeOnFreeState(from: &json)
      }
    }
  }
}

/// Any further line: a step, or how the file ends.
struct MergeOnFreeStep: JSONReadable {
  var op: String?
  var answers: [String] = []
  var splits = Growth()
  var merges = 0
  var missed = 0
  var refused = 0
  var marked = 0
  var failed = 0
  var flush_tlb_all = 0
  var flush_tlb_kernel_range = 0
  var leaves: [RecordedRun]?
  var census: LeafCensus?
  var direct_map_kB: Kilobytes?
  var pageblocks: [PageblockRun]?
  var unmapped_free: [UnmappedBlock]?
  var free: FreeCounts?
  var pcp: FreeCounts?
  var ret: String?
  var console: [String] = []

  private enum Key: String, CaseIterable {
    case op, answers, splits, merges, refused, missed, marked, failed, flush_tlb_all
    case flush_tlb_kernel_range, direct_map_kB, census, leaves, pageblocks, unmapped_free, free, pcp
    case ret, console
  }
  private static let keys = JSONKeys<Key> { _ in true }

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .op: op = try json.optional()
      case .answers: answers = try [String](from: &json)
      case .splits: splits = try Growth(from: &json)
      case .merges: merges = try Int(from: &json)
      case .refused: refused = try Int(from: &json)
      case .missed: missed = try Int(from: &json)
      case .marked: marked = try Int(from: &json)
      case .failed: failed = try Int(from: &json)
      case .flush_tlb_all: flush_tlb_all = try Int(from: &json)
      case .flush_tlb_kernel_range: flush_tlb_kernel_range = try Int(from: &json)
      case .leaves: leaves = try json.optional()
      case .census: census = try json.optional()
      case .direct_map_kB: direct_map_kB = try json.optional()
      case .pageblocks: pageblocks = try json.optional()
      case .unmapped_free: unmapped_free = try json.optional()
      case .free: free = try json.optional()
      case .pcp: pcp = try json.optional()
      case .ret: ret = try json.string()
      case .console: console = try [String](from: &json)
      }
    }
  }

  /// The frames that the answers name, in order.
  var frames: [UInt64] {
    var frames: [UInt64] = []
    for answer in answers {
      let words = answer.split(separator: " ")
      guard words.count > 1, let first = UInt64(words[1], radix: 16) else { continue }
      if words[0] == "pfn" { frames.append(first) }
      if words[0] == "run", words.count > 2, let count = UInt64(words[2]), count <= 1 << 20 {
        frames += (0..<count).map { first + $0 }
      }
    }
    return frames
  }
}
