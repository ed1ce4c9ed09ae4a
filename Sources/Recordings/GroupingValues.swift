// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the keys of the file.

extension GroupingStep {
  /// What the shrinker freed.
  struct Scan: JSONReadable {
    var node = 0
    var nr_to_scan = 0
    var frames = FrameRuns()

    private enum Key: String, CaseIterable { case node, nr_to_scan, isolated, frames }
    private static let keys = JSONKeys<Key>()

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .node: node = try Int(from: &json)
        case .nr_to_scan: nr_to_scan = try Int(from: &json)
        case .isolated: _ = try Int(from: &json)
        case .frames: frames = try FrameRuns(from: &json)
        }
      }
    }
  }

  /// The leaves of a block of 2M that a step touched.
  struct Block: JSONReadable {
    var leaves: [RecordedRun] = []

    private enum Key: String, CaseIterable { case pfn, leaves }
    private static let keys = JSONKeys<Key>()

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .pfn: _ = try json.unsigned()
        case .leaves: leaves = try [RecordedRun](from: &json)
        }
      }
    }
  }
}

/// A list of `[first, count, step]`: consecutive frames, upwards or downwards.
struct FrameRuns: JSONReadable {
  var frames: [UInt64] = []

  /// The maximum frames of a line, so that a damaged file cannot request unlimited memory.
  private static let limit: Int64 = 1 << 24

  init() {}

  init(from json: inout JSONReader) throws(JSONError) {
    var list = try json.beginArray()
    while try json.next(in: &list) {
      let start = json.position
      var run = try json.beginArray()
      try json.needNext(in: &run)
      let first = try json.signed()
      try json.needNext(in: &run)
      let count = try json.signed()
      try json.needNext(in: &run)
      let step = try json.signed()
      try json.end(&run)
      let (last, overflows) = first.addingReportingOverflow(count &* step)
      guard first >= 0, (0...Self.limit).contains(count), (-1...1).contains(step), !overflows,
        last >= -1
      else { throw .meaningless("\(json.excerpt(from: start)) is no run of frames") }
      json.frames += count
      guard json.frames <= Self.limit else {
        throw .meaningless("the line tells of more than \(Self.limit) frames")
      }
      for index in 0..<count { frames.append(UInt64(first + index * step)) }
    }
  }
}
