import FoundationEssentials

/// A report of text and numbers that can be printed as JSON.
public protocol JSONReport: Encodable {}

extension JSONReport {
  /// The report as one JSON object with sorted keys.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      preconditionFailure("A report of plain text and numbers has a JSON form.")
    }
  }
}
