import Engine
import Recordings
import TestSupport
import Testing

/// Inputs that once found a bug: they are read, or refused, and no longer trap.
@Suite struct CorpusTests {
  @Test func `grouping recordings of the corpus are checked or refused`() throws {
    let files = ProjectFiles.list("Tests/Corpus/grouping", ending: "jsonl")
    #expect(files.count >= 2)
    for file in files {
      let text = try ProjectFiles.text(file)
      let mismatch = (try? GroupingRecording(reading: text.utf8).check())?.mismatch
      #expect(mismatch != nil, "\(file)")
    }
  }

  @Test func `recordings of the corpus are checked or refused`() throws {
    let files = ProjectFiles.list("Tests/Corpus/recording", ending: "jsonl")
    #expect(!files.isEmpty)
    for file in files {
      let text = try ProjectFiles.text(file)
      let mismatch = (try? Recording(reading: text.utf8))?.check().mismatch
      #expect(mismatch != nil, "\(file)")
    }
  }

  @Test(arguments: [
    PageSupply.Answer.block(order: 0, PFN(.max)), .block(order: 9, PFN(.max - 511)),
    .block(order: 9, AddressLayout.pfnLimit), .block(order: 63, 0), .block(order: -1, nil),
  ])
  func `a block that no machine can have is not laid down`(answer: PageSupply.Answer) throws {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var machine = try Machine(booting: description, kernel: .linux6_1)
    let before = machine.checksum
    #expect(throws: CallError.self) { try machine.perform(.policy(.supply(answer))) }
    #expect(machine.checksum == before)
  }
}
