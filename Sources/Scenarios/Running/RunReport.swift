import Engine
import FoundationEssentials
import KernelText
import Language
import Narration

/// What a run came to, as `directmap run --format json` prints it: the keys are those of the kernel
/// recordings where they say the same.
public struct RunReport: JSONReport, Codable, Equatable, Sendable {
  /// The scenario's file.
  public var file: String
  /// The kernel version.
  public var kernel: String
  /// The policies that the kernel was built with; `nil` if none.
  public var policies: [String]?
  /// The exit status: 0, 1 after a claim that did not hold, 2 after an error, 3 at a stop.
  public var status: Int32
  /// The calls, in order.
  public var steps: [Step] = []
  /// The notes, in order.
  public var notes: [Note] = []
  /// The answers, in order; `nil` if nothing was asked.
  public var answers: [Answer]?
  /// What accesses cost, in order; `nil` if nothing was asked.
  public var tlb: [TLBRow]?
  /// The claims, in order.
  public var expects: [Expect] = []
  /// The error that ended the run, if one did.
  public var error: String?
  /// Where the run was stopped, if it was.
  public var stop: Stopped?

  /// A stop that ended a run.
  public struct Stopped: Codable, Equatable, Sendable {
    /// The number of the stop, from 1; 0 if the engine itself is wrong.
    public var number: Int
    /// The stop as a line of the language.
    public var condition: String
    /// How many calls are complete.
    public var call: Int
    /// How many events of the next one have happened.
    public var event: Int
    /// What was found, in a sentence.
    public var sentence: String
  }

  /// A call and the machine after it.
  public struct Step: Codable, Equatable, Sendable {
    /// The call as a line of the language.
    public var call: String
    /// Its line in the file.
    public var line: Int
    /// What it returned.
    public var ret: Int32
    /// Splits by this call: of 2M and 1G leaves.
    public var splits: [String: Int64]
    /// Collapses by this call: to 2M and 1G leaves.
    public var collapses: [String: Int64]
    /// The kilobytes of `/proc/meminfo` after the call: 4k, 2M, 1G.
    public var directMapKilobytes: [String: Int64]
    /// Entries into the flush functions by this call.
    public var calls: [String: Int64]
    /// What a call that zaps counted, by the names of the language.
    public var zap: [String: Int64]?
    /// The expressions that are displayed, with their values; `nil` if there are none.
    public var display: [String]?

    enum CodingKeys: String, CodingKey {
      case call, line, ret, splits, collapses, calls, zap, display
      case directMapKilobytes = "direct_map_kB"
    }
  }

  /// A note.
  public struct Note: Codable, Equatable, Sendable {
    /// How many calls came before it.
    public var after: Int
    /// Its words.
    public var text: String
  }

  /// An answer to a question.
  public struct Answer: Codable, Equatable, Sendable {
    /// How many calls came before it.
    public var after: Int
    /// Its line in the file.
    public var line: Int
    /// The question as a line of the language.
    public var question: String
    /// The answer.
    public var sentences: [String]
    /// The areas of vmalloc space, if these were asked for.
    public var areas: [AreaReport]?
  }

  /// A claim.
  public struct Expect: Codable, Equatable, Sendable {
    /// How many calls came before it.
    public var after: Int
    /// Its line in the file.
    public var line: Int
    /// The expression.
    public var expression: String
    /// Whether it holds.
    public var holds: Bool
    /// What it looked at, if it does not hold.
    public var readings: [String]?
  }

  /// A run that has not begun.
  public init(file: String, kernel: String, policies: [String] = []) {
    self.file = file
    self.kernel = kernel
    self.policies = policies.isEmpty ? nil : policies
    status = 0
  }

  /// The line before the calls: the kernel and its policies, if it has any.
  public var header: String? {
    policies.map { ([kernel] + $0).joined(separator: " + ") }
  }

  /// Adds what a statement came to, on the machine after it.
  public mutating func add(_ step: Runner.Step, _ machine: Machine) {
    let line = step.located.location.line
    switch step.outcome {
    case .called(let call, let code, let growth, events: _):
      steps.append(Step(call, line: line, code, growth, machine))
      if !step.displayed.isEmpty { steps[steps.count - 1].display = step.displayed }
      steps[steps.count - 1].zap = step.zap.map { counts in
        Dictionary(uniqueKeysWithValues: ZapCounter.allCases.map { ($0.name, counts[$0]) })
      }
    case .noted(let text):
      notes.append(Note(after: step.callNumber, text: text))
    case .paused: break
    case .answered(let answer):
      let question = step.located.statement.scenarioText
      answers =
        (answers ?? []) + [
          Answer(
            after: step.callNumber, line: line, question: question, sentences: answer.sentences)
        ]
    case .measured(let answer):
      tlb = (tlb ?? []) + [TLBRow(answer, after: step.callNumber, line: line)]
    case .listed(let areas):
      let answer = Answer(
        after: step.callNumber, line: line, question: step.located.statement.scenarioText,
        sentences: areas.sentences, areas: areas.map(AreaReport.init))
      answers = (answers ?? []) + [answer]
    case .held(let expression):
      expects.append(
        Expect(
          after: step.callNumber, line: line, expression: expression.scenarioText, holds: true))
    case .failed(let expression, let readings):
      status = 1
      expects.append(
        Expect(
          after: step.callNumber, line: line, expression: expression.scenarioText, holds: false,
          readings: readings))
    }
  }

  /// The run in one line: how many calls and claims, and how many of these do not hold.
  public var summary: String {
    RunTally(calls: steps.count, expects: expects.count, failures: expects.count { !$0.holds })
      .summary
  }
}

extension RunReport.Step {
  fileprivate init(
    _ call: Call, line: Int, _ code: ReturnCode, _ growth: Counters, _ machine: Machine,
  ) {
    self.call = call.scenarioText
    self.line = line
    ret = code.rawValue
    splits = ["2M": growth[.level2Splits], "1G": growth[.level3Splits]]
    collapses = ["2M": growth[.level2Collapses], "1G": growth[.level3Collapses]]
    directMapKilobytes = [
      "4k": machine.directMapKilobytes(.size4K), "2M": machine.directMapKilobytes(.size2M),
      "1G": machine.directMapKilobytes(.size1G),
    ]
    let flushes: [Counter] = [
      .flushTLBAll, .cpaFlush, .cpaFlushTLB, .flushTLBOneKernel, .flushTLBKernelRange,
    ]
    calls = [:]
    for counter in flushes { calls[Reading.counter(counter).name] = growth[counter] }
  }
}
