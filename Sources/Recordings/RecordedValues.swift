// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the keys of the file.

import Engine

// Values in the lines of both kinds of recordings.

/// The leaves of mappings, by their handles.
struct RecordedAliases: JSONReadable {
  /// Sorted by the handles, each once.
  var list: [(handle: String, runs: [RecordedRun])] = []

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let handle = try json.nextName(in: &object) {
      let runs = try [RecordedRun](from: &json)
      if !list.contains(where: { $0.handle == handle }) { list.append((handle, runs)) }
    }
    list.sort { $0.handle < $1.handle }
  }
}

/// The increase of the vmstat lines of both sizes.
struct Growth: JSONReadable {
  var of2M: Int64 = 0
  var of1G: Int64 = 0

  private enum Key: String, CaseIterable {
    case of2M = "2M"
    case of1G = "1G"
  }
  private static let keys = JSONKeys<Key>()

  init(of2M: Int64 = 0, of1G: Int64 = 0) {
    self.of2M = of2M
    self.of1G = of1G
  }

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .of2M: of2M = try json.signed()
      case .of1G: of1G = try json.signed()
      }
    }
  }
}

/// The increase of the vmstat lines of merges: level1 to 2M, level2 to 1G.
struct Merges: JSONReadable {
  var level1: Int64 = 0
  var level2: Int64 = 0

  private enum Key: String, CaseIterable { case level1, level2 }
  private static let keys = JSONKeys<Key>()

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .level1: level1 = try json.signed()
      case .level2: level2 = try json.signed()
      }
    }
  }
}

/// The three DirectMap lines of meminfo.
struct Kilobytes: JSONReadable {
  var of4K: Int64 = 0
  var of2M: Int64 = 0
  var of1G: Int64 = 0

  private enum Key: String, CaseIterable {
    case of4K = "4k"
    case of2M = "2M"
    case of1G = "1G"
  }
  private static let keys = JSONKeys<Key>()

  init() {}

  init(from json: inout JSONReader) throws(JSONError) {
    var object = try json.beginObject()
    while let key = try json.nextKey(Self.keys, in: &object) {
      switch key {
      case .of4K: of4K = try json.signed()
      case .of2M: of2M = try json.signed()
      case .of1G: of1G = try json.signed()
      }
    }
  }
}

/// `[first page, pages, size, attributes]`.
struct RecordedRun: JSONReadable {
  var page: UInt64
  var pages: UInt64
  /// `nil` where nothing is mapped.
  var size: LeafSize?
  var attributes: EntryFlags

  private enum Size: String, CaseIterable {
    case size4K = "4K"
    case size2M = "2M"
    case size1G = "1G"
    case nothing = "none"
  }
  private static let sizes = JSONKeys<Size>()

  init(from json: inout JSONReader) throws(JSONError) {
    var list = try json.beginArray()
    try json.needNext(in: &list)
    page = try json.unsigned()
    try json.needNext(in: &list)
    pages = try json.unsigned()
    try json.needNext(in: &list)
    size = try Self.size(&json)
    try json.needNext(in: &list)
    attributes = EntryFlags(rawValue: try Self.attributes(&json))
    try json.end(&list)
  }

  @inline(__always)
  private static func size(_ json: inout JSONReader) throws(JSONError) -> LeafSize? {
    var guess = 0
    switch json.word(sizes, &guess) {
    case .size4K: return .size4K
    case .size2M: return .size2M
    case .size1G: return .size1G
    case .nothing: return nil
    case nil:
      throw .meaningless(
        "\"\(try json.string())\" is no leaf size; expected 4K, 2M, 1G or none")
    }
  }

  @inline(__always)
  private static func attributes(_ json: inout JSONReader) throws(JSONError) -> UInt64 {
    if let bits = json.hexadecimal() { return bits }
    throw .meaningless("\"\(try json.string())\" is no hexadecimal number")
  }

  /// The size as it is written in the file.
  var sizeName: String { size?.name ?? "none" }
}
