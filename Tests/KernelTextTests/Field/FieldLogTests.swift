import Engine
import KernelText
import TestSupport
import Testing

/// Kernel logs as people paste them.
struct FieldLogTests {
  @Test(arguments: ["dT", "iso", "kern", "raw", "syslog"])
  func `reads every form of one log alike`(_ form: String) throws {
    let log = try FieldCase.log("pasted/" + form)
    #expect(log.e820.count == 10)
    #expect(
      log.e820.last == .init(PhysicalAddress(1 << 32)..<PhysicalAddress(0x4_1f60_0000), .usable))
    #expect(log.release == "4.9.0-6-amd64")
    #expect(
      try FieldCase.kilobytes(FieldCase.booted(log: "pasted/" + form))
        == [4540, 2_811_904, 14_680_064])
  }

  @Test(arguments: ["dmesg-T0", "dmesg-x", "dmesg-qp", "../pasted/quoted"])
  func `reads what other tools print of a log as the log itself`(_ form: String) throws {
    #expect(try FieldCase.log("desktop-32g/" + form) == FieldCase.log("desktop-32g/dmesg"))
  }

  @Test(arguments: [
    "", "[    0.000000] ", "[    0.000000][    T0] ", "[    0.000000] [    T0] ", "<6>",
    "<6>[    0.000000] ", "[    0.000000 <    0.000000>] ", "[  +0.000000] ", "[    T0] ",
    "[Mon Jan  1 00:00:00 2024] ", "[Jan 1 00:00] ", "kern  :info  : ",
    "kern  :info  : [    0.000000] ", "kern  :warn  : [Mon Jan  1 00:00:00 2024] ",
    "kern.info: [    0.000000] ", "\t2015-10-01T18:25:37.33519 kern.info: [    0.000000] ",
    "2024-01-01T00:00:00,000000+00:00 ", "2024-01-01T00:00:00+0000 host kernel: ",
    "2024-01-01 00:00:00.123 host kern.info kernel: [    0.000000] ",
    "2024-01-01T00:00:00.123456+00:00 host kernel: [    0.000000] ", "6,0,0,-;",
    "6,1234,56789,-,caller=T1;", "Jul  5 12:00:37 host kernel: ",
    "Jul  5 12:00:37 host kernel: [    0.000000] ", "Jul 05 12:00:37.123456 host kernel[0]: ",
    "Mon Jul  5 12:00:37 2021 host kernel: ", "kernel: ", "host kernel: [    0.000000] ",
    "kernel: [    0.000000] ", "[2024-01-01 00:00:00] [    0.000000] ",
  ])
  func `takes off what stands before the kernel's words`(_ prefix: String) throws {
    let plain = try FieldCase.log("desktop-32g/dmesg")
    let lines = try FieldCase.text("desktop-32g/dmesg").split(separator: "\n")
      .map { $0.drop { $0 != "]" }.dropFirst(2) }
    for quote in ["", "> ", ">>> ", "> > \t> ", "\t"] {
      let text = lines.map { quote + prefix + $0 + "\r\n" }.joined()
      #expect(try DmesgText(text) == plain, "\(quote)")
      #expect(MachineText(recognising: text) == .dmesg)
    }
  }

  @Test func `leaves the words that begin with a bracket`() throws {
    let map = "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\n"
    for line in ["[Firmware Bug]: BIOS-e820: x", "[mem 0x00000000-0x000fffff] page 4k", "[drm] x"] {
      #expect(try DmesgText(map + line) == DmesgText(map))
    }
  }

  /// At a blank, at the hyphen of a range, twice in a line; with and without quoting of the rest.
  @Test(arguments: [40, 52, 60, 72, 76, 80], ["", "> "])
  func `puts together what mail programs have wrapped`(_ width: Int, _ quote: String) throws {
    let text = try FieldCase.text("desktop-32g/dmesg")
    var wrapped = ""
    for line in text.split(separator: "\n") {
      // A line about something else is wrapped too, and must not harm.
      var rest = Substring("> " + line)
      while rest.count > width,
        let end = rest.prefix(width).lastIndex(where: { $0 == " " || $0 == "-" }),
        rest[..<end].contains("]")
      {
        wrapped += rest[...end] + "\n"
        rest = quote + rest[rest.index(after: end)...]
      }
      wrapped += rest + "\n"
    }
    let log = try DmesgText(wrapped)
    #expect(try log.e820 == FieldCase.log("desktop-32g/dmesg").e820)
  }

  @Test func `reads a wrapped command line to its end`() throws {
    let text = """
      > [    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz-6.8.0 root=/dev/sda1 ro quiet splash
      nogbpages init_on_free=1
      > [    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable
      """
    let log = try DmesgText(text)
    #expect(log.switches == [.gbpages: false, .initOnFree: true])
  }

  @Test func `reads a stream as it reads the whole`() throws {
    let text = try FieldCase.text("desktop-32g/dmesg-qp")
    var stream = DmesgStream()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      try stream.read(line: String(line))
    }
    #expect(try stream.finish() == DmesgText(text))
  }

  @Test func `looks at a bounded part of a hostile line`() throws {
    let map = "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\n"
    for piece in ["[0]", "> ", "<6>", "kernel: ", "=", "=3D", "BIOS-e820: [mem 0x", "2024-"] {
      let line = String(repeating: piece, count: 100_000)
      let others = String(repeating: String(line.prefix(70)) + "\n", count: 2000)
      _ = try? DmesgText(map + line + "\n" + others)
    }
  }

  @Test func `refuses the log of a Xen PV kernel by its reason`() throws {
    #expect(throws: KernelTextError.xen(line: 7)) { try FieldCase.log("xen-dom0/dmesg") }
    #expect(KernelTextError.xen(line: 7).description.contains("all 4K pages"))
    let map = "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\n"
    #expect(throws: KernelTextError.xen(line: 2)) {
      try DmesgText(map + "[    0.1] Booting paravirtualized kernel on Xen")
    }
    for guest in ["Xen HVM", "Xen PVH", "KVM", "bare hardware"] {
      _ = try DmesgText(map + "[    0.1] Booting paravirtualized kernel on " + guest)
    }
  }

  // MARK: - What a log tells besides its map

  @Test(arguments: [
    ("4.9.0-6-amd64", "linux-5.11"), ("5.0.0-0.rc2.git1.2.fc30.x86_64", "linux-5.11"),
    ("5.15.3", "linux-5.15"), ("5.17.3", "linux-5.15"), ("6.0.1", "linux-6.1"),
    ("6.6.8-200.fc39.x86_64", "linux-6.6"),
    ("6.7.0", "linux-6.6"), ("6.8.0+", "linux-6.6"), ("6.12.117+deb13-amd64", "linux-6.12"),
    ("7.0.0", "linux-7.0"), ("6.19.2", "linux-6.18"), ("8.1.0", "linux-7.3"),
  ])
  func `finds the kernel nearest to the log's`(_ release: String, _ name: String) throws {
    let log = try DmesgText(
      "Linux version \(release) (gcc) #1 SMP\n"
        + "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\n")
    #expect(log.release == release)
    let version = try #require(log.version)
    #expect(KernelProfile.nearest(to: version, on: .x86_64).name == name)
  }

  @Test func `every profile is the nearest to its own version`() {
    for kernel in KernelProfile.all {
      let nearest = KernelProfile.nearest(
        to: kernel.version, update: kernel.lastUpdate, on: kernel.architecture)
      #expect(nearest == kernel)
    }
    #expect(KernelVersion("6") == nil && KernelVersion("6.x") == nil && KernelVersion("") == nil)
    #expect(KernelVersion("99999.1") == nil && KernelVersion("6.9-rc2")?.minor == 9)
  }

  @Test(arguments: [
    ("AMD Memory Encryption Features active: SME", [CPUFeatures.Switch.sme]),
    ("AMD Memory Encryption Features active: SEV SEV-ES", [.sev]),
    ("Memory Encryption Features active: AMD SME", [.sme]),
    ("Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP", [.sev]),
    ("Memory Encryption Features active: Intel TDX", [.tdx]),
    ("AMD Secure Memory Encryption (SME) active", [.sme]),
    ("AMD Secure Encrypted Virtualization (SEV) active", [.sev]),
    ("kfence: initialized - using 2097152 bytes for 255 objects", [.kfence]),
    ("AMD Memory Encryption is off", []),
  ])
  func `finds features that are active`(_ line: String, _ names: [CPUFeatures.Switch]) throws {
    let map = "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\n"
    let log = try DmesgText(map + "[    0.5] " + line)
    #expect(Set(log.switches.filter(\.value).keys) == Set(names))
  }

  @Test func `gives the C-bit to a machine with encrypted memory`() throws {
    let machine = try FieldCase.booted(log: "sme-96g/dmesg")
    let leaves = try LeavesText(machine.leavesText).runs.filter { $0.size != nil }
    #expect(leaves.count > 10)
    for leaf in leaves { #expect(leaf.flags.contains(.encryption)) }
    // No frame number is changed by it.
    for leaf in leaves {
      #expect(
        machine.tables.lookup(leaf.start)?.pfn == AddressLayout.directMapFrame(of: leaf.start))
    }
    var shared = machine
    try shared.perform(.setMemory(.decrypted, .frame(0x10_0000), 1))
    let page = AddressLayout.directMapAddress(of: 0x10_0000)
    #expect(shared.tables.lookup(page)?.flags.contains(.encryption) == false)
    #expect(try FieldCase.log("sme-96g/dmesg").nodes.count == 4)
  }

  // MARK: - The command line

  @Test func `takes a map of the user's as it is`() throws {
    let log = try FieldCase.log("memmap/dmesg")
    #expect(
      try FieldCase.kilobytes(FieldCase.booted(log: "memmap/dmesg")) == [
        3916, 1_785_856, 84_934_656,
      ])
    #expect(try FieldCase.log("memmap/useronly").e820 == log.e820)
  }

  @Test func `carries out the command line where no later map shows what came of it`() throws {
    let log = try FieldCase.log("memmap/mem4g")
    #expect(log.e820.map(\.range.upperBound).max() == PhysicalAddress(0xbffe_0000))
    #expect(try log.machine(named: "").cpu[.gbpages] == false)
    func ram(_ words: String) throws -> [Range<PFN>] {
      let text =
        "Command line: \(words)\nBIOS-e820: [mem 0x0000000000100000-0x000000013fffffff] usable\n"
      return try Machine(booting: DmesgText(text).machine(named: ""), kernel: .linux6_12).memory
        .ranges
    }
    #expect(try ram("memmap=1G$1G") == [0..<0x4_0000, 0x8_0000..<0x14_0000])
    #expect(
      try ram("memmap=1G\\$0x40000000,1M#4G") == [
        0..<0x4_0000, 0x8_0000..<0x10_0000, 0x10_0100..<0x14_0000,
      ])
    #expect(try ram("memmap=exactmap memmap=512M@1M") == [0..<0x2_0100])
    #expect(try ram("memmap=2G") == [0..<0x8_0000])
    for odd in ["mem=", "mem=x", "memmap=$", "memmap=99999999P$1", "memmap=1G$99999P", "mem=0"] {
      #expect(try ram(odd) == [0..<0x14_0000], "\(odd)")
    }
  }

  @Test func `reads the wording of old kernels`() throws {
    let old = try FieldCase.log("memmap/old")
    #expect(
      old.e820.map(\.range.upperBound) == [PhysicalAddress(0x9f000), PhysicalAddress(0xbffd_0000)])
    let text = """
       BIOS-e820: 0000000000000000 - 000000000009f000 (usable)
       BIOS-e820: 0000000000100000 - 0000000040000000 (usable)
       BIOS-e820: 0000000040000000 - 0000000040010000 (ACPI data)
      e820 update range: 0000000000000000 - 0000000000001000 (usable) ==> (reserved)
      e820 remove range: 00000000000a0000 - 0000000000100000 (usable)
      e820: remove [mem 0x30000000-0xfffffffffffffffe] usable
      early_node_map[2] active PFN ranges
          0: 0x00000001 -> 0x0000009f
          0: 0x00000100 -> 0x00030000
      On node 0 totalpages: 196510
      """
    let machine = try Machine(booting: DmesgText(text).machine(named: ""), kernel: .linux5_11)
    #expect(machine.memory.ranges == [0..<0x3_0000])
  }
}
