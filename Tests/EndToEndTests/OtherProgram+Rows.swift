import Foundation
import TestSupport
import Testing

extension OtherProgram {
  /// The rows of a screen as pyte sees them, each as one line: of a cast at its end, or of what tmux
  /// printed, with its size.
  static func rows(_ arguments: [String]) throws -> [String] {
    let text = try tool("terminal", arguments)
    let rows = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[[Any]]]
    return try #require(rows).map { row in
      row.map { cell in
        // The ink and the weight of a blank are nothing to see.
        let isBlank = cell[0] as? String == " "
        return cell.enumerated().map { isBlank && [1, 3].contains($0) ? "" : "\($1)" }
          .joined(separator: ",")
      }.joined(separator: " ")
    }
  }
}
