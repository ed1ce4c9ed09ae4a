import Engine
import FoundationEssentials

extension Recording {
  /// Reads a recording from the bytes of its file.
  public init(reading bytes: some Sequence<UInt8>) throws(RecordingError) {
    let data = Data(bytes)
    let decoder = JSONDecoder()
    var lines = data.split(separator: 0x0a, omittingEmptySubsequences: false)[...]
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard let first = lines.popFirst() else {
      throw RecordingError(line: 1, reason: "the file is empty; a recording begins with a header")
    }
    let header = try Self.decode(RecordingHeader.self, first, line: 1, decoder)
    var reader = try RecordingReader(header)
    var steps: [Step] = []
    steps.reserveCapacity(lines.count)
    for (index, text) in lines.enumerated() {
      let step = try Self.decode(RecordingStep.self, text, line: index + 2, decoder)
      do {
        steps.append(try reader.step(step))
      } catch {
        throw RecordingError(line: index + 2, reason: error.reason)
      }
    }
    // Nothing compared is no proof: a file cut off behind its header must not pass.
    if steps.isEmpty {
      throw RecordingError(line: 2, reason: "no step follows the header; the file may be cut off")
    }
    self.init(
      kernelName: header.kernel, machine: reader.machine, region: reader.region, steps: steps)
  }

  /// Whether bytes begin like a recording: with the brace of a JSON object, as no line of the
  /// scenario language does.
  public static func recognizes(_ bytes: some Sequence<UInt8>) -> Bool {
    let spaces: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
    return bytes.first { !spaces.contains($0) } == UInt8(ascii: "{")
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, _ text: Data, line: Int, _ decoder: JSONDecoder,
  ) throws(RecordingError) -> Value {
    do {
      return try decoder.decode(type, from: text)
    } catch let error as DecodingError {
      let isWhole = text.last { $0 > 0x20 } == UInt8(ascii: "}")
      throw RecordingError(line: line, reason: error.reason(isWhole: isWhole))
    } catch {
      throw RecordingError(line: line, reason: "no JSON object")
    }
  }
}

extension DecodingError {
  /// What is missing or wrong, in one clause.
  ///
  /// - Parameter isWhole: whether the text ends as an object does.
  fileprivate func reason(isWhole: Bool) -> String {
    switch self {
    case .keyNotFound(let key, _):
      return "the key \"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "the value of \"\(Self.path(context))\" has the wrong type"
    case .dataCorrupted:
      return isWhole
        ? "no JSON object, or one with a number that does not fit into 64 bits"
        : "no whole JSON object; the file may be cut off"
    @unknown default:
      return "no JSON object"
    }
  }

  /// The keys down to a value: `leaves[0][3]`.
  private static func path(_ context: Context) -> String {
    context.codingPath.reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
  }
}
