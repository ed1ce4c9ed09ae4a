import Engine
import KernelText
import Maps
import TestSupport
import Testing

/// Inputs that once found a bug: they are read, or refused, and no longer trap.
@Suite struct CorpusTests {
  @Test func `a dump whose lines look like two kernels' is read as its heading says`() throws {
    let text = try ProjectFiles.text("Tests/Corpus/map/two-forms.ptdump")
    let map = try ReadMap(dump: BytesInMemory(Array(text.utf8)))
    #expect(map.origin == .dump(.x86))
    let machine = try map.machine(kernel: .standard(for: map.architecture))
    #expect(machine.directMapLeaves.map(\.start) == map.leaves.map(\.start))
  }
}
