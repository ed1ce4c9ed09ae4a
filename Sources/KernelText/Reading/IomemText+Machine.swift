import Engine

extension IomemText {
  /// The machine that has this memory: what is called `System RAM` is usable, and the kernel lies
  /// where its lines say.
  public func machine(
    named name: String, cpu: CPUFeatures = CPUFeatures(),
  ) throws(KernelTextError) -> MachineDescription {
    let isArm64 = armSign != nil
    var entries: [MachineDescription.E820Entry] = []
    // The resources around the current one.
    var parents: [String] = []
    for resource in resources {
      parents.removeLast(max(0, parents.count - resource.depth))
      if let kind = Self.kind(resource.name), !parents.contains("System RAM") {
        entries.append(MachineDescription.E820Entry(resource.range, kind))
      }
      parents.append(resource.name)
    }
    guard entries.contains(where: { $0.kind == .usable }) else {
      throw .missing("`System RAM`")
    }
    return MachineDescription(
      name: name, e820: entries, cpu: cpu, image: isArm64 ? try arm64Image() : try image(),
      architecture: isArm64 ? .arm64 : .x86_64)
  }

  /// What the firmware called a range that the kernel calls this; `nil` for devices and the like.
  /// Models `e820_type_to_string()`, arch/x86/kernel/e820.c; old kernels and those for arm64 write
  /// `reserved`.
  private static func kind(_ name: String) -> MachineDescription.E820Entry.Kind? {
    switch name {
    case "System RAM": .usable
    case "Reserved", "reserved", "Unusable memory", "Persistent Memory",
      "Persistent Memory (legacy)", "Soft Reserved", "Unknown E820 type":
      .reserved
    case "ACPI Tables", "ACPI Non-volatile Storage": .acpi
    default: nil
    }
  }

  private func part(_ name: String) -> (frames: Range<PFN>, line: Int)? {
    guard let resource = resources.first(where: { $0.name == name }) else { return nil }
    return (resource.range.frames, resource.line)
  }
}

// MARK: - Which architecture

extension IomemText {
  /// A sign that the text is from an arm64 machine; `nil` if it is from an x86 one.
  ///
  /// A PC has RAM below 640 KiB and none from there to 1 MiB, and the kernel cannot start other CPUs
  /// without; its read-only data and bss have lines of their own.
  public var armSign: ArmSign? {
    let names = Set(resources.map(\.name))
    let ofPC = [
      "Kernel rodata", "Kernel bss", "System ROM", "Video ROM", "RAM buffer", "Local APIC",
      "ACPI Tables",
    ]
    if ofPC.contains(where: names.contains) { return nil }
    let ram = resources.filter { $0.name == "System RAM" }
    let legacyHole = PhysicalAddress(0xa_0000)..<PhysicalAddress(0x10_0000)
    if ram.contains(where: { $0.range.overlaps(legacyHole) }) { return .ramBelow1M }
    guard let first = ram.map(\.range.lowerBound).min(), first >= Self.lowEnd else { return nil }
    return .firstRAM(first)
  }

  /// RAM of a PC begins below: 16 MiB.
  private static var lowEnd: PhysicalAddress { PhysicalAddress(0x100_0000) }

  /// Why a text is assumed to be from an arm64 machine.
  public enum ArmSign: Equatable, Sendable, CustomStringConvertible {
    /// RAM where a PC has its BIOS.
    case ramBelow1M
    /// There is no RAM below this address.
    case firstRAM(PhysicalAddress)

    /// The sign, as a part of a sentence.
    public var description: String {
      switch self {
      case .ramBelow1M: "RAM lies where a PC has its BIOS, from 640 KiB to 1 MiB"
      case .firstRAM(let address): "RAM begins at \(address.hex), and a PC has some below 1 MiB"
      }
    }
  }
}

// MARK: - The kernel image

extension IomemText {
  /// The kernel image, if the text shows its parts.
  private func image() throws(KernelTextError) -> KernelImage? {
    guard let code = part("Kernel code"), let rodata = part("Kernel rodata"),
      let data = part("Kernel data")
    else { return nil }
    let bss = part("Kernel bss")
    guard code.frames.upperBound <= rodata.frames.lowerBound,
      rodata.frames.upperBound <= data.frames.lowerBound,
      bss.map({ data.frames.upperBound <= $0.frames.lowerBound }) ?? true
    else {
      throw .unexpected(
        line: code.line, found: "Kernel code",
        expected: "kernel code, rodata, data and bss in this order, on pages of their own")
    }
    return KernelImage(
      code: code.frames, rodata: rodata.frames, data: data.frames, bss: bss?.frames)
  }

  /// The image of an arm64 kernel: `Kernel code` reaches from `_stext` to `__init_begin` and holds the
  /// read-only data too, `Kernel data` from `_sdata` to `_end`. Source: `request_standard_resources()`,
  /// arch/arm64/kernel/setup.c, 6.12.
  private func arm64Image() throws(KernelTextError) -> KernelImage? {
    guard let code = part("Kernel code"), let data = part("Kernel data") else { return nil }
    let end = code.frames.upperBound
    guard end <= data.frames.lowerBound else {
      throw .unexpected(
        line: code.line, found: "Kernel code",
        expected: "kernel code and data in this order, on pages of their own")
    }
    return KernelImage(text: code.frames, rodata: end..<end, data: data.frames)
  }

  /// The place of the kernel image as far as any of its lines show it; `nil` without one.
  public var imageFrames: Range<PFN>? {
    let parts = ["Kernel code", "Kernel rodata", "Kernel data", "Kernel bss"].compactMap(part)
    guard let first = parts.map(\.frames.lowerBound).min(),
      let end = parts.map(\.frames.upperBound).max()
    else { return nil }
    return first..<end
  }
}
