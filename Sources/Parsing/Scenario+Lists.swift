import Language
import TLB

extension Scenario {
  /// Puts the addresses of files in the place of their names.
  ///
  /// - Parameter read: the text of a list by the name of its file as the scenario writes it; its error
  ///   is what was wrong, in words.
  /// - Returns: what is wrong with those that cannot be read.
  public mutating func readLists(
    _ read: (String) throws(ModuleFileError) -> String,
  ) -> [ParseError] {
    var errors = Self.readLists(of: &statements, read)
    guard var session else { return errors }
    for index in session.branches.indices {
      errors += Self.readLists(of: &session.branches[index].statements, read)
    }
    self.session = session
    return errors
  }

  private static func readLists(
    of statements: inout [LocatedStatement],
    _ read: (String) throws(ModuleFileError) -> String,
  ) -> [ParseError] {
    var errors: [ParseError] = []
    for index in statements.indices {
      guard case .tlb(var question) = statements[index].statement, let file = question.file,
        question.run.pattern.listedCount == 0
      else { continue }
      let location = statements[index].location
      do {
        let list = try AddressList(try read(file))
        question.run.pattern = .list(list.addresses)
        if question.run.accesses == TLBRun.usualAccesses {
          question.run.accesses = UInt64(list.addresses.count)
        }
        statements[index].statement = .tlb(question)
      } catch let error as ModuleFileError {
        errors.append(ParseError(.moduleFile(error), at: location))
      } catch {
        let reason = "\(file): expected \(error)"
        errors.append(ParseError(.moduleFile(ModuleFileError(reason)), at: location))
      }
    }
    return errors
  }
}
