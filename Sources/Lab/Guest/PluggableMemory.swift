import Engine

/// Memory that the machine has and its kernel does not use, until `add_memory()` plugs it in.
///
/// It is present from the start, so that every snapshot of the machine contains it. On x86-64 it is a pc-dimm
/// that `acpi_no_memhotplug` keeps the kernel from adding, on arm64 the RAM above the limit of `mem=`.
struct PluggableMemory {
  /// The physical address of its first byte.
  let start: UInt64
  let bytes: UInt64
  private let architecture: Architecture
  private let ram: UInt64

  /// `nil` where none is asked for.
  init?(_ options: GuestOptions, _ architecture: GuestArchitecture) {
    guard options.hotplug > 0 else { return nil }
    bytes = options.hotplug
    ram = options.ram
    self.architecture = architecture.name
    switch architecture.name {
    case .arm64: start = architecture.ramStart + options.ram
    case .x86_64:
      // Behind all RAM, at a border of 1 GiB: QEMU, hw/i386/pc.c, pc_memory_init().
      let hole = architecture.hole.flatMap { options.ram >= $0.largest ? $0 : nil }
      let end = (1 << 32) + (hole.map { options.ram - $0.lower } ?? 0)
      start = ((end + (1 << 30) - 1) >> 30) << 30
    }
  }

  var frames: Range<PFN> { PFN(start >> 12)..<PFN((start + bytes) >> 12) }

  /// Where it lies in a file of its own; `nil` where it is part of the RAM.
  var ownFile: (start: UInt64, bytes: UInt64)? {
    architecture == .x86_64 ? (start, bytes) : nil
  }

  /// The bytes of RAM that QEMU gives the machine.
  var machineRAM: UInt64 { architecture == .x86_64 ? ram : ram + bytes }

  /// What QEMU is told about the size of its memory.
  var size: String {
    let ownSize = "\(machineRAM >> 20)M"
    return architecture == .x86_64
      ? "\(ownSize),slots=1,maxmem=\((ram + bytes) >> 20)M" : ownSize
  }

  /// QEMU's arguments for the device.
  func device(path: String) -> [String] {
    [
      "-object", "memory-backend-file,id=plugged,size=\(bytes),mem-path=\(path),share=on",
      "-device", "pc-dimm,id=dimm,memdev=plugged,addr=\(start)",
    ]
  }

  /// What the kernel is told: to leave it alone, and that what is plugged in goes online by itself, where it can
  /// be taken offline again.
  var words: [String] {
    let alone = architecture == .x86_64 ? "acpi_no_memhotplug" : "mem=\(ram >> 20)M"
    return [alone, "memhp_default_state=online_movable"]
  }
}
