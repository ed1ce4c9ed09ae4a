// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the keys of the file.

// The lines of a recording as they stand in the file; `Recording` makes calls and states of them.

/// The first line.
struct RecordingHeader: Decodable {
  struct CPU: Decodable {
    var pse: Bool
    var pdpe1gb: Bool
    var nx: Bool
    var pge: Bool
    var clflush: Bool
    var cpus: Int
    var pti: Bool?
  }
  struct Region: Decodable {
    var first_pfn: UInt64
    var pages: UInt64
  }
  struct Initial: Decodable {
    var leaves: [RecordedRun]
    var direct_map_kB: Kilobytes
  }

  var format: String
  var version: Int
  var kernel: String
  var cpu: CPU
  var page_offset: String
  var region: Region
  var seed: Int?
  var initial: Initial
}

/// Any further line: a call, and what came of it.
struct RecordingStep: Decodable {
  /// What the function returned.
  enum Returned: Decodable, Equatable {
    case code(Int32)
    /// The kernel stopped in the call; the line has no results.
    case kernelBug

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        guard text == "kernel BUG" else {
          throw DecodingError.dataCorruptedError(in: value, debugDescription: text)
        }
        self = .kernelBug
      } else {
        self = .code(try value.decode(Int32.self))
      }
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
  /// What the merge-mapping branch had counted when it stopped, and what there was.
  var split_count: Int?
  var entries_not_standard: Int?

  enum CodingKeys: CodingKey {
    case op, target, page, count, stride, valid, ret, split_count, entries_not_standard
  }

  init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: CodingKeys.self)
    op = try line.decode(String.self, forKey: .op)
    target = try line.decode(String.self, forKey: .target)
    page = try line.decodeIfPresent(UInt64.self, forKey: .page)
    count = try line.decodeIfPresent(UInt64.self, forKey: .count)
    stride = try line.decodeIfPresent(UInt64.self, forKey: .stride)
    valid = try line.decodeIfPresent(Bool.self, forKey: .valid)
    ret = try line.decode(Returned.self, forKey: .ret)
    results = ret == .kernelBug ? nil : try RecordingResults(from: decoder)
    split_count = try line.decodeIfPresent(Int.self, forKey: .split_count)
    entries_not_standard = try line.decodeIfPresent(Int.self, forKey: .entries_not_standard)
  }
}

/// The state after a call.
struct RecordingResults: Decodable {
  struct Calls: Decodable {
    var flush_tlb_all: Int64
    var cpa_flush: Int64
    var __cpa_flush_tlb: Int64
    var flush_tlb_one_kernel: Int64
    var flush_tlb_kernel_range: Int64
    var clflush_cache_range: Int64
  }

  var leaves: [RecordedRun]
  var alias_leaves: [String: [RecordedRun]]?
  var splits: Growth
  var collapses: Growth?
  var merges: Merges?
  var direct_map_kB: Kilobytes
  var calls: Calls
  var indeterminate: [String]?
}

/// By how much the vmstat lines of both sizes grew.
struct Growth: Decodable {
  var of2M: Int64
  var of1G: Int64

  enum CodingKeys: String, CodingKey {
    case of2M = "2M"
    case of1G = "1G"
  }
}

/// By how much the vmstat lines of merges grew: level1 to 2M, level2 to 1G.
struct Merges: Decodable {
  var level1: Int64
  var level2: Int64
}

/// The three DirectMap lines of meminfo.
struct Kilobytes: Decodable {
  var of4K: Int64
  var of2M: Int64
  var of1G: Int64

  enum CodingKeys: String, CodingKey {
    case of4K = "4k"
    case of2M = "2M"
    case of1G = "1G"
  }
}

/// `[first page, pages, size, attributes]`.
struct RecordedRun: Decodable {
  var page: UInt64
  var pages: UInt64
  var size: String
  var attributes: String

  init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    page = try list.decode(UInt64.self)
    pages = try list.decode(UInt64.self)
    size = try list.decode(String.self)
    attributes = try list.decode(String.self)
  }
}
