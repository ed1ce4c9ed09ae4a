import TestSupport
import Testing

/// The commands of the documents that need a real kernel. They run beside ``LabCommandTests``, one at a
/// time as those do: two guests keep two cores busy.
@Suite(.serialized, .waitsForGuests) struct LabPageTests {
  @Test(
    .enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"),
    arguments: DocumentedCommand.onKernel)
  func `the commands of the pages run`(command: DocumentedCommand) throws {
    let kernel = try #require(LabKernels.x86Image)
    let folder = try Folder()
    let words = command.words.dropFirst().map { word in
      word.replacing("KERNEL", with: kernel)
        .replacing("rox.jsonl", with: "\(folder.path)/rox.jsonl")
        .replacing("zap.txt", with: "\(folder.path)/zap.txt")
    }
    let result = try Program.run(words + LabCommandTests.quick)
    // A variant of another kernel differs, and a scenario claims what holds of its own machine.
    let mayFail = ["compare ", "run "].contains(where: command.line.contains)
    #expect(result.status == 0 || (mayFail && result.status == 1), "\(result.errors)")
    #expect(!result.output.contains("The simulation differs"))
    #expect(!result.output.isEmpty, "\(result.errors)")
  }
}
