import TestSupport
import Testing

/// What the first words of a command line that are no commands lead to.
@Suite(.waitsForPrograms) struct FirstWordTests {
  @Test(arguments: [
    (["--hlep"], "there is no option --hlep; did you mean --help?"),
    (["play", "--hepl"], "there is no option --hepl; did you mean --help?"),
    (["--verison"], "there is no option --verison; did you mean --version?"),
    (["pla", "tour.dmap"], "there is no command or file 'pla'; did you mean directmap play?"),
    (["lesons"], "did you mean directmap lessons?"),
    (["recrod", "x.dmap", "-o", "x.svg"], "did you mean directmap record?"),
    (["one-page"], "one-page is a lesson: directmap lesson one-page"),
    (["gibberish"], "there is no command or file 'gibberish'; directmap --help lists the commands"),
    (["tuor.dmap"], "tuor.dmap does not exist; check the name"),
    (["play", "--them", "dark"], "Did you mean '--theme'?"),
  ])
  func `what is mistyped is told with what was meant`(
    arguments: [String], message: String,
  ) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 2 && result.output == "")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ("machines", "teaching-4g"), ("kernels", "linux-7.2"), ("policies", "kirill-2020"),
    ("topics", "zapping"), ("themes", "colorblind"), ("machine", "arm64-4g"),
  ])
  func `a word for a list is answered with the list`(word: String, entry: String) throws {
    let result = try Program.run([word])
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.split(separator: "\n").contains { $0.hasPrefix(entry) })
    #expect(result.output.contains("\ndirectmap "))
  }

  @Test func `a file of such a name comes first`() throws {
    let folder = try Folder()
    try folder.write("set_memory_ro pfn:0x140000", "machines")
    let result = try Program.run(["machines", "--plain", "--all"], in: folder.path)
    #expect(result.status == 0 && result.output.contains("set_memory_ro"))
  }
}
