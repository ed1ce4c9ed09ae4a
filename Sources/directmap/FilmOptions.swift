import ArgumentParser

/// What is recorded while somebody uses the screen.
struct FilmOptions: ParsableArguments {
  @Option(
    name: .customLong("record"),
    help: ArgumentHelp(
      "Record the screen from the beginning: .html, .svg, .cast or .txt; .dmap records the keys.",
      valueName: "file"))
  var film: String?

  @Flag(help: "With --record, replace any file of that name.")
  var force = false

  func validate() throws {
    if force, film == nil {
      throw ValidationError("--force replaces what --record names: give both")
    }
  }
}
