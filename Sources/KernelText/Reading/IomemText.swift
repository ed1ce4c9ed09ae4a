import Engine

/// `/proc/iomem`: what lies where in the physical address space.
///
///     00100000-7ffdbfff : System RAM
///       01000000-021fffff : Kernel code
///
/// Two blanks a depth; both ends of a range inclusive. Source: kernel/resource.c, 6.12.
public struct IomemText: Equatable, Sendable {
  /// A line.
  public struct Resource: Equatable, Sendable {
    /// How many resources it lies in.
    public var depth: Int
    /// The first byte and the byte behind the last.
    public var range: Range<PhysicalAddress>
    /// What the kernel calls it.
    public var name: String
    /// The line number.
    public var line: Int
  }

  /// The lines, in their order.
  public let resources: [Resource]

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    var resources: [Resource] = []
    var firstZero: Int?
    var isAllZero = true
    for line in TextLine.lines(of: text) where !line.isBlank {
      let resource = try Self.resource(line)
      let isZero = resource.range.upperBound == PhysicalAddress(1)
      if isZero { firstZero = firstZero ?? line.number } else { isAllZero = false }
      resources.append(resource)
    }
    if resources.isEmpty { throw .missing("resources such as `00100000-7ffdbfff : System RAM`") }
    if isAllZero, let firstZero { throw .hiddenAddresses(line: firstZero) }
    self.resources = resources
  }

  private static func resource(_ line: TextLine) throws(KernelTextError) -> Resource {
    let blanks = line.text.utf8.prefix { $0 == UInt8(ascii: " ") }.count
    let parts = line.text.dropFirst(blanks).split(
      separator: " : ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, blanks % 2 == 0 else {
      throw .unexpected(line, "`START-END : NAME` in hexadecimal")
    }
    guard let text = AddressRangeText(parts[0]) else {
      throw .unexpected(line, "a range START-END in hexadecimal, the end not before the start")
    }
    guard let range = text.physical else {
      throw .unexpected(line, "physical addresses below 2^52")
    }
    return Resource(
      depth: blanks / 2, range: range, name: String(parts[1]), line: line.number)
  }
}

extension IomemText {
  /// The machine that has this memory: what is called `System RAM` is usable, and the kernel lies
  /// where its lines say.
  public func machine(
    named name: String, cpu: CPUFeatures = CPUFeatures(),
  ) throws(KernelTextError) -> MachineDescription {
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
    return MachineDescription(name: name, e820: entries, cpu: cpu, image: try image())
  }

  /// What the firmware called a range that the kernel calls this; `nil` for devices and the like.
  /// Models `e820_type_to_string()`, arch/x86/kernel/e820.c.
  private static func kind(_ name: String) -> MachineDescription.E820Entry.Kind? {
    switch name {
    case "System RAM": .usable
    case "Reserved", "Unusable memory", "Persistent Memory", "Persistent Memory (legacy)",
      "Soft Reserved", "Unknown E820 type":
      .reserved
    case "ACPI Tables", "ACPI Non-volatile Storage": .acpi
    default: nil
    }
  }

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

  private func part(_ name: String) -> (frames: Range<PFN>, line: Int)? {
    guard let resource = resources.first(where: { $0.name == name }) else { return nil }
    return (resource.range.frames, resource.line)
  }
}
