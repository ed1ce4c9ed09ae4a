import Engine
import Testing

@testable import Lab

/// What a guest shows of itself, and the archives that it is made from.
@Suite struct GuestTextTests {
  private static let symbols = Symbols(
    Array(
      """
      ffffffff81000000 T _text
      ffffffff81071000 T set_memory_ro
      ffffffff81071100 T set_memory_rw
      ffffffff82e10000 D init_top_pgt
      ffffffffc0001000 t nf_hook\t[nf_tables]

      """.utf8))

  @Test func `a symbol is found by its whole name`() {
    #expect(Self.symbols.address(of: "set_memory_ro") == 0xffff_ffff_8107_1000)
    #expect(Self.symbols.address(of: "init_top_pgt") == 0xffff_ffff_82e1_0000)
    #expect(Self.symbols.address(of: "nf_hook") == 0xffff_ffff_c000_1000)
    for name in ["set_memory", "memory_ro", "", "set_memory_ro\nffff"] {
      #expect(Self.symbols.address(of: name) == nil)
    }
  }

  @Test func `an address is named by the function it lies in`() {
    #expect(Self.symbols.name(of: 0xffff_ffff_8107_1000) == "set_memory_ro")
    #expect(Self.symbols.name(of: 0xffff_ffff_8107_1012) == "set_memory_ro+0x12")
    #expect(Self.symbols.name(of: 0x1000) == nil)
  }

  @Test func `functions are found by a pattern`() {
    let names = { (pattern: String) in Self.symbols.functions(matching: pattern).map(\.name) }
    #expect(names("set_memory_*") == ["set_memory_ro", "set_memory_rw"])
    #expect(names("*_r*") == ["set_memory_ro", "set_memory_rw"])
    #expect(names("nf_hook") == ["nf_hook"])
    #expect(names("init_top_pgt") == [])
  }

  @Test func `text that is no list of symbols has none`() {
    #expect(Symbols(Array("zz\n\n12 T\nffffffff81000000 T".utf8)).address(of: "T") == nil)
  }

  @Test(arguments: [
    (
      "Linux version 6.1.0-57-cloud-amd64 (a@b) (gcc) #1 SMP Debian 6.1.192-3 (2026-11-01)",
      "6.1.192"
    ),
    ("Linux version 7.2.13+deb14-cloud-amd64 (a@b) #1 SMP Debian 7.2.13-1", "7.2.13"),
    ("Linux version 6.19.0-rc3-my-branch (me@here) #7 SMP", "6.19.0"),
  ])
  func `the release is the one of the source`(line: String, release: String) {
    #expect(GuestFacts.release(line) == release)
  }

  @Test func `the files of the first program are taken apart`() {
    let text = "\n==> /proc/version <==\nLinux\n\n==> /proc/iomem <==\n==\n"
    let files = GuestFacts.files(in: Array(text.utf8))
    #expect(
      files.mapValues { String(decoding: $0, as: UTF8.self) } == [
        "/proc/version": "Linux\n", "/proc/iomem": "==\n",
      ])
  }

  @Test func `a kernel is known by its first bytes`() {
    var image = [UInt8](repeating: 0, count: 0x300)
    #expect(GuestArchitecture(ofKernel: image) == nil)
    image.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
    #expect(GuestArchitecture(ofKernel: image)?.name == .x86_64)
    image = [UInt8](repeating: 0, count: 64)
    image.replaceSubrange(56..<60, with: Array("ARMd".utf8))
    #expect(GuestArchitecture(ofKernel: image)?.name == .arm64)
  }

  @Test func `a file system of the first program has what the kernel needs`() {
    let archive = Initramfs(program: Array("PROGRAM".utf8), files: [("a.ko", [1, 2, 3])])
    let text = String(decoding: archive.bytes, as: UTF8.self)
    for name in ["dev/console", "init", "lab/a.ko", "TRAILER!!!", "PROGRAM"] {
      #expect(text.contains(name))
    }
    #expect(archive.bytes.count.isMultiple(of: 4) && text.hasPrefix("070701"))
  }

  private func entry(_ name: String, _ content: String, kind: Character = "0") -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    block.replaceSubrange(0..<name.utf8.count, with: Array(name.utf8))
    let size = String(content.utf8.count, radix: 8)
    let field = Array((String(repeating: "0", count: 11 - size.count) + size).utf8)
    block.replaceSubrange(124..<135, with: field)
    block[156] = kind.asciiValue ?? 0
    let padding = (512 - content.utf8.count % 512) % 512
    return block + Array(content.utf8) + [UInt8](repeating: 0, count: padding)
  }

  @Test(arguments: [1, 7, 512, 4096])
  func `a file is found in an archive that comes in pieces`(size: Int) {
    let long = String(repeating: "x", count: 120) + "/vmlinuz"
    let archive =
      entry("./boot/", "", kind: "5") + entry("./boot/config", String(repeating: "c", count: 700))
      + entry("././@LongLink", long + "\0", kind: "L") + entry("cut", "KERNEL")
      + entry("later", "no")
    var reader = TarReader { $0 == long }
    for start in stride(from: 0, to: archive.count, by: size) {
      reader.take(archive[start..<min(start + size, archive.count)])
    }
    #expect(reader.found.map { String(decoding: $0, as: UTF8.self) } == "KERNEL")
    var other = TarReader { $0 == "missing" }
    other.take(archive)
    #expect(other.found == nil)
  }
}
