// The command that turns questions before calls on and off.

extension ScreenCommand {
  static var predicting: [ScreenCommand] {
    [
      ScreenCommand(
        "predict", "[on|off]",
        help: "Asks what will happen before each call, or no more; alone, lists what was wrong.",
        example: "predict on", words: { _ in ["on", "off"] },
        run: { model, text in
          switch text {
          case "on":
            model.predict(true)
            model.say("Before each call comes one question; a letter answers it.")
          case "off":
            model.predict(false)
            model.say(
              "No more questions" + (model.predictions.score.map { ": \($0)." } ?? "."))
          case "": model.showScore()
          default: return .failed("predict on, predict off, or predict alone for the score")
          }
          return .done
        })
    ]
  }
}
