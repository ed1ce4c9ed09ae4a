import Engine
import KernelText
import Maps
import TestSupport
import Testing

/// What these files show about whole machines.
struct FieldMachineTests {
  @Test func `splits since boot are told by meminfo`() throws {
    let machine = try FieldCase.booted(iomem: "hyper-v-8g/iomem", .linux6_1)
    #expect(FieldCase.kilobytes(machine).reduce(0, +) == 9_436_416)
    let shown = try ShownText(FieldCase.text("hyper-v-8g/meminfo"))
    let lines = shown.comparison(with: machine)
    #expect(
      lines.suffix(2) == [
        "sum:             9436416 kB at boot,    9436416 kB shown",
        "2 leaves of 1G and 65 of 2M were split since boot",
      ])
    // The log shows the same memory.
    let logged = try FieldCase.booted(log: "hyper-v-8g/dmesg")
    #expect(logged.memory == machine.memory)
  }

  @Test func `says what an image that is not known can change`() throws {
    let text = try IomemText(FieldCase.text("hyper-v-8g/iomem"))
    let reading = try MachineReading(text, named: "x")
    let missing = try #require(reading.missingImage)
    #expect(missing.frames == 0x1c_4000..<0x1c_5cef)
    #expect(missing.leaves1G == 1 && missing.leaves2M == 15)
    #expect(reading.notes.count == 1)
    #expect(reading.notes[0].description.contains("1 of 1G and 15 of the 2M leaves"))
    let machine = try Machine(booting: reading.description, kernel: .linux6_1)
    let shown = try ShownText(FieldCase.text("hyper-v-8g/meminfo"))
    let last = try #require(shown.comparison(with: machine, missing: missing).last)
    #expect(last.contains("at most 1 of 1G and 30 of 2M"))
    // An image in the first GiB, which is never one leaf.
    let old = try MachineReading(IomemText(FieldCase.text("old-iomem")), named: "x")
    #expect(old.missingImage?.leaves1G == 0 && old.missingImage?.leaves2M == 8)
    // A known image needs no note.
    let known = try MachineReading(IomemText(SampleText.iomem), named: "x")
    #expect(known.notes == [])
  }

  @Test func `a log tells how large its image is, or not`() throws {
    let plain = try MachineReading(FieldCase.log("desktop-32g/dmesg"), named: "x")
    #expect(plain.missingImage?.isSizeTold == false)
    let memory =
      "Memory: 912868K/1048576K available (18432K kernel code, 4842K rwdata, 17004K rodata, "
      + "3840K init, 911K bss, 66604K reserved, 0K cma-reserved)\n"
    let text = try FieldCase.text("desktop-32g/dmesg") + memory
    let told = try #require(try MachineReading(DmesgText(text), named: "x").missingImage)
    #expect(told.isSizeTold && told.pages == PageCount((18432 + 4842 + 17004 + 3840 + 911) / 4))
  }

  @Test func `splits since boot are told by vmstat`() throws {
    let machine = try FieldCase.booted(iomem: "hyper-v-8g/iomem", .linux6_1)
    let lines = try ShownText(FieldCase.text("vmstat")).comparison(with: machine)
    #expect(
      lines == [
        "4 leaves of 1G and 94 of 2M were split since boot",
        "DirectMap lines that this comes to, from those of boot:",
        "DirectMap4k:      199936 kB", "DirectMap2M:     6090752 kB", "DirectMap1G:     3145728 kB",
      ])
  }

  @Test func `says when meminfo is of another machine, or leaves were merged`() throws {
    let machine = try FieldCase.booted(iomem: "hyper-v-8g/iomem", .linux6_1)
    let other = try ShownText("DirectMap4k: 7424 kB\nDirectMap2M: 4 kB\n").comparison(with: machine)
    #expect(other.last?.hasPrefix("the sums differ") == true)
    let merged = try ShownText(
      "DirectMap4k: 5376 kB\nDirectMap2M: 2091008 kB\nDirectMap1G: 7340032 kB")
    #expect(merged.comparison(with: machine).last?.contains("-1 of 2M") == true)
    let huge = "DirectMap4k: 18446744073709551615 kB\nDirectMap2M: 18446744073709551615 kB\n"
    #expect(try !ShownText(huge).comparison(with: machine).isEmpty)
    let splits = "direct_map_level2_splits 18446744073709551615\n"
    #expect(try !ShownText(splits).comparison(with: machine).isEmpty)
    #expect(throws: KernelTextError.self) { try ShownText("MemTotal: 5 kB") }
  }

  @Test func `knows what was read without root`() throws {
    #expect(throws: KernelTextError.hiddenAddresses(line: 1)) {
      try IomemText(FieldCase.text("zeros-iomem"))
    }
  }

  @Test func `boots an old machine without leaves of 1G`() throws {
    var description = try IomemText(FieldCase.text("old-iomem")).machine(named: "old")
    #expect(description.architecture == .x86_64)
    description.cpu[.gbpages] = false
    let machine = try Machine(booting: description, kernel: .linux5_11)
    #expect(machine.meminfoText == "DirectMap4k:        7632 kB\nDirectMap2M:     8337408 kB\n")
  }

  @Test func `reads an iomem that was quoted in a mail`() throws {
    let text = try FieldCase.text("hyper-v-8g/iomem")
    let quoted = text.split(separator: "\n").map { "> > " + $0 + "\r\n" }.joined()
    #expect(MachineText(recognising: quoted) == .iomem)
    #expect(try IomemText(quoted).resources == IomemText(text).resources)
  }

  // MARK: - arm64

  @Test func `knows an iomem of arm64`() throws {
    let reading = try MachineReading(IomemText(FieldCase.text("arm64-iomem")), named: "arm")
    let machine = reading.description
    #expect(machine.architecture == .arm64)
    #expect(machine.image?.text == 0x4_0210..<0x4_1d10)
    #expect(machine.image?.data == 0x4_2570..<0x4_2ad0)
    #expect(reading.notes == [.arm64(.firstRAM(PhysicalAddress(0x4000_0000)))])
    let booted = try Machine(booting: machine, kernel: .linux6_12Arm64)
    #expect(booted.memory.ranges == [0x4_0000..<0xc_0000])
    // Text and read-only data are mapped apart: read-only.
    let text = booted.directMapAddress(of: 0x4_0210)
    #expect(booted.tables.lookup(text)?.flags.contains(.writable) == false)
    let data = booted.directMapAddress(of: 0x4_1d10)
    #expect(booted.tables.lookup(data)?.flags.contains(.writable) == true)
  }

  @Test(arguments: [
    ("00000000-3b3fffff : System RAM\n  00210000-01d0ffff : Kernel code\n", true),
    ("80000000-bfffffff : System RAM", true), ("40000000-7fffffff : System RAM", true),
    ("00100000-3fffffff : System RAM", false),
    ("40000000-7fffffff : System RAM\nfee00000-fee00fff : Local APIC", false),
    (
      "80000000-bfffffff : System RAM\n  80202000-8091ffff : Kernel code\n"
        + "  80a00000-80afffff : Kernel rodata\n", false
    ),
    ("00001000-0009fbff : System RAM\n00100000-3fffffff : System RAM", false),
  ])
  func `tells the architectures apart`(_ text: String, _ isArm64: Bool) throws {
    #expect(try (IomemText(text).armSign != nil) == isArm64)
  }

  @Test func `no recorded PC is taken for an arm64 machine`() throws {
    for boot in RecordedBoot.all {
      #expect(try IomemText(boot.text("iomem.txt")).armSign == nil)
      #expect(try DmesgText(boot.text("dmesg.txt")).architecture == .x86_64)
    }
  }

  @Test func `boots the log of an arm64 kernel`() throws {
    let text = """
      [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd842]
      [    0.000000] Linux version 7.0.13+deb13-arm64 (aarch64-linux-gnu-gcc-14) #1 SMP
      [    0.000000] Zone ranges:
      [    0.000000] Early memory node ranges
      [    0.000000]   node   0: [mem 0x0000000040000000-0x000000007fffffff]
      [    0.000000] CPU features: detected: BBM Level 2 without TLB conflict abort
      [    0.000000] Kernel command line: console=ttyAMA0 rodata=noalias
      """
    let log = try DmesgText(text)
    #expect(log.architecture == .arm64)
    #expect(log.switches == [.bbml2: true, .rodataFull: false])
    let version = try #require(log.version)
    #expect(KernelProfile.nearest(to: version, on: .arm64) == .linux7_0Arm64)
    let machine = try Machine(booting: log.machine(named: ""), kernel: .linux7_0Arm64)
    #expect(machine.memory.ranges == [0x4_0000..<0x8_0000])
    // `on` meant what `noalias` means today.
    let older = text.replacing("7.0.13", with: "6.12.95").replacing("noalias", with: "on")
    #expect(try DmesgText(older).switches[.rodataFull] == false)
    let newer = text.replacing("noalias", with: "on")
    #expect(try DmesgText(newer).switches[.rodataFull] == true)
    #expect(throws: KernelTextError.self) {
      try DmesgText("Booting Linux on physical CPU 0x0000000000 [0x410fd842]")
    }
  }
}
