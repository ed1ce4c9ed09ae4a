// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the keys of the file.

// The lines of a recording as written in the file; `Recording` turns them into calls and states.

/// The first line.
struct RecordingHeader: JSONReadable {
  struct CPU: JSONReadable {
    var pse = false
    var pdpe1gb = false
    var nx = false
    var pge = false
    var clflush = false
    var cpus = 0
    var pti: Bool?

    private enum Key: String, CaseIterable { case pse, pdpe1gb, nx, pge, clflush, cpus, pti }
    private static let keys = JSONKeys<Key> { $0 == .pti }

    init() {}

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .pse: pse = try Bool(from: &json)
        case .pdpe1gb: pdpe1gb = try Bool(from: &json)
        case .nx: nx = try Bool(from: &json)
        case .pge: pge = try Bool(from: &json)
        case .clflush: clflush = try Bool(from: &json)
        case .cpus: cpus = try Int(from: &json)
        case .pti: pti = try json.optional()
        }
      }
    }
  }

  struct Region: JSONReadable {
    var first_pfn: UInt64 = 0
    var pages: UInt64 = 0

    private enum Key: String, CaseIterable { case first_pfn, pages }
    private static let keys = JSONKeys<Key>()

    init() {}

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .first_pfn: first_pfn = try json.unsigned()
        case .pages: pages = try json.unsigned()
        }
      }
    }
  }

  struct Initial: JSONReadable {
    var leaves: [RecordedRun] = []
    var direct_map_kB = Kilobytes()

    private enum Key: String, CaseIterable { case leaves, direct_map_kB }
    private static let keys = JSONKeys<Key>()

    init() {}

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .leaves: leaves = try [RecordedRun](from: &json)
        case .direct_map_kB: direct_map_kB = try Kilobytes(from: &json)
        }
      }
    }
  }

  var format = ""
  var version = 0
  var kernel = ""
  var cpu = CPU()
  var page_offset = ""
  var region = Region()
  var initial = Initial()

  private enum Key: String, CaseIterable {
    case format, version, kernel, cpu, page_offset, region, initial
  }
  private static let keys = JSONKeys<Key>()

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .format: format = try json.string()
      case .version: version = try Int(from: &json)
      case .kernel: kernel = try json.string()
      case .cpu: cpu = try CPU(from: &json)
      case .page_offset: page_offset = try json.string()
      case .region: region = try Region(from: &json)
      case .initial: initial = try Initial(from: &json)
      }
    }
  }
}

/// Any further line: a call and its result.
struct RecordingStep: JSONReadable {
  /// What the function returned.
  enum Returned: JSONReadable, Equatable {
    case code(Int32)
    /// The kernel stopped in the call; the line has no results.
    case kernelBug

    init(from json: inout JSONReader) throws(JSONError) {
      json.skipBlanks()
      guard json.byte == UInt8(ascii: "\"") else {
        self = .code(try Int32(from: &json))
        return
      }
      let word = try json.string()
      guard word == "kernel BUG" else {
        throw .meaningless("ret is \"\(word)\"; expected a number or \"kernel BUG\"")
      }
      self = .kernelBug
    }
  }

  var op: String
  var target: String
  var page: UInt64?
  var count: UInt64?
  var stride: UInt64?
  var valid: Bool?
  var ret: Returned
  /// Nothing after a kernel BUG.
  var results: RecordingResults?
  /// The count of the merge-mapping branch when it stopped, and the real number.
  var split_count: Int?
  var entries_not_standard: Int?

  private enum Key: String, CaseIterable {
    case op, target, page, stride, count, valid, ret, leaves, alias_leaves, splits, collapses
    case merges, direct_map_kB, calls, indeterminate, split_count, entries_not_standard
  }
  private static let keys = JSONKeys<Key> { _ in true }

  init(from json: inout JSONReader) throws(JSONError) {
    var op: String?
    var target: String?
    var ret: Returned?
    var leaves: [RecordedRun]?
    var alias_leaves: RecordedAliases?
    var splits: Growth?
    var collapses: Growth?
    var merges: Merges?
    var direct_map_kB: Kilobytes?
    var calls: RecordingResults.Calls?
    var indeterminate: [String]?
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .op: op = try json.string()
      case .target: target = try json.string()
      case .page: page = try json.optional()
      case .stride: stride = try json.optional()
      case .count: count = try json.optional()
      case .valid: valid = try json.optional()
      case .ret: ret = try Returned(from: &json)
      case .leaves: leaves = try [RecordedRun](from: &json)
      case .alias_leaves: alias_leaves = try json.optional()
      case .splits: splits = try Growth(from: &json)
      case .collapses: collapses = try json.optional()
      case .merges: merges = try json.optional()
      case .direct_map_kB: direct_map_kB = try Kilobytes(from: &json)
      case .calls: calls = try RecordingResults.Calls(from: &json)
      case .indeterminate: indeterminate = try json.optional()
      case .split_count: split_count = try json.optional()
      case .entries_not_standard: entries_not_standard = try json.optional()
      }
    }
    self.op = try json.need(op, Key.op)
    self.target = try json.need(target, Key.target)
    self.ret = try json.need(ret, Key.ret)
    if ret == .kernelBug { return }
    results = RecordingResults(
      leaves: try json.need(leaves, Key.leaves), alias_leaves: alias_leaves?.list ?? [],
      splits: try json.need(splits, Key.splits), collapses: collapses, merges: merges,
      direct_map_kB: try json.need(direct_map_kB, Key.direct_map_kB),
      calls: try json.need(calls, Key.calls), indeterminate: indeterminate ?? [])
  }
}

/// The state after a call.
struct RecordingResults {
  struct Calls: JSONReadable {
    var flush_tlb_all: Int64 = 0
    var cpa_flush: Int64 = 0
    var __cpa_flush_tlb: Int64 = 0
    var flush_tlb_one_kernel: Int64 = 0
    var flush_tlb_kernel_range: Int64 = 0
    var clflush_cache_range: Int64 = 0

    private enum Key: String, CaseIterable {
      case flush_tlb_all, cpa_flush, __cpa_flush_tlb, flush_tlb_one_kernel
      case flush_tlb_kernel_range, clflush_cache_range
    }
    private static let keys = JSONKeys<Key>()

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .flush_tlb_all: flush_tlb_all = try json.signed()
        case .cpa_flush: cpa_flush = try json.signed()
        case .__cpa_flush_tlb: __cpa_flush_tlb = try json.signed()
        case .flush_tlb_one_kernel: flush_tlb_one_kernel = try json.signed()
        case .flush_tlb_kernel_range: flush_tlb_kernel_range = try json.signed()
        case .clflush_cache_range: clflush_cache_range = try json.signed()
        }
      }
    }
  }

  var leaves: [RecordedRun]
  /// The leaves of each mapping, by its handle.
  var alias_leaves: [(handle: String, runs: [RecordedRun])]
  var splits: Growth
  var collapses: Growth?
  var merges: Merges?
  var direct_map_kB: Kilobytes
  var calls: Calls
  var indeterminate: [String]
}
