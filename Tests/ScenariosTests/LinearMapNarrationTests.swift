import Engine
import KernelText
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

private let address: VirtualAddress = 0xffff_0001_8234_5000
private let run = LeafRun(start: address, pages: 16, size: .size4K, flags: .arm64PageKernel)

private let decisions: [LinearMapDecision] = [
  .pagesOnly(.rodataFull), .pagesOnly(.debugPagealloc), .pagesOnly(.lateKFENCE), .pagesOnly(.realm),
  .pagesOnly(.crashkernel),
  .blocksAllowed(bbml2: true), .blocksAllowed(bbml2: false), .mappedApart(.kernelImage, 8192),
  .mappedApart(.kfencePool, 512), .areaRefused(address, .noArea), .areaRefused(address, .pastArea),
  .areaRefused(address, .notAllocated), .areaRefused(address, .mayBeHuge), .cannotSetDirectMap,
  .mirrored(pages: 8, requested: 2), .mirrored(pages: 1, requested: 1), .pastPageArray(1),
  .notMirrored,
  .walkerMetBlock(address, .size1G), .borderAligned(address, bytes: 1 << 25),
  .singlePage(address, other: address), .nothingToSplit, .splitBlock(address, .size1G),
  .splitBlock(address, .size2M), .dropCont(address, .size2M), .splitAllToPages(0x10_0000),
]

private var changes: [LinearMapChange] {
  let early = TableKind(.pte, isLate: false)
  let late = TableKind(.pud, isLate: true)
  return [early, late].flatMap { kind in
    [1, 32832].flatMap { (count: UInt64) -> [LinearMapChange] in
      [
        .allocated(kind, count), .zeroed(kind, count), .cameZeroed(kind, count),
        .fixmapSet(kind, count),
        .fixmapCleared(kind, count, invalidations: count), .barriers(kind, count),
        .filled(kind, visits: count, groups: count, entries: count), .andSoOn(kind, count),
        .groupsAndSoOn(kind, count), .filled(kind, visits: 0, groups: count, entries: count),
      ]
    }
  } + [
    .cleared, .rewritten(run, .present), .splitToPages(run), .splitCounted(.size1G),
    .contDropped(.size2M), .flushedRange(1), .flushedRange(512), .flushedRange(513),
    .memoryAdded(0x100_0000, 262_144),
  ]
}

@Suite struct LinearMapNarrationTests {
  @Test func `whatever is done and decided is told in full and in short`() {
    let events: [Event] =
      decisions.map { .decided(.linearMap($0)) } + changes.map { .linearMap($0) }
    for event in events {
      let short = event.sentence(.short)
      #expect(!short.isEmpty && short.utf8.count <= 52, "\(short)")
      #expect(event.sentence().hasSuffix("."), "\(event.sentence())")
    }
    #expect(Set(events.map { $0.sentence() }).count == events.count)
  }

  @Test func `why a block is not split is told with break-before-make`() {
    let event = Event.decided(.linearMap(.cannotSetDirectMap))
    #expect(event.sentence().contains("break-before-make"))
  }

  @Test(arguments: [
    ("map_mem", Call.linearMap(.mapMem)),
    (
      "set_memory_valid pfn:0x1000 512 false",
      .linearMap(.setMemoryValid(.frame(0x1000), 512, false))
    ),
    ("set_memory_valid pfn:0x1000 true", .linearMap(.setMemoryValid(.frame(0x1000), 1, true))),
    ("add_memory pfn:0x1000000 262144", .linearMap(.addMemory(0x100_0000, 262_144))),
  ])
  func `lines and calls are the same`(line: String, call: Call) throws {
    #expect(call.scenarioText == line)
    #expect(try Parser(file: "t").statement(ofLine: line)?.statement == .call(call))
  }

  @Test func `without a kernel a machine gets one of its own make`() throws {
    let text = "machine arm64-16g\nexpect pte_tables == 8192\n"
    let scenario = try Scenario(parsing: text, file: "t")
    let description = try #require(MachineDescription(builtIn: "arm64-16g"))
    let machine = try scenario.boot(description, kernel: .linux7_2)
    #expect(machine.kernel.name == "linux-6.12-arm64")
    var runner = Runner(scenario.statements, on: machine)
    guard case .held? = try runner.next()?.outcome else {
      Issue.record("the claim does not hold")
      return
    }
  }

  @Test func `a version names a kernel for arm64 only in full`() {
    #expect(KernelProfile(version: "linux-6.12-arm64")?.architecture == .arm64)
    #expect(KernelProfile(version: "6.12")?.architecture == .x86_64)
    #expect(KernelProfile(version: "linux-6.13-arm64") == nil)
  }
}

@Suite struct LinearMapReportTests {
  private static func report(_ bytes: UInt64, rodataFull: Bool = true) throws -> LinearMapReport {
    var description = MachineDescription.arm64(name: "m", bytes: bytes)
    description.cpu[.rodataFull] = rodataFull
    return LinearMapReport(try Machine(booting: description, kernel: .linux6_12Arm64))
  }

  @Test func `says the figures of 64 GiB by stage`() throws {
    let report = try Self.report(64 << 30)
    #expect(report.tables == 32833)
    #expect(report.tablesByLevel == ["pte": 32768, "pmd": 64, "pud": 1])
    #expect(report.leaves == ["4K": 16_777_216, "64K": 0, "2M": 0, "32M": 0, "1G": 0])
    let wanted: [(String, UInt64)] = [
      ("base", 1_083_458), ("before", 65666), ("after", 32833), ("review", 32833), ("late", 0),
    ]
    for (key, count) in wanted { #expect(report.tlbi[key] == count, "\(key)") }
    let json = report.json
    for key in ["\"tables\"", "\"leaves\"", "\"tlbi\"", "\"published\""] {
      #expect(json.contains(key))
    }
  }

  @Test func `the sizes of all leaves add up to odd memory`() throws {
    let report = try Self.report(1_000_004 << 10, rodataFull: false)
    let bytes: [String: UInt64] = [
      "4K": 4096, "64K": 1 << 16, "2M": 1 << 21, "32M": 1 << 25, "1G": 1 << 30,
    ]
    let sum = report.leaves.reduce(UInt64(0)) { $0 + $1.value * (bytes[$1.key] ?? 0) }
    #expect(sum == report.ram)
  }

  @Test func `tells what is fitted and how far the rest is off`() throws {
    let rows = try Self.report(64 << 30).published
    #expect(rows.count == 20 && rows.count { $0.isFitted } == 3)
    for row in rows where row.isFitted { #expect(abs(row.errorPercent) < 0.2) }
    // Same CPU, four times the memory: what depends on size alone.
    for row in rows where row.gibibytes == 256 { #expect(abs(row.errorPercent) < 25) }
  }
}

@Suite struct LinearMapPercentTests {
  @Test func `the published percentages stand beside those of the model, which are all the same`()
    throws
  {
    let machine = try Machine(
      booting: MachineDescription.arm64(name: "m", bytes: 64 << 30), kernel: .linux6_12Arm64)
    let report = LinearMapReport(machine)
    let after = report.published.filter { $0.stage == "after" }
    // As the third patch has them: "11 (-15%), 109 (-33%), 449 (-31%), 1257 (-24%)".
    #expect(after.map { Int($0.publishedStep.rounded()) } == [-15, -33, -31, -24])
    for stage in LinearMapRules.Stage.allCases {
      let steps = report.published.filter { $0.stage == stage.rawValue }.map(\.predictedStep)
      #expect(steps.allSatisfy { abs($0 - (steps.first ?? 0)) < 0.5 }, "\(stage)")
    }
    let text = report.lines.joined(separator: "\n")
    for words in ["109 (-33%)", "104.1 (-36%)", "zeroed twice", "zeroed once, where it is filled"] {
      #expect(text.contains(words), "\(words)")
    }
  }
}

@Suite struct LinearMapComparisonTests {
  @Test func `before, after and review stand side by side`() throws {
    let scenario = try Scenario(
      parsing: "machine arm64-64g\nadd_memory pfn:0x1000000 1G\n", file: "t")
    let description = try #require(MachineDescription(builtIn: "arm64-64g"))
    let stages: [PolicyName] = [.batchBarriers2024, .pgtableOps2024, .rutland2024]
    var comparison = Comparison(
      try stages.map { name in
        let policies = try PolicySet([name])
        let machine = try Machine(
          booting: description, kernel: .linux6_9RC2Arm64, options: BootOptions(policies: policies))
        return (Variant(name: name.rawValue, policies: policies), machine)
      }, statements: scenario.statements)
    comparison.run()
    let report = ComparisonReport(comparison, file: "t")
    #expect(report.variants.map { $0.linearMap?.invalidations } == [65666, 32833, 32833])
    #expect(report.variants.map { $0.linearMap?.lateInvalidations } == [514, 0, 514])
    #expect(report.variants.allSatisfy { $0.linearMap?.tables == 32833 + 513 })
    #expect(report.table.contains("late TLBIs"))
  }
}
