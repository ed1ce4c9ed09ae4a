import Engine
import Foundation
import KernelText
import TestSupport
import Testing

@testable import Lab
@testable import Maps

/// A guest's memory in each form in which `directmap open` reads it, against its tables as the lab reads them.
struct GuestImages {
  let guest: Guest

  /// The leaves of the guest's RAM, as the processor would find them.
  var leaves: [LeafRun] {
    let start = PFN(guest.architecture.ramStart >> 12)
    let shown = AddressLayout(guest.architecture.name).pageOffset
    // What lies between holes counts: the direct map covers it or not.
    let pages = PageCount(guest.options.ram >> 12) + PageCount(1 << 20)
    return guest.reader.runs(
      from: VirtualAddress(guest.layout.direct(start)), pages: pages,
      shownAs: shown + PageCount(start.rawValue)
    ).filter { $0.size != nil }
  }

  /// The RAM as QEMU keeps it.
  private var file: String {
    "/proc/\(ProcessInfo.processInfo.processIdentifier)/fd/\(guest.qemu.memory.file)"
  }

  /// The text of VMCOREINFO, which the kernel keeps at the start of a page; `nil` if there is none.
  var info: String? {
    let first = guest.architecture.ramStart
    let memory = guest.qemu.memory
    // What lies between holes counts here too.
    return stride(from: first, to: first + guest.options.ram + 4 << 30, by: 4096).lazy
      .compactMap { memory.bytes(at: $0, count: 4096) }
      .first { $0.starts(with: "OSRELEASE=".utf8) }
      .map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// Opens the RAM itself, and the dump that QEMU makes of it.
  func check() throws {
    let folder = try Folder()
    try guest.qemu.monitor.command("dump-guest-memory \(folder.path)/elf")
    try check([[file, "--as", "qemu"], ["\(folder.path)/elf"]])
  }

  /// Opens dumps that are compressed: by makedumpfile, with all pages left out that it can leave out, and by
  /// QEMU.
  func checkCompressed() throws {
    let folder = try Folder()
    let path = folder.path
    try guest.qemu.monitor.command("dump-guest-memory \(path)/elf")
    try guest.qemu.monitor.command("dump-guest-memory -z \(path)/flat")
    try KdumpTools.moveHeaders("\(path)/elf")
    try folder.write(try #require(info), "info")
    for (option, name) in [("-c", "zlib"), ("-l", "lzo"), ("-E", "shorter")] {
      try KdumpTools.makedumpfile(
        "-i \(path)/info \(option) -d 31 \(path)/elf \(path)/\(name)")
    }
    try KdumpTools.makedumpfile("-R \(path)/qemu < \(path)/flat")
    try check(["zlib", "lzo", "shorter", "qemu"].map { ["\(path)/\($0)"] })
  }

  /// Opens sources, each of which shows all leaves.
  private func check(_ sources: [[String]]) throws {
    let wanted = LeavesText.text(of: leaves)
    for words in sources {
      let result = try Program.run(["open", "--format", "leaves"] + words)
      #expect(result.status == 0, "\(words): \(result.errors)")
      // What is not mapped is in the output too.
      let leaves = result.output.split(separator: "\n").filter { !$0.hasSuffix(" 0 0") }
      let isEqual = leaves == wanted.split(separator: "\n")
      #expect(isEqual, "\(words): \(Self.difference(result.output, wanted)) \(result.errors)")
    }
  }

  /// The first lines in which two texts differ.
  static func difference(_ a: String, _ b: String) -> String {
    let (a, b) = (a.split(separator: "\n"), b.split(separator: "\n"))
    for (one, other) in zip(a, b) where one != other { return "\(one) in place of \(other)" }
    return "\(a.count) lines in place of \(b.count)"
  }
}

/// What compresses the memory of kernels, and the library that reads it.
enum KdumpTools {
  /// Whether both are installed.
  static let areThere =
    has("makedumpfile", ["/usr/bin", "/usr/sbin"])
    && has("libkdumpfile.so.10", ["/usr/lib/x86_64-linux-gnu", "/usr/lib"])
  /// Why tests are skipped.
  static let missing = "makedumpfile or libkdumpfile10 is not installed"

  private static func has(_ name: String, _ folders: [String]) -> Bool {
    folders.contains { FileManager.default.fileExists(atPath: "\($0)/\(name)") }
  }

  /// Runs makedumpfile, which fails the test if it fails.
  static func makedumpfile(_ line: String) throws {
    try OtherProgram.run("sh", ["-c", "makedumpfile \(line)"])
  }

  /// Moves the program headers of an ELF file to behind its header, where makedumpfile 1.7.2 takes them to be.
  /// QEMU 7.2 has section headers there, which nothing needs.
  static func moveHeaders(_ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let file = try FileHandle(forUpdating: URL(filePath: path))
    defer { try? file.close() }
    var head = Array(try #require(try file.read(upToCount: 4096)))
    let offset = Int(head.word(at: 32))
    let size = 56 * (Int(head[56]) | Int(head[57]) << 8)
    head.replaceSubrange(64..<64 + size, with: head[offset..<offset + size])
    head.set(64, at: 32)
    head.set(0, at: 40)
    // The size of the header; neither sections nor their names.
    (head[52], head[60], head[62]) = (64, 0, 0)
    try file.seek(toOffset: 0)
    try file.write(contentsOf: head[..<(64 + size)])
  }
}

@Suite(.waitsForGuests) struct MemoryImageGuestTests {
  /// The RAM of a guest by physical addresses.
  private final class GuestBytes: BytesAtOffsets {
    private let memory: GuestMemory

    init(_ memory: GuestMemory) { self.memory = memory }

    func read(_ count: Int, at offset: UInt64) -> [UInt8] {
      memory.bytes(at: offset, count: count) ?? []
    }
  }

  @Test(
    .enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"),
    .enabled(if: KdumpTools.areThere, "\(KdumpTools.missing)"))
  func `what makedumpfile and QEMU compress is read leaf by leaf`() throws {
    var options = try GuestOptions(translating: try #require(LabKernels.x86), ram: 1 << 30)
    options.randomises = true
    let guest = try Guest(booting: options)
    // A block that is split, besides those of boot.
    let address = try guest.call(GuestCalls.getFreePages, [0xcc0, 0])
    #expect(try guest.call(["set_memory_ro"], [address, 1]) == 0)
    try GuestImages(guest: guest).checkCompressed()
  }

  /// The program itself does not run on arm64 here: its memory is read by the code that reads `/proc/kcore`
  /// there.
  @Test(.enabled(if: LabKernels.arm64 != nil, "\(LabKernels.missing)"))
  func `the tables of arm64 are read again and again, leaf by leaf`() throws {
    let path = try #require(LabKernels.arm64)
    var options = try GuestOptions(translating: path, ram: 1 << 30)
    options.append = "rodata=full"
    let guest = try Guest(booting: options)
    let images = GuestImages(guest: guest)
    let memory = guest.qemu.memory
    let first = guest.architecture.ramStart
    var file = CoreFile(
      GuestBytes(memory),
      [CoreFile.Segment(address: first, physical: first, offset: first, size: options.ram)])
    file.take(info: try #require(images.info), choosesProcessor: true)
    var tables = try LiveTables(file, ram: [])
    #expect(tables.architecture == .arm64)
    #expect(try tables.refresh())
    #expect(tables.unreadCount == 0)
    let before = LeavesText.text(of: images.leaves)
    #expect(
      LeavesText.text(of: tables.leaves) == before,
      "\(GuestImages.difference(LeavesText.text(of: tables.leaves), before))")
    #expect(try !tables.refresh())
    // A page leaves the map and comes back.
    let address = try guest.call(GuestCalls.getFreePages, [0xcc0, 0])
    let page = guest.layout.page(PFN((address &- guest.layout.pageOffset) >> 12))
    #expect(try guest.call(["set_direct_map_invalid_noflush"], [page]) == 0)
    #expect(try tables.refresh())
    let without = LeavesText.text(of: images.leaves)
    #expect(without != before && LeavesText.text(of: tables.leaves) == without)
    try images.check()
    #expect(try guest.call(["set_direct_map_default_noflush"], [page]) == 0)
    #expect(try tables.refresh())
    #expect(LeavesText.text(of: tables.leaves) == LeavesText.text(of: images.leaves))
  }
}
