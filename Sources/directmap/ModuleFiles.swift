import Engine
import KernelText
import Language

/// The module files that a scenario names: beside the scenario's own file, if they name no folder of
/// their own from the root on.
nonisolated struct ModuleFiles {
  /// The folder of the scenario, with its slash; empty for the one that the program runs in.
  private let folder: String

  /// The files of a scenario.
  init(of scenario: String) {
    folder = scenario.lastIndex(of: "/").map { String(scenario[...$0]) } ?? ""
  }

  /// The text of a file.
  func text(_ file: String) throws(ModuleFileError) -> String {
    do throws(UserError) {
      let path = file.hasPrefix("/") ? file : folder + file
      return String(decoding: try CommandLine.bytes(ofFile: path), as: UTF8.self)
    } catch {
      throw ModuleFileError(error.description)
    }
  }

  /// The sizes of the module in a file.
  func sizes(_ file: String) throws(ModuleFileError) -> ModuleSizes {
    let path = file.hasPrefix("/") ? file : folder + file
    do {
      return try ModuleSizes(readingELF: CommandLine.bytes(ofFile: path))
    } catch let error as UserError {
      throw ModuleFileError(error.description)
    } catch {
      throw ModuleFileError("\(path): \(error)")
    }
  }
}
