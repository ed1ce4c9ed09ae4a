extension MachineDescription {
  /// The machines for arm64 that come with the program, smallest first.
  ///
  /// The four of April 2024 are taken to have one bank of memory from address 0 on: what is published
  /// is only how much they have. Any bank that begins at a multiple of 512 GiB gives the same numbers.
  public static var arm64: [MachineDescription] {
    [
      arm64Teaching4G, arm64(name: "arm64-16g", gibibytes: 16, cpus: 8),
      arm64(name: "arm64-64g", gibibytes: 64, cpus: 12),
      arm64(name: "arm64-256g", gibibytes: 256, cpus: 48),
      arm64(name: "arm64-512g", gibibytes: 512, cpus: 80),
    ]
  }

  /// A machine with one bank of this many bytes from address 0 on.
  public static func arm64(name: String, bytes: UInt64) -> MachineDescription {
    MachineDescription(
      name: name, e820: [.usable(0, max(bytes, 1))], cpu: CPUFeatures(), image: nil,
      architecture: .arm64)
  }

  private static func arm64(name: String, gibibytes: UInt64, cpus: Int) -> MachineDescription {
    var machine = arm64(name: name, bytes: gibibytes << 30)
    machine.cpu.cpus = cpus
    return machine
  }

  /// A virtual machine of 4 GiB as QEMU's `virt` has it, RAM from 1 GiB on, with a kernel image.
  private static var arm64Teaching4G: MachineDescription {
    MachineDescription(
      name: "arm64-4g", e820: [.usable(0x4000_0000, 0x1_4000_0000)], cpu: CPUFeatures(),
      image: KernelImage(
        code: 0x4_0210..<0x4_1200, rodata: 0x4_1200..<0x4_1a00, data: 0x4_2000..<0x4_2280,
        bss: 0x4_2280..<0x4_2310), architecture: .arm64)
  }
}
