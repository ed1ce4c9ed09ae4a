import Engine
import Testing

/// Machines that cannot boot, and memory maps that the kernel puts right.
struct BootErrorTests {
  typealias Kind = MachineDescription.E820Entry.Kind
  static let entry = BootStepTests.entry

  private func error(
    _ e820: [MachineDescription.E820Entry], image: KernelImage? = nil,
    options: BootOptions = BootOptions(), cpu: CPUFeatures = CPUFeatures(),
  ) -> BootError? {
    do {
      _ = try Machine(
        booting: BootStepTests.machine(e820, cpu: cpu, image: image), kernel: .linux6_12,
        options: options)
      return nil
    } catch {
      return error
    }
  }

  @Test func `refuses a machine without RAM`() {
    #expect(error([]) == .noRAM)
    #expect(error([Self.entry(0x10_0000, 1 << 30, .reserved)]) == .noRAM)
    #expect(error([Self.entry(0x1000, 0x9fc00, .usable)]) == .noRAM)
    #expect(error([Self.entry(0x10_0001, 0x10_0fff, .usable)]) == .noRAM)
  }

  @Test func `refuses RAM above 64 TiB, but no device there`() {
    let low = Self.entry(0x10_0000, 1 << 30, .usable)
    #expect(
      error([low, Self.entry(1 << 45, 1 << 46 + 4096, .usable)])
        == .tooMuchRAM(end: PhysicalAddress(1 << 46 + 4096)))
    #expect(error([low, Self.entry(1 << 46, 1 << 52, .reserved)]) == nil)
    #expect(error([low, Self.entry(1 << 45, 1 << 46, .usable)]) == nil)
  }

  @Test func `refuses what is no range`() {
    let all = PhysicalAddress(0)..<PhysicalAddress(.max)
    #expect(error([.init(all, .reserved)]) == .badEntry(all))
    let none = PhysicalAddress(4096)..<PhysicalAddress(4096)
    #expect(error([.init(none, .usable)]) == .badEntry(none))
  }

  @Test func `refuses a kernel that is not in RAM or out of order`() {
    let ram = [Self.entry(0x10_0000, 0x200_0000, .usable)]
    let image = BootStepTests.image
    #expect(
      error(ram, image: image) == .imageOutsideRAM(image.text.lowerBound..<image.data.upperBound))
    let more = [Self.entry(0x10_0000, 1 << 30, .usable)]
    let disordered = KernelImage(
      text: 0x2000..<0x2100, rodata: 0x1000..<0x1100, data: 0x3000..<0x3100)
    #expect(error(more, image: disordered) == .badImage(0x2000..<0x3100))
    let odd = KernelImage(text: 0x1001..<0x2000, rodata: 0x2000..<0x2100, data: 0x3000..<0x3100)
    #expect(error(more, image: odd) == .badImage(0x1001..<0x3100))
    let huge = KernelImage(
      text: 0x1000..<0x2000, rodata: 0x2000..<0x2100, data: 0x3000..<PFN(.max))
    #expect(error(more, image: huge) == .badImage(0x1000..<PFN(.max)))
  }

  /// The page behind the window is the first of the modules: an image that held it would be mapped
  /// over them.
  @Test func `refuses a kernel that does not fit below the modules`() {
    let ram = [Self.entry(0x10_0000, 2 << 30, .usable)]
    let room = AddressLayout.modulesStart - KernelImage.textStart
    func image(_ pages: PageCount) -> KernelImage {
      KernelImage(
        text: 0x1000..<0x2000, rodata: 0x2000..<0x2100, data: 0x3000..<(0x1000 + pages))
    }
    #expect(error(ram, image: image(room)) == nil)
    #expect(error(ram, image: image(room + 1)) == .badImage(0x1000..<(0x1001 + room)))
  }

  @Test func `refuses more page tables than it can hold`() {
    let huge = [Self.entry(0x10_0000, 1 << 46, .usable)]
    var cpu = CPUFeatures()
    cpu[.debugPagealloc] = true
    #expect(error(huge, cpu: cpu) == .tooManyTables(mebibytes: 131_072))
  }

  @Test func `refuses a KFENCE pool that is not in RAM`() {
    let ram = [Self.entry(0x10_0000, 1 << 30, .usable)]
    #expect(error(ram, options: BootOptions(kfence: .at(0x3ff00))) == .kfenceOutsideRAM(0x3ff00))
    #expect(
      error(ram, options: BootOptions(kfence: .at(PFN(.max)))) == .kfenceOutsideRAM(PFN(.max)))
    #expect(error(ram, options: BootOptions(kfence: .at(0x3fe00))) == nil)
  }

  @Test func `tells each error in a line with a way out`() {
    let errors: [BootError] = [
      .noRAM, .badEntry(PhysicalAddress(0)..<PhysicalAddress(0)),
      .tooMuchRAM(end: PhysicalAddress(0)), .badImage(0..<1), .imageOutsideRAM(0..<1),
      .tooManyTables(mebibytes: 1), .kfenceOutsideRAM(0),
    ]
    for error in errors {
      #expect(error.description.contains(";"))
      #expect(!error.description.contains("\n"))
    }
  }

  /// The highest type wins wherever entries overlap, in whichever order they stand.
  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func `lets RAM never trump anything`(_ order: [Int]) throws {
    let entries = [
      Self.entry(0x10_0000, 0x4000_0000, .usable),
      Self.entry(0x1234_5800, 0x1240_0000, .reserved),
      Self.entry(0x1239_0000, 0x1300_0000, .acpi),
    ]
    let machine = try Machine(
      booting: BootStepTests.machine(order.map { entries[$0] }, image: nil), kernel: .linux6_12)
    #expect(machine.memory.ranges == [0..<0x12345, 0x13000..<0x40000])
  }

  /// The first byte of a frame decides too: one that is not RAM keeps the frame from being used.
  @Test(arguments: [(0x20_0000, 0x200), (0x20_0001, 0x201), (0x20_0fff, 0x201), (0x20_1000, 0x201)])
  func `begins with the first frame that is RAM to its first byte`(start: UInt64, frame: UInt64)
    throws
  {
    let entries = [Self.entry(0, 0x9f000, .usable), Self.entry(start, 0x4000_0000, .usable)]
    let machine = try Machine(
      booting: BootStepTests.machine(entries, image: nil), kernel: .linux6_12)
    #expect(machine.memory.ranges.last == PFN(frame)..<0x40000)
  }

  @Test func `joins neighbours that meet within a page, and trims to whole pages`() throws {
    let machine = try Machine(
      booting: BootStepTests.machine(
        [
          Self.entry(0, 0x10_0800, .usable), Self.entry(0x10_0800, 0x4000_0123, .usable),
        ], image: nil), kernel: .linux6_12)
    #expect(machine.memory.ranges == [0..<0x40000])
    #expect(machine.directMapKilobytes(.size4K) == 2048)
  }
}
