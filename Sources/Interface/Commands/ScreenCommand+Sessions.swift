import History

// Commands for marks and sessions.

extension ScreenCommand {
  static var marking: [ScreenCommand] {
    [
      ScreenCommand(
        "mark", "NAME", help: "Names this place in time; a mark of the name moves here.",
        example: "mark before-merge",
        run: { model, name in
          name.isEmpty
            ? .failed("say what to call this place: mark NAME") : Answer(error: model.setMark(name))
        }),
      ScreenCommand(
        "marks", help: "Lists the marks; goto NAME goes to one.", onlyLooks: true,
        run: { model, _ in
          if model.timeline.marks.isEmpty {
            return .failed("no mark is set; mark NAME sets one here")
          }
          model.layers.append(.report(model.markReport))
          return .done
        }),
      ScreenCommand(
        "unmark", "NAME", help: "Deletes a mark.", example: "unmark before-merge",
        words: { $0.timeline.marks.map(\.name) },
        run: { model, name in Answer(error: model.unmark(name)) }),
    ]
  }

  static var saving: [ScreenCommand] {
    [
      ScreenCommand(
        "record", "[FILE|off]",
        help:
          "Records the screen to an .html, .svg, .cast or .txt file, or the keys to a .dmap script.",
        example: "record demo.cast", onlyLooks: true, words: { _ in ["off"] }, writesFile: true,
        run: { model, path in model.record(path, replaces: false) }),
      ScreenCommand(
        "record!", "FILE", help: "Records over an existing file.", example: "record! demo.cast",
        onlyLooks: true, writesFile: true,
        run: { model, path in model.record(path, replaces: true) }),
      ScreenCommand(
        "save", "[FILE]",
        help: "Saves calls, branches, marks, stops and cursors; without a name to the same file "
          + "again.",
        example: "save try.dmap", writesFile: true,
        run: { model, path in model.save(path, replaces: false) }),
      ScreenCommand(
        "save!", "[FILE]",
        help: "Saves over any existing file, even one that changed meanwhile.",
        example: "save! try.dmap", writesFile: true,
        run: { model, path in model.save(path, replaces: true) }),
      ScreenCommand(
        "script", "FILE",
        help: "Saves the calls of this branch as a script, which directmap record performs.",
        example: "script demo.dmap", writesFile: true,
        run: { model, path in model.saveScript(path) }),
      ScreenCommand(
        "script!", "FILE", help: "Saves the script over an existing file.",
        example: "script! demo.dmap", writesFile: true,
        run: { model, path in model.saveScript(path, replacing: .anything) }),
      ScreenCommand(
        "open", "FILE", help: "Opens a session, a scenario or a recording.",
        example: "open try.dmap",
        run: { _, path in
          path.isEmpty
            ? .failed("say what to open: open FILE") : Answer(effects: [.open(path: path)])
        }),
    ]
  }
}
