import Engine
import KernelText
import TestSupport
import Testing

/// Mutilated texts: read, refused, booted or not, but never a trap.
struct HostileTextTests {
  /// A text with some bytes changed, lines dropped, doubled or moved, or its end cut off.
  static func mutate(_ text: String, _ random: inout SeededGenerator) -> String {
    var lines = text.utf8.split(separator: 10).map(Array.init)
    for _ in 0..<Int.random(in: 1...6, using: &random) where !lines.isEmpty {
      let index = Int.random(in: lines.indices, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: lines.remove(at: index)
      case 1: lines.append(lines[index])
      case 2: lines.swapAt(index, Int.random(in: lines.indices, using: &random))
      case 3: lines[index].removeLast(Int.random(in: 0...lines[index].count, using: &random))
      case 4 where !lines[index].isEmpty:
        let place = Int.random(in: lines[index].indices, using: &random)
        lines[index][place] = UInt8.random(in: .min ... .max, using: &random)
      default:
        // Digits change into digits, so that the text stays well-formed and the numbers become
        // extreme.
        for place in lines[index].indices where (48...57).contains(lines[index][place]) {
          if Int.random(in: 0..<4, using: &random) == 0 {
            lines[index][place] =
              Array("0123456789abcdef".utf8)[
                Int.random(in: 0..<16, using: &random)]
          }
        }
      }
    }
    return String(decoding: Array(lines.joined(separator: [10])), as: UTF8.self)
  }

  @Test(arguments: 0..<150) func `never trap`(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let boot = RecordedBoot.all[seed % RecordedBoot.all.count]
    for file in ["iomem.txt", "dmesg.txt", "leaves.txt", "meminfo.txt"] {
      let text = Self.mutate(try boot.text(file), &random)
      if let machine = try? MachineDescription(kernelText: text, named: file) {
        if let booted = try? Machine(booting: machine, kernel: boot.kernel) {
          #expect(booted.isRunning)
        }
      }
      _ = try? IomemText(text)
      _ = try? DmesgText(text)
      _ = try? LeavesText(text)
      _ = try? NameValueText(text)
    }
  }
}
