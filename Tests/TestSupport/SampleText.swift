/// Texts that tests read.
public enum SampleText {
  /// `/proc/iomem` of a small machine.
  public static let iomem = """
    00000000-00000fff : Reserved
    00001000-0009fbff : System RAM
    00100000-7ffdbfff : System RAM
      01000000-02131f2f : Kernel code
      02200000-02f17fff : Kernel rodata
      03000000-0335897f : Kernel data
      03ceb000-041fffff : Kernel bss
      7e000000-7effffff : Reserved
    7ffdc000-7fffffff : ACPI Tables
    80000000-afffffff : PCI Bus 0000:00
      b0000000-bfffffff : Reserved

    """

  /// A text with some bytes changed, lines dropped, doubled or moved, or its end cut off.
  public static func mutated(_ text: String, _ random: inout SeededGenerator) -> String {
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
}
