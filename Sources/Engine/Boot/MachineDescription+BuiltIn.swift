extension MachineDescription {
  /// The machines that come with the program, smallest first.
  public static var builtIn: [MachineDescription] { x86 + arm64 }

  /// Those for x86-64, smallest first.
  public static var x86: [MachineDescription] {
    [teaching4G, laptop16G, server256G, server1T, giant64T]
  }

  /// The built-in machine with a name.
  public init?(builtIn name: some StringProtocol) {
    guard let machine = Self.builtIn.first(where: { $0.name == name }) else { return nil }
    self = machine
  }

  /// A virtual machine of 4 GiB, chipset q35: 2 GiB below the hole for devices, 2 GiB above 4G.
  private static var teaching4G: MachineDescription {
    MachineDescription(
      name: "teaching-4g",
      e820: biosArea + [
        .usable(0x10_0000, 0x7ffd_c000), .reserved(0x7ffd_c000, 0x8000_0000),
        .reserved(0xb000_0000, 0xc000_0000), .reserved(0xfed1_c000, 0xfed2_0000),
        .reserved(0xfffc_0000, 0x1_0000_0000), .usable(0x1_0000_0000, 0x1_8000_0000),
        .reserved(0xfd_0000_0000, 0x100_0000_0000),
      ], cpu: CPUFeatures(), image: debianImage)
  }

  /// A laptop of 16 GiB with EFI firmware: holes for ACPI and firmware data, graphics memory at 2G.
  private static var laptop16G: MachineDescription {
    MachineDescription(
      name: "laptop-16g",
      e820: [
        .usable(0, 0x9_e000), .reserved(0x9_e000, 0x10_0000),
        .usable(0x10_0000, 0x5d8b_f000), .reserved(0x5d8b_f000, 0x5e2c_0000),
        .usable(0x5e2c_0000, 0x6a51_3000), .reserved(0x6a51_3000, 0x6ccf_e000),
        .acpi(0x6ccf_e000, 0x6ceb_f000), .acpi(0x6ceb_f000, 0x6cf_ff000),
        .usable(0x6cf_ff000, 0x6d00_0000), .reserved(0x6d00_0000, 0x7080_0000),
        .reserved(0xe000_0000, 0xf000_0000), .reserved(0xfe00_0000, 0xfe01_1000),
        .reserved(0xfec0_0000, 0xfec0_1000), .reserved(0xfee0_0000, 0xfee0_1000),
        .reserved(0xff00_0000, 0x1_0000_0000), .usable(0x1_0000_0000, 0x4_8f80_0000),
      ], cpu: CPUFeatures(), image: debianImage)
  }

  /// A server of 256 GiB with two sockets, 128 GiB each; the second node begins at 130 GiB.
  private static var server256G: MachineDescription {
    var cpu = CPUFeatures()
    cpu.cpus = 2
    return MachineDescription(
      name: "server-256g-2node", e820: serverLow + [.usable(0x1_0000_0000, 0x40_8000_0000)],
      cpu: cpu, image: debianImage,
      nodes: [
        NUMANode(ranges: [0..<0x208_0000], distances: [10, 21]),
        NUMANode(ranges: [0x208_0000..<AddressLayout.pfnLimit], distances: [21, 10]),
      ])
  }

  /// A server of 1 TiB.
  private static var server1T: MachineDescription {
    MachineDescription(
      name: "server-1t", e820: serverLow + [.usable(0x1_0000_0000, 0x100_8000_0000)],
      cpu: CPUFeatures(), image: debianImage)
  }

  /// The largest machine that 4-level page tables have room for: RAM up to 64 TiB, less the holes.
  private static var giant64T: MachineDescription {
    MachineDescription(
      name: "giant-64t", e820: serverLow + [.usable(0x1_0000_0000, 0x4000_0000_0000)],
      cpu: CPUFeatures(), image: debianImage)
  }
}

extension MachineDescription {
  /// Below 1 MiB, as a BIOS leaves it.
  private static var biosArea: [E820Entry] {
    [.usable(0, 0x9_fc00), .reserved(0x9_fc00, 0xa_0000), .reserved(0xf_0000, 0x10_0000)]
  }

  /// Below 4 GiB in a server: 2 GiB of RAM with ACPI tables at its end, then devices.
  private static var serverLow: [E820Entry] {
    biosArea + [
      .usable(0x10_0000, 0x6f3f_e000), .reserved(0x6f3f_e000, 0x717f_e000),
      .acpi(0x717f_e000, 0x72ff_f000), .acpi(0x72ff_f000, 0x777f_f000),
      .usable(0x777f_f000, 0x7780_0000), .reserved(0x7780_0000, 0x9000_0000),
      .reserved(0xfd00_0000, 0xfe80_0000), .reserved(0xfed2_0000, 0xfed4_5000),
      .reserved(0xff00_0000, 0x1_0000_0000),
    ]
  }

  /// A kernel of Debian's, loaded at 16 MiB: the numbers of 6.12.117, cloud flavour.
  private static var debianImage: KernelImage {
    KernelImage(
      code: 0x1000..<0x2000, rodata: 0x2000..<0x2aa8, data: 0x2c00..<0x2e73,
      bss: 0x36d6..<0x3c00)
  }
}

extension MachineDescription.E820Entry {
  /// RAM from one byte to before another; the end must be above the start.
  static func usable(_ start: UInt64, _ end: UInt64) -> Self {
    Self(PhysicalAddress(start)..<PhysicalAddress(end), .usable)
  }

  /// Memory of firmware or devices.
  static func reserved(_ start: UInt64, _ end: UInt64) -> Self {
    Self(PhysicalAddress(start)..<PhysicalAddress(end), .reserved)
  }

  /// ACPI tables or storage.
  static func acpi(_ start: UInt64, _ end: UInt64) -> Self {
    Self(PhysicalAddress(start)..<PhysicalAddress(end), .acpi)
  }
}
