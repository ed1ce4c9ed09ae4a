import Engine
import Foundation
import TestSupport
import Testing

@testable import KernelText
@testable import Lab

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

  /// Opens the RAM itself, and the dump that QEMU makes of it.
  func check() throws {
    let wanted = LeavesText.text(of: leaves)
    let folder = try Folder()
    try guest.qemu.monitor.command("dump-guest-memory \(folder.path)/elf")
    for words in [[file, "--as", "qemu"], ["\(folder.path)/elf"]] {
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

/// arm64, of which the program itself does not run here: its memory is read by the code that reads
/// `/proc/kcore` there.
@Suite(.waitsForGuests) struct MemoryImageGuestTests {
  /// The RAM of a guest by physical addresses.
  private final class GuestBytes: BytesAtOffsets {
    private let memory: GuestMemory

    init(_ memory: GuestMemory) { self.memory = memory }

    func read(_ count: Int, at offset: UInt64) -> [UInt8] {
      memory.bytes(at: offset, count: count) ?? []
    }
  }

  @Test(.enabled(if: LabKernels.arm64 != nil, "\(LabKernels.missing)"))
  func `the tables of arm64 are read again and again, leaf by leaf`() throws {
    let path = try #require(LabKernels.arm64)
    var options = try GuestOptions(translating: path, ram: 1 << 30)
    options.append = "rodata=full"
    let guest = try Guest(booting: options)
    let images = GuestImages(guest: guest)
    let memory = guest.qemu.memory
    let first = guest.architecture.ramStart
    let info = stride(from: first, to: first + options.ram, by: 4096).lazy
      .compactMap { memory.bytes(at: $0, count: 4096) }
      .first { $0.starts(with: "OSRELEASE=".utf8) }
    var file = CoreFile(
      GuestBytes(memory),
      [CoreFile.Segment(address: first, physical: first, offset: first, size: options.ram)])
    file.take(
      info: String(decoding: try #require(info).prefix { $0 != 0 }, as: UTF8.self),
      choosesProcessor: true)
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
