import Engine
import TLB
import TestSupport
import Testing

/// Walks of five levels of page tables.
struct FiveLevelTests {
  private func steps(_ hasFiveLevels: Bool, _ model: TLBModel, accesses: UInt64) throws -> UInt64 {
    var cpu = CPUFeatures()
    cpu[.la57] = hasFiveLevels
    var machine = Machine.ofLargeLeaves(cpu: cpu)
    try machine.perform(.setMemory(.split4K, .frame(Machine.largeLeavesStart), 1))
    let start = machine.directMapAddress(of: Machine.largeLeavesStart)
    // A page, a leaf of 2M, one of 1G, and nothing.
    let pages: [PageCount] = [0, 512, 1 << 18, 1 << 20].map { PageCount($0) }
    let run = TLBRun(model, .list(pages.map { start + $0 }), accesses: accesses)
    return try run.result(on: machine).walkSteps
  }

  /// One table more each; a walker that has the entry of 512G does not read it again.
  @Test func `read the root too`() throws {
    var model = TLBModel.teaching
    model.walker = .none
    #expect(try steps(false, model, accesses: 4) == 4 + 3 + 2 + 4)
    #expect(try steps(true, model, accesses: 4) == 5 + 4 + 3 + 5)
    model.walker = TLBModel.WalkerCaches(pgd: 4, pud: 0, pmd: 0)
    #expect(try steps(false, model, accesses: 3) == 4 + 2 + 1)
    #expect(try steps(true, model, accesses: 3) == 5 + 2 + 1)
  }

  @Test func `a list may only have addresses of the machine`() {
    let machine = Machine.ofLargeLeaves()
    let other: VirtualAddress = 0xff11_0001_8000_0000
    #expect(throws: TLBError.target(.virtual(other), .notCanonical(other))) {
      try TLBRun(.teaching, .list([other]), accesses: 1).result(on: machine)
    }
  }
}
