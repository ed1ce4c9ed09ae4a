import Foundation
import TestSupport
import Testing

/// Escape sequences in everything that the program reads, and what it then writes.
@Suite(.waitsForPrograms) struct InjectionTests {
  @Test(arguments: [1, 2])
  func `no byte of a stranger reaches the terminal as an order`(seed: Int) throws {
    let words = try OtherProgram.tool(
      "inject", [try Program.url().path, ProjectFiles.root.path, "\(seed)", "150"])
    #expect(words == "150 runs, 0 let something out\n")
  }

  /// Input that set the clipboard and the title of the terminal before all output went through one
  /// file.
  @Test(arguments: [
    ["verify"], ["play", "--plain", "--all"], ["record", "-o", "-", "--format", "txt"],
  ])
  func `the clipboard stays the user's`(command: [String]) throws {
    let folder = try Folder()
    let header = try ProjectFiles.text("Assets/recordings/linux-7.2.12/rox-1.jsonl")
      .split(separator: "\n")[0]
    let order = "\\u001b]52;c;cm0gLXJmIH4K\\u0007\\u001b]2;owned\\u0007"
    try folder.write(
      header.replacing("directmap-kernel-trace", with: order) + "\n", "a.jsonl")
    let result = try Program.run(command + ["a.jsonl"], in: folder.path)
    #expect(result.status == 2)
    #expect(!result.errors.contains("\u{1b}") && !result.errors.contains("\u{7}"))
    #expect(result.errors.contains("\\u{1b}]52;c;cm0gLXJmIH4K\\u{7}"), "\(result.errors)")
  }
}
