import Engine
import TestSupport
import Testing

@Suite struct TargetTests {
  /// Models and examples that name the same target twice agree even where its page is lost.
  @Test func `a page of an area lies that many pages behind its start`() throws {
    var machine = Machine.ofLargeLeaves()
    let name = try #require(Name("a"))
    let frames = FrameStride(first: Machine.largeLeavesStart, count: 8)
    try machine.perform(.vmap(name, frames, at: nil))
    let start = try machine.address(of: .area(name, page: 0), 8)
    #expect(try machine.address(of: .area(name, page: 5), 3) == start + 5)
    try machine.perform(.setMemory(.ro, .area(name, page: 5), 1))
    let readOnly = (0..<8 as Range<UInt64>).filter {
      machine.tables.lookup(start + PageCount($0))?.flags.contains(.writable) == false
    }
    #expect(readOnly == [5])
  }
}
