import Engine
import Foundation
import KernelText
import TestSupport
import Testing

@testable import Lab

/// `directmap watch` inside a real kernel, while modules and BPF programs come and go.
///
/// Variables of the environment run it on other machines: DIRECTMAP_WATCH_KERNEL names another package,
/// DIRECTMAP_WATCH_APPEND words for its command line (`kaslr` lets it place itself), DIRECTMAP_WATCH_CPU
/// QEMU's CPU, DIRECTMAP_WATCH_MODULES a folder with modules that are not packed.
@Suite(.waitsForGuests) struct WatchGuestTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static var kernel: String? {
    environment["DIRECTMAP_WATCH_KERNEL"] ?? LabKernels.x86
  }
  private static let modules = [
    "crc7", "crc4", "crc-itu-t", "libcrc32c", "ts_kmp", "ts_fsm", "ts_bm", "lz4_compress",
  ]

  private static func options() throws -> (GuestOptions, modules: [String]) {
    let path = try #require(kernel)
    var options = try GuestOptions(translating: path)
    // So much that some of it lies above 4 GiB.
    options.ram = 3 << 30
    let words = (environment["DIRECTMAP_WATCH_APPEND"] ?? "").split(separator: " ")
    options.randomises = words.contains("kaslr")
    options.append = words.filter { $0 != "kaslr" }.joined(separator: " ")
    options.cpu = environment["DIRECTMAP_WATCH_CPU"]
    options.files = try GuestPrograms.files(of: try Program.url().path)
    var found: [String] = []
    for name in modules {
      let file = "\(name).ko"
      let bytes: [UInt8]?
      if let folder = environment["DIRECTMAP_WATCH_MODULES"] {
        bytes = FileManager.default.contents(atPath: "\(folder)/\(file)").map { Array($0) }
      } else {
        bytes = try LabKernels.file(named: file, in: path)
      }
      guard let bytes else { continue }
      options.files.append((file, bytes))
      found.append(name)
    }
    return (options, found)
  }

  @Test(.enabled(if: kernel != nil, "\(LabKernels.missing)"))
  func `a recording from inside gives the tables as they are seen from outside, and who did it`()
    throws
  {
    let (options, modules) = try Self.options()
    let guest = try Guest(booting: options)
    let programs = try GuestPrograms(guest)
    #expect(try programs.mount("tracefs", at: "/sys/kernel/tracing") == 0)
    let started = try programs.start(
      "directmap", ["watch", "--headless", "--record", "/lab/watch.txt", "--interval", "0.2"])
    #expect(started == 0)
    var recorded: [UInt8] = []
    for _ in 0..<60 where recorded.isEmpty {
      try programs.sleep(milliseconds: 1000)
      recorded = try programs.contents(of: "/lab/watch.txt")
    }
    try #require(!recorded.isEmpty, "\(guest.qemu.console.lastLines(20))")
    var loaded: [String] = []
    for name in modules where try guest.carryOut(.insertModule("\(name).ko")) == 0 {
      loaded.append(name)
      try programs.sleep(milliseconds: 300)
    }
    #expect(loaded.count >= 3)
    let filter = try programs.loadFilter()
    // A kernel that packs programs changes no attributes for one that fits into a pack.
    #expect(filter >= 0)
    try programs.sleep(milliseconds: 500)
    if let name = loaded.last {
      #expect(try guest.carryOut(.removeModule(name.replacing("-", with: "_"))) == 0)
    }
    // A translated processor takes its time: until the last of them is told.
    for _ in 0..<40 {
      try programs.sleep(milliseconds: 1000)
      let text = String(
        decoding: try programs.contents(of: "/lab/watch.txt"), as: UTF8.self)
      let isWhole = loaded.allSatisfy { name in
        text.contains("owner=module%20\(name.replacing("-", with: "_")) ")
      }
      if isWhole { break }
    }
    // Nothing changes any more: what the lab reads in the guest's memory is what the watch saw last, when it
    // has looked once more. How long it waits depends on what a look costs it.
    var recording = try WatchRecording(BytesInMemory(recorded))
    var (inside, outside) = ("", "-")
    for _ in 0..<60 where inside != outside {
      try programs.sleep(milliseconds: 1000)
      outside = LeavesText.text(of: GuestImages(guest: guest).leaves)
      recorded = try programs.contents(of: "/lab/watch.txt")
      recording = try WatchRecording(BytesInMemory(recorded))
      inside = LeavesText.text(of: recording.lastLeaves)
    }
    #expect(
      inside == outside,
      "\(recording.readings.count) readings: \(GuestImages.difference(inside, outside))")
    let owners = Set(recording.totals.causes.map(\.owner))
    for name in loaded {
      #expect(owners.contains("module \(name.replacing("-", with: "_"))"), "\(name): \(owners)")
    }
    // Every split has its cause; how many there are depends on where the kernel finds free pages.
    let split = recording.totals.causes.reduce(0) { $0 + $1.split2M }
    let unseen = recording.totals.causes.filter { $0.function == WatchCause.unseen }
    let slots = SplitSlots(from: recording.firstMap.leaves, to: recording.lastLeaves)
    #expect(
      split == UInt64(slots.of2M.count) && unseen.isEmpty, "\(recording.totals.lines)")
    try GuestImages(guest: guest).check()
    // What it made in the kernel goes when it ends.
    #expect(try programs.systemCall("kill", [], { _ in [UInt64(bitPattern: -1), 15] }) == 0)
    var probes = "directmap"
    for _ in 0..<30 where probes.contains("directmap") {
      try programs.sleep(milliseconds: 1000)
      let bytes = try programs.contents(of: "/sys/kernel/tracing/kprobe_events")
      probes = String(decoding: bytes, as: UTF8.self)
    }
    #expect(!probes.contains("directmap"))
    let ended = try programs.contents(of: "/lab/watch.txt")
    #expect(String(decoding: ended, as: UTF8.self).contains(": end DirectMap4k="))
    if let folder = Self.environment["DIRECTMAP_WATCH_SAVE"] {
      try Data(ended).write(to: URL(filePath: folder))
    }
  }
}
