import Engine
import Language
import Scenarios
import TLB

// Commands that set stops and ask questions.

extension ScreenCommand {
  static var stopping: [ScreenCommand] {
    [
      ScreenCommand(
        "stops", help: "Lists the stops, to turn them on and off, change and delete them.",
        onlyLooks: true,
        run: { model, _ in
          model.layers.append(.stops(0))
          return .done
        }),
      ScreenCommand(
        "delete", "N|all", help: "Deletes a stop.", example: "delete 2", words: numbers,
        run: { model, text in
          if text == "all" {
            model.stops.removeAll()
            model.say("No stop is left.")
            return .done
          }
          return model.changingStop(text, "deleted") { $0.remove($1) }
        }),
      ScreenCommand(
        "enable", "N", help: "Turns a stop on.", example: "enable 2", words: numbers,
        run: { model, text in model.changingStop(text, "on") { $0.enable($1, true) } }),
      ScreenCommand(
        "disable", "N", help: "Turns a stop off; it stays in the list.", example: "disable 2",
        words: numbers,
        run: { model, text in model.changingStop(text, "off") { $0.enable($1, false) } }),
    ]
  }

  private static let numbers: @Sendable (Model) -> [String] = { model in
    model.stops.items.map { String($0.number) }
  }

  static var asking: [ScreenCommand] {
    [
      ScreenCommand(
        "gather",
        help: "Shows the batches of a zap as they fill, and its counts before and after 6.9.",
        run: { model, _ in
          model.show(.gather)
          return .done
        }),
      ScreenCommand(
        "who",
        help:
          "Goes back to the call that last changed what maps the page; again, to the one before.",
        run: { model, _ in model.answering { $0.findWho() } }),
      ScreenCommand(
        "what-if", "CALL", help: "Shows what a call would change, without making it.",
        example: "what-if set_memory_rox pfn:0x180000 512",
        words: { _ in Command.firstCallWords },
        run: { model, line in Answer(error: model.whatIf(line)) }),
      ScreenCommand(
        "tlb", "[PRESET] [PATTERN] [all|TARGET [COUNT]] ...",
        help:
          "Shows what accesses cost in a TLB at this moment, beside what they cost at the start.",
        example: "tlb skylake random all",
        words: { _ in TLBModel.all.map(\.name) + AccessPattern.Name.allCases.map(\.rawValue) },
        run: { model, text in Answer(error: model.measure(line: text)) }),
      ScreenCommand(
        "report", "FILE",
        help: "Writes a bug report where the engine itself is wrong.",
        example: "report bug.dmap", writesFile: true,
        run: { model, path in model.report(to: path) }),
      ScreenCommand(
        "report!", "FILE", help: "Writes the report over an existing file.",
        example: "report! bug.dmap", writesFile: true,
        run: { model, path in model.report(to: path, replacing: .anything) }),
      ScreenCommand(
        "find", "WHAT",
        help:
          "Looks through the map: a place, a size, ro, rwx, absent, has D, lacks G, owner NAME, odd.",
        example: "find lacks G", words: { _ in MapSearch.firstWords },
        run: { model, text in
          guard !text.isEmpty else {
            return .failed("say what: \(MapSearch.firstWords.joined(separator: ", ")), or a place")
          }
          return Answer(error: model.search(text))
        }),
    ]
  }
}

extension Model {
  fileprivate mutating func changingStop(
    _ text: String, _ done: String, _ change: (inout StopList, Int) -> Bool,
  ) -> ScreenCommand.Answer {
    guard let number = Int(text), change(&stops, number) else {
      let numbers = stops.items.map { String($0.number) }.joined(separator: ", ")
      return .failed(
        stops.isEmpty
          ? "no stop is set" : "there is no stop \(text.prefix(20)); there are \(numbers)")
    }
    say("Stop \(number) is \(done).")
    return .done
  }
}
