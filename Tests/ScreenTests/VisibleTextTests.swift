import Foundation
import Screen
import Testing

@Suite struct VisibleTextTests {
  @Test(arguments: [
    ("plain text, 2M", "plain text, 2M"), ("é 漢 │ → ✓", "é 漢 │ → ✓"),
    ("\u{1b}]52;c;eA==\u{7}", "\\u{1b}]52;c;eA==\\u{7}"),
    ("a\u{7f}\u{9b}31m", "a\\u{7f}\\u{9b}31m"),
    ("\u{202e}cod.exe", "\\u{202e}cod.exe"), ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
    ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"), ("a\r\nb", "a\\u{d}\nb"), ("a\tb", "a\tb"),
    ("e\u{301}", "e\u{301}"), ("\u{e0041}", "\\u{e0041}"), ("", ""),
  ]) func `what a terminal would obey stands there by its number`(text: String, shown: String) {
    #expect(text.visibleText == shown)
    #expect(text.visibleLine == shown.replacing("\n", with: "\\u{a}"))
  }

  @Test func `no scalar comes through that a terminal obeys or nobody sees`() {
    for value in 0...0x10FFFF as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value), scalar.isUnseen else { continue }
      let text = "a\(scalar)b"
      #expect(text.visibleLine.unicodeScalars.allSatisfy { !$0.isUnseen || $0 == "\t" })
      #expect(
        text.visibleJSON.unicodeScalars.allSatisfy {
          !$0.isUnseen || "\n\t".contains(Character($0))
        })
    }
    let controls = (0..<0xA0 as Range<UInt32>).compactMap(Unicode.Scalar.init)
    #expect(controls.filter(\.isUnseen).count == 65)
  }

  @Test func `JSON stays JSON, and says the same`() throws {
    let text = "a\u{7f}\u{9b}\u{202e}\u{e0041}\u{2028}b"
    let json = String(decoding: try JSONEncoder().encode(["key": text]), as: UTF8.self).visibleJSON
    #expect(json.unicodeScalars.allSatisfy { !$0.isUnseen })
    let read = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
    #expect(read == ["key": text])
  }
}
