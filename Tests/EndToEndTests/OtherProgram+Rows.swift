import Foundation
import TestSupport
import Testing

extension OtherProgram {
  /// The rows of a screen as pyte sees them, each as one line: of a cast at its end, or of what tmux
  /// printed, with its size.
  static func rows(_ arguments: [String]) throws -> [String] {
    let text = try tool("terminal", arguments)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    guard let rows = object as? [[[Any]]] else { return [] }
    return rows.map { row in row.map(words).joined(separator: " ") }
  }

  /// A cell in words; the ink and the weight of a blank are invisible.
  private static func words(_ cell: [Any]) -> String {
    let isBlank = cell.first as? String == " "
    var words: [String] = []
    for (index, part) in cell.enumerated() where !isBlank || index != 1 && index != 3 {
      words.append("\(part)")
    }
    return words.joined(separator: ",")
  }
}
