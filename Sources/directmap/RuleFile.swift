import Engine
import KernelText
import Language
import Parsing

/// Files of rules, as a user names them on the command line.
nonisolated enum RuleFile {
  /// The rules of files, in order.
  static func rules(_ paths: [String]) throws(UserError) -> [Rule] {
    var rules: [Rule] = []
    for path in paths { rules += try self.rules(path) }
    return rules
  }

  private static func rules(_ path: String) throws(UserError) -> [Rule] {
    let file = ScenarioFile(path)
    do {
      return try Parser.rules(streaming: file.lines(), file: file.name)
    } catch let error as ParseError {
      throw UserError(error.description)
    } catch let error as LineTooLong {
      throw UserError(inFile: file.name, error)
    } catch let error as UserError {
      throw error
    } catch {
      throw UserError("\(file.name): \(error)")
    }
  }

  /// Policies with the rules of files.
  static func adding(_ paths: [String], to policies: PolicySet) throws(UserError) -> PolicySet {
    var policies = policies
    for rule in try rules(paths) {
      do throws(PolicyError) {
        policies = try policies.adding(rule)
      } catch {
        throw UserError(error.description)
      }
    }
    return policies
  }
}
