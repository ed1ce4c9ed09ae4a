import Engine
import Interface
import Lab
import Language

extension PlayedModel {
  /// A presenter over a real kernel, who performs a script, or plays the calls of a scenario to their end.
  ///
  /// - Parameter adopt: prepares the screen before anything is done.
  /// - Throws: as a presenter over a simulated machine does.
  nonisolated static func director(
    of file: String, on lab: LabKernel, _ adopt: (inout Model) -> Void,
  ) throws -> Director {
    let scenario = try ScenarioFile(file).read()
    guard scenario.isScript else {
      var model = try Model(over: lab, playing: scenario.statements)
      adopt(&model)
      return Director(playing: model)
    }
    var model = try Model(over: lab)
    adopt(&model)
    if let refusal = ScriptCheck(scenario.statements, keymap: model.keymap).refusal {
      throw refusal
    }
    return Director(performing: scenario.statements, on: model)
  }
}
