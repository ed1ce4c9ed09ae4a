import Engine
import Language
import Parsing
import Scenarios

/// A small machine state, a call, and questions about it.
public struct Exercise: Equatable, Sendable {
  /// Its topic.
  public var topic: Topic
  /// The machine and the calls made on it, as lines of the scenario language.
  public var setup: [String]
  /// The call that the questions are about, as a line.
  public var call: String
  /// What holds before the call and cannot be known from the lines: a sentence each.
  public var facts: [String]
  /// The questions.
  public var questions: [Question]

  /// The exercise as a scenario, to be played.
  public var scenarioText: String {
    (["# \(topic.summary)"] + setup + [call]).map { $0 + "\n" }.joined()
  }
}

/// The lines of an exercise; the last is the call that the questions are about.
struct Draft: Equatable {
  var machine = "teaching-4g"
  var kernel: String
  var policies: [String] = []
  var cpu: [String] = []
  var calls: [String] = []

  init(_ kernel: String) { self.kernel = kernel }

  /// The machine to boot.
  var boot: [String] {
    ["machine \(machine)", "kernel \(kernel)"] + cpu.map { "cpu \($0)" }
      + policies.map { "policy \($0)" }
  }
}

/// Makes exercises from drafts. It keeps the machines that it booted.
struct ExerciseMaker {
  private var machines: [[String]: Machine] = [:]

  /// The call of a draft, tried on the machine that the lines before it lead to; `nil` if one of
  /// them fails.
  mutating func trial(_ draft: Draft) -> Trial? {
    let text = (draft.boot + draft.calls).map { $0 + "\n" }.joined()
    do {
      let scenario = try Scenario(parsing: text, file: "exercise")
      guard let last = scenario.calls.last, var machine = try booted(draft.boot, scenario) else {
        return nil
      }
      for call in scenario.calls.dropLast() { try machine.perform(call) }
      return try Trial(last, on: machine)
    } catch {
      return nil
    }
  }

  private mutating func booted(_ lines: [String], _ scenario: Scenario) throws(BootError)
    -> Machine?
  {
    if let machine = machines[lines] { return machine }
    guard let name = scenario.machine, let description = MachineDescription(builtIn: name) else {
      return nil
    }
    let machine = try scenario.boot(description, kernel: .linux7_2)
    machines[lines] = machine
    return machine
  }
}
