import Engine
import KernelText

/// A machine as lines of the kernel's own text, for one that is not built in: of `/proc/iomem` where it
/// is known where the kernel lies, else of a kernel's log.
package struct FirmwareText: Equatable {
  /// Which text.
  package var kind: MachineText
  /// Its lines.
  package var lines: [String]

  /// What a machine that lines describe is called.
  static let machineName = "own machine"

  /// The lines of a machine; nil where they cannot tell all of it.
  package init?(_ machine: MachineDescription) {
    if let image = machine.image {
      kind = .iomem
      lines = Self.iomem(machine, image)
    } else {
      kind = .dmesg
      lines = Self.dmesg(machine)
    }
    // Features of the CPU have lines of their own.
    guard var read = try? described() else { return nil }
    read.name = machine.name
    read.cpu = machine.cpu
    if read != machine { return nil }
  }

  package init(kind: MachineText, lines: [String]) {
    self.kind = kind
    self.lines = lines
  }

  /// The machine that the lines describe.
  package func described() throws(KernelTextError) -> MachineDescription {
    let text = lines.map { $0 + "\n" }.joined()
    switch kind {
    case .iomem: return try IomemText(text).machine(named: Self.machineName)
    case .dmesg: return try DmesgText(text).machine(named: Self.machineName)
    }
  }

  // MARK: - Writing

  private static func iomem(_ machine: MachineDescription, _ image: KernelImage) -> [String] {
    let dataEnd =
      image.initmem?.lowerBound
      ?? PFN(
        image.data.upperBound.rawValue
          - min(
            image.data.upperBound.rawValue, KernelImage.brkPages.rawValue))
    var parts = [("code", image.text), ("rodata", image.rodata)]
    if image.data.lowerBound < dataEnd { parts.append(("data", image.data.lowerBound..<dataEnd)) }
    if let bss = image.bss { parts.append(("bss", bss)) }
    if machine.architecture == .arm64 {
      // Init sections lie between the two; `Kernel code` holds the read-only data.
      parts = [
        ("code", image.text.lowerBound..<image.rodata.upperBound), ("data", image.data),
      ]
    }
    return machine.e820.map { entry in
      let name =
        switch entry.kind {
        case .usable: "System RAM"
        case .reserved: "Reserved"
        case .acpi: "ACPI Tables"
        }
      return "\(span(entry.range, "", 8)) : \(name)"
    }
      + parts.map { name, frames in
        let start = PhysicalAddress(frames.lowerBound.rawValue << 12)
        let end = PhysicalAddress(frames.upperBound.rawValue << 12)
        return "  \(span(start..<end, "", 8)) : Kernel \(name)"
      }
  }

  /// A log of an arm64 kernel tells its memory by node alone.
  private static func arm64Log(_ machine: MachineDescription) -> [String] {
    let memory = machine.e820.map { entry in
      let node = machine.nodes.firstIndex { node in
        node.ranges.contains { $0.contains(entry.range.lowerBound.pfn) }
      }
      return "  node \(node ?? 0): [mem \(span(entry.range, "0x", 16))]"
    }
    return ["Booting Linux on physical CPU 0x0000000000 [0x00000000]"] + memory
  }

  private static func dmesg(_ machine: MachineDescription) -> [String] {
    if machine.architecture == .arm64 { return arm64Log(machine) }
    var lines = machine.e820.map { entry in
      let name =
        switch entry.kind {
        case .usable: "usable"
        case .reserved: "reserved"
        case .acpi: "ACPI data"
        }
      return "BIOS-e820: [mem \(span(entry.range, "0x", 16))] \(name)"
    }
    guard machine.nodes != [.everything] else { return lines }
    for (index, node) in machine.nodes.enumerated() {
      for frames in node.ranges {
        let start = PhysicalAddress(frames.lowerBound.rawValue << 12)
        let end = PhysicalAddress(frames.upperBound.rawValue << 12)
        lines.append("ACPI: SRAT: Node \(index) PXM \(index) [mem \(span(start..<end, "0x", 1))]")
      }
      if node.hasCPUs { lines.append("ACPI: SRAT: PXM \(index) -> APIC 0x00 -> Node \(index)") }
    }
    return lines
  }

  /// A range with its last byte, as the kernel prints it.
  private static func span(
    _ range: Range<PhysicalAddress>, _ prefix: String, _ width: Int,
  ) -> String {
    [range.lowerBound.rawValue, range.upperBound.rawValue &- 1].map { address in
      let digits = String(address, radix: 16)
      return prefix + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }.joined(separator: "-")
  }
}
