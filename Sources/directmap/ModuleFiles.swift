import Engine
import Scenarios

/// The module files that a scenario names: beside the scenario's own file, if they name no folder of
/// their own from the root on.
nonisolated struct ModuleFiles {
  /// The folder of the scenario, with its slash; empty for the one that the program runs in.
  private let folder: String

  /// The files of a scenario.
  init(of scenario: String) {
    folder = scenario.lastIndex(of: "/").map { String(scenario[...$0]) } ?? ""
  }

  /// The sizes of the module in a file.
  func sizes(_ file: String) throws(ModuleFileError) -> ModuleSizes {
    let path = file.hasPrefix("/") ? file : folder + file
    do throws(UserError) {
      _ = try CommandLine.bytes(ofFile: path)
    } catch {
      throw ModuleFileError(error.description)
    }
    throw ModuleFileError(
      "\(path) cannot be read as a module yet; give its sizes, such as text=24K")
  }
}
