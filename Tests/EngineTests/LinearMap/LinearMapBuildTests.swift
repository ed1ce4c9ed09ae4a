import Engine
import TestSupport
import Testing

/// What versions, CPUs and the command line change about how the linear map is built.
@Suite struct LinearMapBuildTests {
  private static func machine(
    _ kernel: KernelProfile, early: Bool = false, _ change: (inout CPUFeatures) -> Void = { _ in },
  ) throws -> Machine {
    var description = try #require(MachineDescription(builtIn: "arm64-4g"))
    change(&description.cpu)
    var options = BootOptions()
    options.stopsAtLinearMap = early
    return try Machine(booting: description, kernel: kernel, options: options)
  }

  private static func imageRuns(_ machine: Machine) -> [String] {
    machine.linearRuns.filter { $0.hasSuffix(" ro") }
  }

  @Test(arguments: [
    KernelProfile.linux6_1Arm64, .linux6_9RC2Arm64, .linux6_12Arm64, .linux6_18Arm64,
    .linux7_0Arm64, .linux7_1Arm64,
  ])
  func `the image keeps its blocks in a map of pages`(kernel: KernelProfile) throws {
    let machine = try Self.machine(kernel)
    #expect(Self.imageRuns(machine) == ["0x40210 496 x 4K ro", "0x40400 11 x 2M ro"])
    try machine.checkInvariants()
    #expect(LinearMapLeaves(of: machine).bySize.map(\.count)[2...] == [11, 0, 0])
  }

  @Test func `from 7.2 on the image is built as the rest`() throws {
    let pages = try Self.machine(.linux7_2Arm64)
    #expect(Self.imageRuns(pages).first == "0x40210 6128 x 4K ro")
    let blocks = try Self.machine(.linux7_2Arm64) { $0[.bbml2] = true }
    #expect(
      Self.imageRuns(blocks).prefix(2) == ["0x40210 496 x 4K CONT ro", "0x40400 11 x 2M ro"])
  }

  @Test func `the data of the image is writable, read-only, invalid`() throws {
    func data(_ kernel: KernelProfile) throws -> [String] {
      let machine = try Self.machine(kernel)
      return machine.linearRuns.filter { $0.hasPrefix("0x42000 ") }
    }
    #expect(try data(.linux7_1Arm64) == [])
    #expect(try data(.linux7_2Arm64) == ["0x42000 772 x 4K ro"])
    #expect(try data(.linux7_3Arm64) == ["0x42000 762 x 4K invalid"])
  }

  @Test func `boot makes the image read-only when the map is built`() throws {
    let early = try Self.machine(.linux6_12Arm64, early: true)
    #expect(Self.imageRuns(early) == [] && !early.isRunning)
    let late = try Self.machine(.linux6_12Arm64)
    #expect(Self.imageRuns(late) != [] && late.isRunning)
    #expect(early.linearMapBooks.early == late.linearMapBooks.early)
  }

  @Test func `crashkernel= makes pages on 6.1 alone`() throws {
    func isPages(_ kernel: KernelProfile) throws -> Bool {
      let machine = try Self.machine(kernel) {
        $0[.rodataFull] = false
        $0[.crashkernel] = true
      }
      return machine.linearRuns.last == "0x41a00 1041920 x 4K"
    }
    #expect(try isPages(.linux6_1Arm64))
    #expect(try !isPages(.linux6_12Arm64) && !isPages(.linux7_3Arm64))
  }

  @Test func `five levels cost one visit a bank`() throws {
    let four = try Self.machine(.linux6_12Arm64)
    let five = try Self.machine(.linux6_12Arm64) { $0[.lpa2] = true }
    // Below the image, above it, the image.
    #expect(
      five.linearMapBooks.early.invalidations == four.linearMapBooks.early.invalidations + 3)
    #expect(five.linearMapBooks.early.tables == four.linearMapBooks.early.tables + 1)
    #expect(five.linearRuns == four.linearRuns)
    // Built for 48 bits.
    let old = try Self.machine(.linux6_1Arm64) { $0[.lpa2] = true }
    #expect(old.linearMapBooks == (try Self.machine(.linux6_1Arm64)).linearMapBooks)
  }

  @Test func `with page-table isolation no leaf stays global`() throws {
    func isGlobal(early: Bool) throws -> Bool {
      let machine = try Self.machine(.linux6_12Arm64, early: early) { $0[.kpti] = true }
      let range = machine.directMapRange
      return machine.tables.runs(
        from: range.lowerBound, pages: range.upperBound - range.lowerBound
      ).contains { $0.flags.contains(.global) }
    }
    #expect(try isGlobal(early: true))
    #expect(try !isGlobal(early: false))
  }

  @Test(
    arguments: [
      ("6.1", ["full": true, "on": false, "off": false, "noalias": nil, "": nil, "ON": nil]),
      ("6.17", ["full": true, "on": false, "off": false, "noalias": nil, "full ": nil]),
      ("6.18", ["full": nil, "on": true, "off": false, "noalias": false]),
      ("7.3", ["full": nil, "on": true, "off": false, "noalias": false, "1": nil]),
    ] as [(String, [String: Bool?])])
  func `rodata= means what the version says`(version: String, words: [String: Bool?]) throws {
    let known = RodataWords(of: try #require(KernelVersion(version)))
    for (word, isFull) in words { #expect(known.isFull(word) == isFull, "\(word)") }
  }

  @Test func `profiles have the words of their versions`() {
    for kernel in KernelProfile.arm64 {
      #expect(kernel.linearMap.rodata == RodataWords(of: kernel.version), "\(kernel.name)")
    }
  }

  @Test func `pages of users that are not simulated are changed one by one`() throws {
    var machine = try Self.machine(.linux7_3Arm64) {
      $0[.bbml2] = true
      $0[.rodataFull] = true
    }
    machine.settle(0x8_0000..<0x8_0002, as: .readOnly)
    let around = machine.linearRuns.filter { $0.hasPrefix("0x8000") || $0.hasPrefix("0x8001") }
    #expect(around == ["0x80000 2 x 4K ro", "0x80002 14 x 4K", "0x80010 496 x 4K CONT"])
    machine.settle(0x8_0000..<0x8_0001, as: .invalid)
    machine.settle(0x8_0001..<0x8_0002, as: .ordinary)
    #expect(machine.linearRuns.contains("0x80000 1 x 4K ro invalid"))
    #expect(machine.linearRuns.contains("0x80001 15 x 4K"))
    try machine.checkInvariants()
  }
}
