public import Engine
import Language
import Parsing

/// The lines that are carried out where a run without a screen has stopped: questions, claims and
/// notes, and calls, which are made when the call that was hit is over. `continue` goes on, unless one
/// of them fails.
public struct StopCommands: Sendable {
  private let lines: [String]

  /// The lines of a stop.
  public init(_ lines: [String]) { self.lines = lines }

  /// Carries them out on the machine at the stop, which stays as it is.
  /// What is wrong with a line is among what is said.
  ///
  /// - Returns: what is said, the calls that are to be made, and whether the run goes on.
  public func carryOut(
    on machine: Machine,
  ) -> (lines: [String], calls: [Call], goesOn: Bool) {
    var said: [String] = []
    var calls: [Call] = []
    var goesOn = false
    var fails = false
    for line in lines {
      if line == "continue" {
        goesOn = true
        continue
      }
      if StopLine.isOfScreen(line), !line.hasPrefix("tlb") {
        said.append(Self.notHere(line))
        continue
      }
      do throws(ParseError) {
        guard let located = try Parser(file: "do").statement(ofLine: line) else { continue }
        if case .call(let call) = located.statement {
          calls.append(call)
          continue
        }
        guard located.statement.isQuestion else {
          said.append(Self.notHere(line))
          continue
        }
        var runner = Runner([located], on: machine)
        do {
          while let step = try runner.next() {
            said += step.lines
            if case .failed = step.outcome { fails = true }
          }
        } catch {
          fails = true
          said.append("   \(line): \(error)")
        }
      } catch {
        fails = true
        said.append("   \(line): \(error.reason)")
      }
    }
    return (said, calls, goesOn && !fails)
  }

  private static func notHere(_ line: String) -> String {
    "   \(line): only calls, why, tlb, areas, print, expect and note are carried out at a stop without a screen"
  }
}

extension Statement {
  /// Whether the statement only asks or tells.
  fileprivate var isQuestion: Bool {
    switch self {
    case .note, .why, .tlb, .areas, .printing, .expect: true
    case .display: false
    case .machine, .firmware, .kernel, .cpu, .policy, .rule, .call, .moduleFile, .pause, .stop,
      .direction, .lesson, .session:
      false
    }
  }
}
