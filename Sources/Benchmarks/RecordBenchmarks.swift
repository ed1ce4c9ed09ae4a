import CBaseline
import Casting
import Engine
import Interface
import Lanes
import Language
import Parsing
import Screen
import Views

enum RecordBenchmarks {
  /// A demo of five minutes with a step every half second, at 100 x 30.
  static func record() -> [Measurement] {
    guard let director = director() else { return [] }
    let size = Size(width: 100, height: 30)
    var (frames, minutes) = (0, 0.0)
    let drawing = Measurement.leastSeconds(of: 3) {
      frames = 0
      var director = director
      while (try? director.next()) != nil {
        frames += screen(director.model, size: size, glyphs: .unicode).size.height > 0 ? 1 : 0
      }
      minutes = Double(director.end) / 60_000
    }
    return FilmFormat.allCases.map { format in
      var bytes = 0
      let seconds = Measurement.leastSeconds(of: 3) {
        var director = director
        var recorder = format.recorder(FilmSettings())
        var text = ""
        while let shot = try? director.next() {
          text += recorder.show(
            screen(director.model, size: size, glyphs: .unicode), theme: .dark,
            at: shot.milliseconds, sentences: shot.markers)
        }
        text += recorder.ending(at: director.end)
        bytes = text.utf8.count
      }
      return Measurement(
        name: "\(format.rawValue) of \(Measurement.text(minutes)) minutes", value: seconds, goal: 2,
        unit: "s",
        detail: "\(Measurement.text(seconds / drawing)) x drawing its \(frames) pictures, "
          + "\(bytes >> 10) KiB")
    }
  }

  /// Calls on scattered pages, each viewed from its middle.
  private static func director() -> Director? {
    guard let description = MachineDescription(builtIn: "teaching-4g"),
      let machine = try? Machine(booting: description, kernel: .linux7_2)
    else { return nil }
    var lines: [String] = []
    for index in 0..<100 {
      let pfn = String(0x140000 + index * 77 % 4096, radix: 16)
      lines.append("set_memory_\(index % 2 == 0 ? "ro" : "rw") pfn:0x\(pfn) \(index % 7 + 1)")
      lines.append("caption \"Call \(index): \(index % 7 + 1) pages from 0x\(pfn) on.\"")
      lines.append("key \", , . >\"")
      lines.append("wait 400ms")
    }
    guard
      let scenario = try? Scenario(parsing: lines.joined(separator: "\n"), file: "benchmark.dmap")
    else { return nil }
    var model = Model(machine, setup: BootSetup(description, kernel: .linux7_2))
    _ = model.update(.input(.resize(Size(width: 100, height: 30))))
    return Director(performing: scenario.statements, on: model)
  }
}
