import Engine
import KernelText
import TestSupport
import Testing

/// The zones of real machines, and the form of the page allocator's files.
struct RecordedZoneTests {
  /// The recorded boots with files of the page allocator.
  static let boots = RecordedBoot.all.filter { $0.kernel != .linux6_1 }

  struct ZoneLine: Equatable {
    var name: String
    var start: UInt64 = 0
    var spanned: UInt64 = 0
    var present: UInt64 = 0
    var managed: UInt64 = 0
  }

  private static func zones(_ text: String) -> [ZoneLine] {
    var zones: [ZoneLine] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "Node" {
        zones.append(ZoneLine(name: words.joined(separator: " ")))
      } else if words.count == 2, let value = UInt64(words[1]), !zones.isEmpty {
        let last = zones.count - 1
        switch words[0] {
        case "start_pfn:": zones[last].start = value
        case "spanned": zones[last].spanned = value
        case "present": zones[last].present = value
        case "managed": zones[last].managed = value
        default: break
        }
      }
    }
    return zones.filter { $0.present > 0 }
  }

  @Test(arguments: boots)
  func `zones are where the kernel has them and nearly as large`(_ boot: RecordedBoot) throws {
    let memory = try boot.booted(
      options: BootOptions(kfence: boot.hasKFENCE ? .on : .off)
    ).physical
    let recorded = Self.zones(try boot.text("zoneinfo.txt"))
    try #require(memory.zones.count == recorded.count)
    for (index, zone) in memory.zones.enumerated() {
      #expect("Node \(zone.node), zone \(zone.kind.name)" == recorded[index].name)
      #expect(zone.span.lowerBound.rawValue == recorded[index].start)
      #expect((zone.span.upperBound - zone.span.lowerBound).rawValue == recorded[index].spanned)
      #expect(zone.present.rawValue == recorded[index].present)
      let difference =
        Int(memory.managedPages(inZone: index).rawValue) - Int(recorded[index].managed)
      #expect(abs(difference) <= 256)
    }
  }

  @Test(arguments: boots)
  func `buddyinfo and pagetypeinfo have the kernel's form`(_ boot: RecordedBoot) throws {
    let memory = try boot.booted().physical
    for (text, file) in [
      (memory.buddyinfoText, "buddyinfo.txt"), (memory.pagetypeinfoText, "pagetypeinfo.txt"),
    ] {
      let recorded = try boot.text(file)
      // Widths are fixed, so lines are as long as the kernel's, and differ in digits alone.
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let expected = recorded.split(separator: "\n", omittingEmptySubsequences: false)
      try #require(lines.count == expected.count)
      for (line, other) in zip(lines, expected) {
        #expect(Self.masked(line) == Self.masked(other))
      }
    }
  }

  /// A line with its right-aligned numbers made blanks and a digit.
  private static func masked(_ line: Substring) -> String {
    var masked = ""
    var isInNumber = false
    for character in line.reversed() {
      if character.isNumber {
        masked += isInNumber ? " " : "0"
        isInNumber = true
      } else {
        masked.append(character)
        isInNumber = false
      }
    }
    return String(masked.reversed())
  }
}
