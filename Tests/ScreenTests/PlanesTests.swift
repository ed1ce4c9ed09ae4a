import Foundation
import Screen
import TestSupport
import Testing

struct PlanesTests {
  private var canvas: Canvas {
    var canvas = Canvas(Size(width: 6, height: 2))
    canvas.put("a漢", x: 1, y: 0, ink: .title)
    canvas.put(.full, x: 0, y: 1, ink: .rwX)
    return canvas
  }

  @Test func `a canvas is written as characters and inks`() {
    #expect(
      canvas.text() == """
        characters 6x2
        | a漢  |
        |█     |
        inks 6x2
        | TTT  |
        |W     |

        """)
    #expect(canvas.text(planes: [.characters]).hasSuffix("|█     |\n"))
  }

  @Test func `modifiers are written where there are any`() {
    var canvas = canvas
    canvas.restyle(Rect(x: 1, y: 0, width: 3, height: 1), adding: [.flash, .changed])
    canvas.restyle(Rect(x: 5, y: 1, width: 1, height: 1), adding: .selected)
    #expect(
      canvas.text(planes: [.modifiers]) == """
        modifiers 6x2
        | FFF  |
        |     s|

        """)
  }

  /// Runs `body` with a folder that is removed afterwards.
  private func withFolder(_ body: (URL) throws -> Void) rethrows {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("goldens-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test func `a golden screen is recorded when missing and compared from then on`() {
    withFolder { folder in
      let missing = compareScreen(canvas, named: "a b", in: folder, mode: .never)
      #expect(missing?.contains("is missing") == true)
      #expect(compareScreen(canvas, named: "a b", in: folder, mode: .missing) == nil)
      #expect(compareScreen(canvas, named: "a b", in: folder, mode: .never) == nil)
      let file = folder.appendingPathComponent("a-b.txt")
      #expect((try? String(contentsOf: file, encoding: .utf8)) == canvas.text())
    }
  }

  @Test func `a difference is told by plane, row and column`() {
    withFolder { folder in
      #expect(compareScreen(canvas, named: "x", in: folder, mode: .all) == nil)
      var other = canvas
      other.put("b", x: 1, y: 1, ink: .error)
      let problem = compareScreen(other, named: "x", in: folder, mode: .missing) ?? ""
      let lines = [
        "characters 6x2, row 1:", "  golden |█     |", "  actual |█b    |", "           ^     ",
        "inks 6x2, row 1:", "  golden |W     |", "  actual |We    |", "           ^     ",
      ]
      #expect(problem.hasSuffix(lines.joined(separator: "\n")))
      #expect(compareScreen(other, named: "x", in: folder, mode: .failed) == nil)
      #expect(compareScreen(other, named: "x", in: folder, mode: .never) == nil)
    }
  }

  @Test func `the environment chooses when to record`() {
    #expect(RecordMode.from([:]) == .never)
    #expect(RecordMode.from(["RECORD": ""]) == .never)
    for mode in RecordMode.allCases {
      #expect(RecordMode.from(["RECORD": mode.rawValue]) == mode)
    }
    #expect(RecordMode.from(["RECORD": "sometimes"]) == nil)
  }
}
