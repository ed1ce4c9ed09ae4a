import Engine
import Foundation
import KernelText
import Maps
import TestSupport
import Testing

@testable import Lab

/// `directmap watch` inside a real kernel, while modules and BPF programs come and go.
///
/// Variables of the environment run it on more: DIRECTMAP_WATCH_MACHINES=all on each machine of ``Machine``,
/// DIRECTMAP_WATCH_KERNEL with the kernel of another package, DIRECTMAP_WATCH_MODULES with modules of a folder
/// that are not packed, DIRECTMAP_WATCH_PROGRAM with another program named directmap, such as the static one.
/// DIRECTMAP_WATCH_SAVE is a folder that keeps the recordings.
@Suite(.serialized, .waitsForGuests) struct WatchGuestTests {
  /// What of the machine decides where the tables are and what they look like.
  enum Machine: String, CaseIterable, CustomTestStringConvertible {
    case fixed = "fixed addresses"
    case randomised = "address randomisation"
    case isolated = "page-table isolation"
    case fiveLevels = "five levels"

    var testDescription: String { rawValue }

    func set(_ options: inout GuestOptions) {
      options.randomises = self != .fixed
      switch self {
      case .fixed, .randomised: break
      case .isolated: options.append = "pti=on"
      case .fiveLevels: options.cpu = "\(GuestArchitecture.x86.cpu),+la57"
      }
    }

    /// Whether a recording shows that the guest was this machine.
    func hasMade(_ recording: WatchRecording) -> Bool {
      let usual = AddressLayout.pageOffset
      let base = recording.machine.addresses.pageOffset
      return switch self {
      case .fixed: base == usual && !recording.isIsolated
      case .randomised: base != usual && base > VirtualAddress(~0 << 47) && !recording.isIsolated
      case .isolated: base > VirtualAddress(~0 << 47) && recording.isIsolated
      case .fiveLevels: base >= VirtualAddress(~0 << 56) && base < VirtualAddress(~0 << 47)
      }
    }
  }

  private static let environment = ProcessInfo.processInfo.environment
  private static var kernel: String? {
    environment["DIRECTMAP_WATCH_KERNEL"] ?? LabKernels.x86
  }
  private static let machines: [Machine] =
    environment["DIRECTMAP_WATCH_MACHINES"] == "all" ? Machine.allCases : [.fixed]
  private static let modules = [
    "crc7", "crc4", "crc-itu-t", "libcrc32c", "ts_kmp", "ts_fsm", "ts_bm", "lz4_compress",
  ]

  private static func options(_ machine: Machine) throws -> (GuestOptions, modules: [String]) {
    let path = try #require(kernel)
    var options = try GuestOptions(translating: path)
    // So much that some of it lies above 4 GiB.
    options.ram = 3 << 30
    machine.set(&options)
    let program = try environment["DIRECTMAP_WATCH_PROGRAM"] ?? Program.url().path
    options.files = try GuestPrograms.files(of: program)
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

  @Test(.enabled(if: kernel != nil, "\(LabKernels.missing)"), arguments: machines)
  func `a recording from inside gives the tables as they are seen from outside, and who did it`(
    on machine: Machine,
  ) throws {
    let (options, modules) = try Self.options(machine)
    let guest = try Guest(booting: options)
    let programs = try GuestPrograms(guest)
    #expect(try programs.mount("tracefs", at: "/sys/kernel/tracing") == 0)
    let started = try programs.start(
      "directmap",
      [
        "watch", "--headless", "--record", "/lab/watch.txt", "--interval", "0.2", "--cost", "50",
      ])
    #expect(started == 0)
    var recorded: [UInt8] = []
    try Self.wait(in: programs) {
      recorded = try programs.contents(of: "/lab/watch.txt")
      return !recorded.isEmpty
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
    // Until the last of them is told.
    try Self.wait(in: programs) {
      let text = String(
        decoding: try programs.contents(of: "/lab/watch.txt"), as: UTF8.self)
      return loaded.allSatisfy { name in
        text.contains("owner=module%20\(name.replacing("-", with: "_")) ")
      }
    }
    // Nothing changes any more: what the lab reads in the guest's memory is what the watch saw last, when it
    // has looked once more.
    var recording = try WatchRecording(BytesInMemory(recorded))
    var (inside, outside) = ("", "-")
    try Self.wait(in: programs) {
      outside = LeavesText.text(of: GuestImages(guest: guest).leaves)
      recorded = try programs.contents(of: "/lab/watch.txt")
      recording = try WatchRecording(BytesInMemory(recorded))
      inside = LeavesText.text(of: recording.lastLeaves)
      return inside == outside
    }
    #expect(
      inside == outside,
      "\(recording.readings.count) readings: \(GuestImages.difference(inside, outside))")
    #expect(machine.hasMade(recording), "\(recording.machine)")
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
    try Self.wait(in: programs) {
      let bytes = try programs.contents(of: "/sys/kernel/tracing/kprobe_events")
      probes = String(decoding: bytes, as: UTF8.self)
      return !probes.contains("directmap")
    }
    #expect(!probes.contains("directmap"))
    let ended = try programs.contents(of: "/lab/watch.txt")
    #expect(String(decoding: ended, as: UTF8.self).contains(": end DirectMap4k="))
    try Self.check(ended, machine, leaves: outside)
  }

  /// Waits until something holds, long enough for a translated processor on a loaded machine; what follows says
  /// whether it does.
  private static func wait(in programs: GuestPrograms, until holds: () throws -> Bool) throws {
    for _ in 0..<400 {
      try programs.sleep(milliseconds: 1000)
      if try holds() { return }
    }
  }

  /// Opens and replays a recording as a user does: both end with the tables as they were seen from outside.
  private static func check(_ bytes: [UInt8], _ machine: Machine, leaves: String) throws {
    let temporary = try Folder()
    let folder = environment["DIRECTMAP_WATCH_SAVE"] ?? temporary.path
    let file = "\(folder)/\(machine).watch"
    try Data(bytes).write(to: URL(filePath: file))
    let replayed = try Program.run(["replay", file])
    #expect(
      replayed.status == 0 && replayed.output.contains("\nleaves: equal to "),
      "\(replayed.output)\(replayed.errors)")
    let opened = try Program.run(["open", file, "--format", "leaves"])
    let seen = opened.output.split(separator: "\n").filter { !$0.hasSuffix(" 0 0") }
    #expect(
      opened.status == 0 && seen == leaves.split(separator: "\n"),
      "\(GuestImages.difference(opened.output, leaves))\(opened.errors)")
  }
}
