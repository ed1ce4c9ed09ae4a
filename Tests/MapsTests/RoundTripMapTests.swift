import Engine
import KernelText
import Maps
import Recordings
import TestSupport
import Testing

/// Maps that are written and read back: of every machine, and at the end of every recording.
@Suite struct RoundTripMapTests {
  /// The direct map in a dump, without the headings that follow.
  private func lines(_ dump: String) -> [Substring] {
    Array(dump.split(separator: "\n").prefix { !$0.hasPrefix("---[ vmalloc()") })
  }

  private func expectSame(_ machine: Machine, _ name: String) throws {
    let text = machine.leavesText
    let leaves = try ReadMap(leaves: BytesInMemory(text.utf8))
    #expect(try leaves.machine(kernel: machine.kernel).leavesText == text, "\(name)")
    let dump = machine.pageTableDump
    let map = try ReadMap(dump: BytesInMemory(dump.utf8))
    let read = try map.machine(
      kernel: machine.kernel, cpu: machine.cpu, ram: machine.memory.ranges,
      kernelImage: machine.image)
    #expect(lines(read.pageTableDump) == lines(dump), "\(name)")
  }

  @Test(arguments: MachineDescription.builtIn.map(\.name))
  func `of a machine that was booted`(_ name: String) throws {
    let description = try #require(MachineDescription(builtIn: name))
    for kernel in KernelProfile.all where kernel.architecture == description.architecture {
      guard let machine = try? Machine(booting: description, kernel: kernel) else { continue }
      try expectSame(machine, "\(name), \(kernel.name)")
    }
  }

  @Test func `at the end of every recording`() throws {
    let files = ProjectFiles.list("Assets/recordings", ending: "jsonl")
    var count = 0
    for file in files {
      let text = try ProjectFiles.text(file)
      guard let recording = try? Recording(reading: text.utf8) else { continue }
      var observer = StepObserver(recording.machine, recording.region)
      for step in recording.steps.prefix(200) { _ = observer.observe(step) }
      let written = observer.machine.leavesText
      let map = try ReadMap(leaves: BytesInMemory(written.utf8))
      #expect(try map.machine(kernel: recording.machine.kernel).leavesText == written, "\(file)")
      count += 1
    }
    #expect(count > 100)
  }
}
