import Engine
import Testing

@Suite struct PolicySetTests {
  @Test(arguments: PolicyName.allCases)
  func `every policy tells what it is and keeps`(name: PolicyName) throws {
    #expect(!name.summary.isEmpty && name.summary.count < 100)
    #expect(name.rawValue.allSatisfy { $0.isLetter && $0.isLowercase || $0.isNumber || $0 == "-" })
    let isX86 = name.runs(on: .x86_64)
    let machine = try Machine.booted(
      name.withPrerequisite, kernel: isX86 ? .linux6_12 : .linux6_12Arm64,
      machine: isX86 ? "teaching-4g" : "arm64-4g")
    let panel = machine.panels(at: AddressLayout.directMapAddress(of: 0x140000))
      .first { $0.title == name.rawValue }
    #expect(try !#require(panel).lines.isEmpty)
  }

  @Test(arguments: PolicyName.allCases.filter { $0.kind != .remedy })
  func `a switch or a stage changes a profile of some kernel`(name: PolicyName) throws {
    let kernels = KernelProfile.all.filter { name.runs(on: $0.architecture) }
    let changes = try kernels.contains { kernel in
      let isX86 = kernel.architecture == .x86_64
      let machine = try Machine.booted(
        name.withPrerequisite, kernel: kernel, machine: isX86 ? "teaching-4g" : "arm64-4g")
      return machine.kernel != kernel
    }
    #expect(changes, "\(name.rawValue) changes nothing")
  }

  @Test func `alone each can be switched on, with what it needs`() throws {
    for name in PolicyName.allCases {
      #expect(try PolicySet(name.withPrerequisite).names == name.withPrerequisite)
    }
  }

  @Test(
    arguments: [
      ([.aaronLu2022, .hyeyooBitmap2022], "choose one of them"),
      ([.hyeyooCount2022, .hyeyooBitmap2022], "choose one of them"),
      ([.edgecombe2021, .permAlloc2020], "choose one of them"),
      ([.unmapped2022, .unmappedAlloc2023], "choose one of them"),
      ([.mergeOnFree], "switch that on too"), ([.unmappedAllocWholeBlock], "switch that on too"),
      ([.unmapped2022, .mergeOnFree, .mergeOnFreeLiteral], "contrary"),
      ([.unmapped2022, .mergeOnFreeChecked, .mergeOnFreeLiteral], "contrary"),
      ([.progPack, .noProgPack], "contrary"),
      ([.rutland2024, .pgtableOps2024], "stages of one series"),
      ([.roxCache, .noROXCache], "contrary"),
      ([.kirill2020, .aaronLu2022], "counts"),
    ] as [([PolicyName], String)])
  func `nonsense is refused with the way out`(names: [PolicyName], words: String) {
    let error = #expect(throws: PolicyError.self) { try PolicySet(names) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    let turned = #expect(throws: PolicyError.self) { try PolicySet(names.reversed()) }
    #expect(turned != nil)
  }

  @Test func `one that groups and one that merges go together, twice is once`() throws {
    let names: [PolicyName] = [.edgecombe2021, .aaronLu2022, .noProgPack, .edgecombe2021]
    #expect(try PolicySet(names).names == [.edgecombe2021, .aaronLu2022, .noProgPack])
  }

  @Test(arguments: [
    (PolicyName.noProgPack, KernelProfile.linux6_12), (.noROXCache, .linux7_2),
    (.progPack, .linux5_11), (.roxCache, .linux6_12), (.roxCollapse, .linux6_12),
    (.noROXCollapse, .linux7_2),
  ])
  func `upstream's parts can be switched off and on`(name: PolicyName, kernel: KernelProfile)
    throws
  {
    let plain = try Machine.booted([], kernel: kernel).kernel
    let switched = try Machine.booted([name], kernel: kernel).kernel
    #expect(plain != switched)
    switch name {
    case .noProgPack, .progPack: #expect(plain.hasProgPack != switched.hasProgPack)
    case .noROXCache, .roxCache: #expect(plain.hasROXCache != switched.hasROXCache)
    default: #expect(plain.collapses != switched.collapses)
    }
  }
}
