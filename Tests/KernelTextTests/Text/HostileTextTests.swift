import Engine
import KernelText
import TestSupport
import Testing

/// Mutilated texts: read, refused, booted or not, but never a trap.
struct HostileTextTests {
  @Test(arguments: 0..<150) func `never trap`(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let boot = RecordedBoot.all[seed % RecordedBoot.all.count]
    for file in ["iomem.txt", "dmesg.txt", "leaves.txt", "meminfo.txt"] {
      let text = SampleText.mutated(try boot.text(file), &random)
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
