import Foundation
import KernelText
import TestSupport
import Testing

@testable import Recordings

@Suite struct JSONReaderTests {
  private static func reader(_ text: String) -> JSONReader {
    let bytes = Array(text.utf8) + [UInt8(ascii: "\n")]
    return JSONReader(bytes, 0..<bytes.count - 1)
  }

  private static func isValid(_ bytes: [UInt8]) -> Bool {
    var json = JSONReader(bytes + [UInt8(ascii: "\n")], 0..<bytes.count)
    do {
      try json.skip()
      try json.finish()
      return true
    } catch {
      return false
    }
  }

  @Test(arguments: [
    "{}", "[]", "null", "true", "false", "0", "-0", "12.5e-3", "1E+2", #""""#,
    #"{"a":[1,{"b":null}]}"#,
    #""\u00e9\ud83d\ude00\n\"\\\/""#, " [ 1 , 2 ] ", #""é""#,
  ])
  func `takes what is JSON`(text: String) { #expect(Self.isValid(Array(text.utf8))) }

  @Test(arguments: [
    "", "{", "}", "[", "[1", "[1,]", "[,1]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{a:1}",
    "01", "-",
    "1.", ".5", "1e", "1e+", "+1", "nul", "truex", "tru", "\"", #""\x""#, #""\u12""#, #""\ud800""#,
    #""\ud800\u0041""#, #""\udc00""#, "\"\t\"", "1 2", "'a'", #"{"a":1 "b":2}"#, "[1 2]", "NaN",
    #""\u0x1f""#,
  ])
  func `refuses what is none`(text: String) { #expect(!Self.isValid(Array(text.utf8))) }

  @Test func `refuses text that is no UTF-8`() {
    #expect(!Self.isValid([0x22, 0xe9, 0x22]))
    #expect(!Self.isValid([0x22, 0xed, 0xa0, 0x80, 0x22]))
  }

  @Test func `refuses what lies too deep, without a crash`() {
    let limit = JSONReader.depthLimit
    for (depth, isValid) in [(limit, true), (limit + 1, false), (1_000_000, false)] {
      let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(Self.isValid(Array(text.utf8)) == isValid)
    }
  }

  @Test(arguments: [
    ("0", 0), ("18446744073709551615", UInt64.max),
    ("1000000000000000000", 1_000_000_000_000_000_000),
    ("1.0", 1), ("1e3", 1000), ("25e-1", nil), ("120e-1", 12), ("18446744073709551616", nil),
    ("-1", nil), ("-0", 0), ("1e400", nil), ("0e400", 0), ("1e-400", nil),
  ])
  func `reads whole numbers in every form`(text: String, value: UInt64?) throws {
    var json = Self.reader(text)
    #expect((try? json.unsigned()) == value)
  }

  @Test(arguments: [
    ("-9223372036854775808", Int64.min), ("9223372036854775807", .max),
    ("9223372036854775808", nil),
    ("-12", -12), ("-1.5", nil),
  ])
  func `reads numbers with a sign`(text: String, value: Int64?) throws {
    var json = Self.reader(text)
    #expect((try? json.signed()) == value)
  }

  private struct Pair: JSONReadable {
    var first: UInt64?
    var second: String?
    enum Key: String, CaseIterable { case first, second }
    static let keys = JSONKeys<Key> { _ in true }

    init(from json: inout JSONReader) throws(JSONError) {
      var object = try json.beginObject()
      while let key = try json.nextKey(Self.keys, in: &object) {
        switch key {
        case .first: first = try json.optional()
        case .second: second = try json.optional()
        }
      }
    }
  }

  @Test(arguments: [
    #"{"first":1,"second":"x"}"#, #"{"second":"x","first":1}"#,
    #"{"\u0066irst":1,"second":"\u0078"}"#,
    #"{"first":1,"first":2,"second":"x","second":null}"#,
    #"{"other":[{"first":9}],"first":1,"firs":3,"firstly":4,"second":"x"}"#,
    #" { "first" : 1 , "second" : "x" } "#,
  ])
  func `finds keys in any order, the first of each, however they are written`(text: String) throws {
    var json = Self.reader(text)
    let pair = try Pair(from: &json)
    try json.finish()
    #expect(pair.first == 1 && pair.second == "x")
  }

  /// Lines of recordings of every kind.
  static let lines: [[UInt8]] = {
    var lines: [[UInt8]] = []
    for folder in ["linux-7.2.12", "merge-mapping-2022", "grouping-2021", "merge-rfc-2022"] {
      for file in ProjectFiles.list("Assets/recordings/\(folder)", ending: "jsonl").prefix(4) {
        guard let bytes = try? ProjectFiles.bytes(file) else { continue }
        lines += bytes.split(separator: 0x0a).prefix(12).filter { $0.count < 4000 }.map(Array.init)
      }
    }
    return lines
  }()

  @Test(arguments: 0..<8)
  func `agrees with Foundation on mutated recordings`(part: UInt64) throws {
    var random = SeededGenerator(seed: part * 1_000_003)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u12", "0", "-", ".", "e", "null", "true", " ",
      "\u{e9}",
    ]
    for _ in 0..<1000 {
      var line = try #require(Self.lines.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...3, using: &random) where !line.isEmpty {
        let place = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: line[place] = UInt8.random(in: 0x20...0x7e, using: &random)
        case 1: line.remove(at: place)
        case 2:
          line.insert(
            contentsOf: try #require(pieces.randomElement(using: &random)).utf8, at: place)
        case 3:
          line.removeSubrange(
            place..<min(line.count, place + Int.random(in: 1...40, using: &random)))
        // Zeros at the beginning would be another encoding to Foundation.
        default: line[place] = place < 4 ? 0x21 : UInt8.random(in: 0...255, using: &random)
        }
      }
      let text = String(decoding: line, as: UTF8.self)
      // Foundation refuses what is beyond a number with a point, asked for or not.
      if line.contains(0x0a) || text.contains(/[0-9][eE][+]?[0-9]{3}/) { continue }
      let isValid =
        (try? JSONSerialization.jsonObject(with: Data(line), options: .fragmentsAllowed)) != nil
      if Self.isValid(line) {
        #expect(isValid, "\(text)")
      } else if isValid {
        // Foundation accepts a comma after the last element.
        #expect(text.contains(/,[ \t\r]*[\]}]/), "\(text)")
      }
      // The result is a recording or an error with a place.
      var stream = LineStream(of: line)
      guard try stream.advance() else { continue }
      for result in [
        Result { _ = try stream.decode(RecordingStep.self) },
        Result { _ = try stream.decode(GroupingStep.self) },
        Result { _ = try stream.decode(RecordingHeader.self) },
        Result { _ = try stream.decode(GroupingHeader.self) },
      ] {
        if case .failure(let error) = result {
          let error = try #require(error as? RecordingError)
          #expect(error.line == 1 && !error.reason.isEmpty)
        } else {
          #expect(isValid)
        }
      }
    }
  }
}
