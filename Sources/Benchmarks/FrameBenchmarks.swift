import CBaseline
import Engine
import Interface
import Screen

enum FrameBenchmarks {
  /// Composing the screen of a large machine with some thousand split slots.
  static func frame() -> [Measurement] {
    guard let server = MachineDescription(builtIn: "server-256g-2node"),
      var machine = try? Machine(booting: server, kernel: .linux7_2)
    else { return [] }
    for index in 0..<UInt64(4000) {
      let pfn = PFN(0x140000 + index * 1536 * 7 % 0x3c0_0000)
      _ = try? machine.perform(.setMemory(index % 3 == 0 ? .rox : .ro, .frame(pfn), 1))
    }
    var model = Model(machine, setup: Setup(server, kernel: .linux7_2))
    _ = model.update(.input(.character("r")))
    let sizes = [Size(width: 80, height: 24), Size(width: 200, height: 60)]
    return sizes.map { size in
      var drawn = 0
      let seconds = Measurement.leastSeconds(of: 100) {
        drawn += screen(model, size: size, glyphs: .unicode).size.width
      }
      let copy = (0..<(size.width * size.height * 12 / 8)).map { UInt64($0) }
      var sum: UInt64 = 0
      let reading = Measurement.leastSeconds(of: 100) {
        sum &+= unsafe baseline_sum(copy, copy.count)
      }
      return Measurement(
        name: "frame of \(size.width) x \(size.height)", value: seconds * 1000, goal: 2,
        unit: "ms",
        detail: "\(Measurement.text(seconds / reading)) x reading its cells in C "
          + (drawn > 0 && sum > 0 ? "" : "?"))
    }
  }
}
