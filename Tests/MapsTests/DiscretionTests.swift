import Engine
import KernelText
import Maps
import Testing

/// What a snapshot leaves out.
@Suite struct DiscretionTests {
  @Test func `addresses are moved to where they lie without randomisation`() {
    var rule = Discretion(
      directMap: 0xffff_9600_0000_0000..<0xffff_9700_0000_0000, hostName: "atlas")
    let areas = """
      0xffffb61c40000000-0xffffb61c40005000   20480 irq_init+0x114/0x1b0 pages=4 vmalloc
      0xffffb61c40010000-0xffffb61c40012000    8192 bpf_prog_alloc+0x31/0x250 phys=0x00000000fed00000
      """
    let modules = "nf_tables 372736 0 - Live 0xffffffffc0a3d000\n"
    let text = "at ffff960000200000 in ffffffff9f000123 on atlas.example, 0000000000000001\n"
    for text in [areas, modules, text] { rule.look(at: text) }
    let shown = rule.cleaned(areas)
    #expect(shown.contains("0xffffc90000000000-0xffffc90000005000   20480"))
    #expect(shown.contains("0xffffc90000010000-0xffffc90000012000"))
    #expect(shown.contains("phys=0x00000000fed00000"))
    #expect(rule.cleaned(modules) == "nf_tables 372736 0 - Live 0xffffffffc0000000\n")
    #expect(
      rule.cleaned(text)
        == "at ffff888000200000 in ffffffff81000123 on host.example, 0000000000000001\n")
    #expect((try? VmallocText(shown))?.callers.count == 2)
  }

  @Test func `a command line keeps what matters for the map`() {
    #expect(
      Discretion.commandLine("BOOT_IMAGE=/vmlinuz root=UUID=12 ro mem=4G nokaslr ip=10.0.0.1\n")
        == "BOOT_IMAGE=- root=- ro mem=4G nokaslr ip=-")
  }

  @Test func `a log keeps what tells of memory`() {
    let log = Discretion.log(
      """
      [    0.000000] Linux version 6.1.0 (joe@build.example) (gcc 12) #1 SMP
      [    0.000000] Command line: root=/dev/sda1 mem=4G
      [    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
      [    1.000000] usb 1-1: SerialNumber: 123456
      """)
    #expect(
      log == """
        [    0.000000] Linux version 6.1.0 (builder@host) (gcc 12) #1 SMP
        [    0.000000] Command line: root=- mem=4G
        [    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable

        """)
  }

  @Test func `an archive that is written is read back`() throws {
    var tar = TarWriter()
    let files = [("snapshot/iomem", String(repeating: "x", count: 700)), ("a", ""), ("b", "y")]
    for (name, text) in files { tar.add(name, Array(text.utf8)) }
    #expect(SourceKind(beginning: tar.archive[...]) == .tar)
    var reader = TarReader(BytesInMemory(tar.archive))
    for (name, text) in files {
      #expect(try reader.next()?.name == name)
      #expect(try reader.contents(limit: 1 << 20) == Array(text.utf8))
    }
    #expect(try reader.next() == nil)
  }
}
