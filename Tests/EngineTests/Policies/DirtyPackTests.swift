import TestSupport
import Testing

@testable import Engine

/// BPF packs chosen by what branch predictors remember.
@Suite struct DirtyPackTests {
  private static func name(_ text: String) throws -> Name { try #require(Name(text)) }

  /// Two packs, each with room for a few small programs.
  private static func machine(_ policies: [PolicyName]) throws -> Machine {
    var machine = try Machine.booted(policies, kernel: .linux7_2)
    for program in ["a", "b"] {
      try machine.perform(.user(.bpfLoad(try name(program), bytes: 1_500_000)))
    }
    #expect(machine.kept.value.packs.count == 2)
    return machine
  }

  /// The number of the pack that holds a program.
  private static func pack(of program: String, _ machine: Machine) throws -> Int? {
    let name = try name(program)
    let pack = machine.kept.value.programs.first { $0.name == name }?.pack
    return machine.kept.value.packs.firstIndex { $0.name == pack }
  }

  @Test func `a classic program flushes only where no clean pack has room`() throws {
    var machine = try Self.machine([.dirtyPacks])
    func load(_ text: String, classic: Bool, _ bytes: UInt32 = 400) throws {
      try machine.perform(.user(.bpfLoad(try Self.name(text), bytes: bytes, isClassic: classic)))
    }
    #expect(machine.kept.value.packs.map(\.isDirty) == [true, true])
    try load("first", classic: true)
    #expect(try Self.pack(of: "first", machine) == 0)
    #expect(machine.kept.value.packs.map(\.isDirty) == [false, false])
    #expect(machine.kept.value.predictorFlushes == 1)
    // Nobody left a pack since: first fit, and no flush.
    try load("second", classic: true)
    #expect(try Self.pack(of: "second", machine) == 0)
    try machine.perform(.user(.bpfFree(try Self.name("second"))))
    #expect(machine.kept.value.packs.map(\.isDirty) == [true, false])
    try load("third", classic: true)
    #expect(try Self.pack(of: "third", machine) == 1)
    try load("fourth", classic: false)
    #expect(try Self.pack(of: "fourth", machine) == 0)
    #expect(machine.kept.value.predictorFlushes == 1)
  }

  @Test func `without the switch all go to the first pack with room`() throws {
    var machine = try Self.machine([])
    for (index, program) in ["x", "y", "z"].enumerated() {
      let call = UserCall.bpfLoad(try Self.name(program), bytes: 400, isClassic: index % 2 == 0)
      try machine.perform(.user(call))
      #expect(try Self.pack(of: program, machine) == 0)
    }
    #expect(machine.kept.value.predictorFlushes == 0)
    #expect(machine.kept.value.packs.allSatisfy { !$0.isDirty })
  }
}
