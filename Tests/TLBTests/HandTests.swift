import Engine
import TLB
import Testing

/// Short series of accesses whose misses are counted by hand.
@Suite struct HandTests {
  /// A machine whose frames 0x180000 to 0x1801ff are mapped by 4K.
  private func split() throws -> Machine {
    var machine = try teachingMachine()
    _ = try machine.perform(.setMemory(.split4K, .frame(0x140000), 1))
    return machine
  }

  private func result(
    _ pfns: [UInt64], on machine: Machine, times: UInt64 = 1, _ model: TLBModel = .teaching,
  ) throws -> TLBResult {
    let list = pfns.map { address($0) }
    return try TLBRun(model, .list(list), accesses: UInt64(list.count) * times)
      .result(on: machine)
  }

  @Test func `four pages fit in the first level, five go round it`() throws {
    let machine = try split()
    // Four misses, then hits: 4 walks of 4 reads.
    let four = try result([0x140000, 0x140001, 0x140002, 0x140003], on: machine, times: 3)
    #expect(four.accesses == 12 && four.firstMisses == 4 && four.walks == 4)
    #expect(four.walkSteps == 16 && four.walks4K == 4 && four.reachBytes == 4 << 12)
    // Least recently used with five in turn: the first level never hits, the second does.
    let five = try result(
      [0x140000, 0x140001, 0x140002, 0x140003, 0x140004], on: machine, times: 3)
    #expect(five.firstMisses == 15 && five.walks == 5 && five.secondHits == 10)
    #expect(five.reachBytes == 5 << 12)
  }

  @Test func `five pages of one set go round both levels`() throws {
    // Pages 0, 4, 8, 12, 16 all fall into set 0 of 4.
    let five = try result(
      [0x140000, 0x140004, 0x140008, 0x14000c, 0x140010], on: split(), times: 3)
    #expect(five.firstMisses == 15 && five.walks == 15 && five.walkSteps == 60)
  }

  @Test func `using an entry keeps it`() throws {
    // a b c d a e a b: e drops b, the least recently used of the first level, not a.
    let a: UInt64 = 0x140000
    let run = try result([a, a + 1, a + 2, a + 3, a, a + 4, a, a + 1], on: split())
    #expect(run.firstMisses == 6 && run.walks == 5 && run.firstHits == 2)
  }

  @Test func `a large leaf takes one entry and fewer reads`() throws {
    // The 2M leaf behind the split one, the 1G leaf of the last GiB.
    let run = try result([0x140200, 0x1403ff, 0x140300, 0x150000], on: split())
    #expect(run.walks == 2 && run.walks2M == 2 && run.walkSteps == 6)
    #expect(run.reachBytes == 4 << 20)
  }

  @Test func `a leaf of 1G takes two reads, and has no place in the second level`() throws {
    let machine = try teachingMachine()
    let large = machine.tables.lookup(address(0x140000))
    #expect(large?.size == .size1G)
    let run = try result([0x140000, 0x17ffff], on: machine, times: 2)
    #expect(run.walks == 1 && run.walks1G == 1 && run.walkSteps == 2 && run.reachBytes == 1 << 30)
  }

  @Test func `what is not present faults each time and leaves no entry`() throws {
    var machine = try split()
    _ = try machine.perform(.setDirectMap(.invalid, 0x140001, 1))
    let run = try result([0x140000, 0x140001], on: machine, times: 3)
    #expect(run.faults == 3 && run.walks == 4 && run.firstMisses == 4 && run.walks4K == 1)
    #expect(run.walkSteps == 16)
  }

  @Test func `the walker's caches spare the reads above what they know`() throws {
    var model = TLBModel.single(1)
    model.walker = TLBModel.WalkerCaches(pgd: 1, pud: 1, pmd: 1)
    let machine = try split()
    // All four tables; then only the last, in the same 2M; then 2M leaves below the same 1G.
    let run = try result([0x140000, 0x140001, 0x140200, 0x140400], on: machine, model)
    #expect(run.walks == 4 && run.walkSteps == 4 + 1 + 1 + 1)
  }

  @Test func `one page of each module goes round`() throws {
    var machine = try teachingMachine()
    let names = ["one", "two", "three", "four", "five"]
    for name in names {
      guard let name = Name(name) else { continue }
      let frames = FrameStride(first: 0x140000, stride: 1, count: 3)
      _ = try machine.perform(.vmap(name, frames, at: nil))
    }
    let run = try TLBRun(.teaching, .modules, accesses: 15).result(on: machine)
    // Areas of three pages and a guard page: all first pages fall into one set of four.
    #expect(run.firstMisses == 15 && run.walks == 15 && run.walks4K == 15)
  }

  @Test func `sixteen pages are one base page of 64K where all are present`() throws {
    var machine = try split()
    let sixteen = (0..<16).map { 0x140000 + UInt64($0) }
    #expect(try result(sixteen, on: machine, .power9).walks == 1)
    _ = try machine.perform(.setDirectMap(.invalid, 0x14000f, 1))
    let broken = try result(sixteen, on: machine, .power9)
    #expect(broken.walks == 16 && broken.faults == 1 && broken.walks4K == 15)
  }

  @Test func `pieces of a 1G leaf take an entry each where a level cannot hold it whole`() throws {
    let machine = try teachingMachine()
    // Four pieces of 2M of one 1G leaf: one entry in the first level, so one walk.
    let run = try result([0x140000, 0x140200, 0x140400, 0x140600], on: machine, .zen2)
    #expect(run.walks == 1 && run.reachBytes == 1 << 30)
    // Neoverse N1 holds 512M pieces in the first level, the whole in the second.
    let halves = try result([0x140000, 0x160000], on: machine, .neoverseN1)
    #expect(halves.firstMisses == 2 && halves.walks == 1)
  }

  @Test func `a contiguous group of arm64 takes one entry where the processor joins it`() throws {
    let description = try #require(MachineDescription(builtIn: "arm64-4g"))
    var cpu = description
    cpu.cpu[.rodataFull] = false
    let machine = try Machine(booting: cpu, kernel: .linux6_12Arm64)
    let group = try #require(machine.tables.lookup(machine.directMapAddress(of: 0x42000)))
    #expect(group.size == .size2M && group.flags.contains(.contiguous))
    // 64M: two groups of 32M, or 32 blocks of 2M, of which the first level holds each by itself.
    func walks(_ model: TLBModel) throws -> TLBResult {
      try TLBRun(
        model, .sequential(step: 4096), over: .pages(.frame(0x42000), 0x4000), accesses: 0x4000
      ).result(on: machine)
    }
    let joined = try walks(.neoverseN1)
    #expect(joined.walks == 2 && joined.walks2M == 2 && joined.firstMisses == 32)
    #expect(joined.reachBytes == 64 << 20)
    #expect(try walks(.skylake).walks == 32)
    // Sixteen 4K entries in a group of 64K.
    let small = TLBRun(
      .neoverseN1, .sequential(step: 4096), over: .pages(.frame(0x40200), 16), accesses: 16)
    #expect(try small.result(on: machine).walks == 1)
  }
}
