import Engine
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

/// Changes a text at random, as slips of the hand and worse do.
struct Mutator {
  var random: SeededGenerator
  let words: [String]

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    words =
      Command.all.map(\.name) + Expression.vocabulary + [
        "pfn:", "phys:", "+", "-", "(", ")", "!", "==", "&&", "0", "1", "512", "2M", "1G", "0x",
        "18446744073709551615", "0xffffffffffffffff", "1099511627776", "0xffff888140000000",
        "0xfffffffffffff000", "stride", "at", "\"", "\\", "#", "\n", "\u{0}", "é", "on", "area",
      ]
  }

  mutating func mutate(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0...random.next(below: 4) {
      let place = random.next(below: scalars.count + 1)
      let length = random.next(below: min(12, scalars.count - place + 1))
      switch random.next(below: 4) {
      case 0: scalars.removeSubrange(place..<place + length)
      case 1: scalars.insert(contentsOf: scalars[place..<place + length], at: place)
      case 2:
        scalars.replaceSubrange(
          place..<place + length, with: Array(random.pick(words).unicodeScalars))
      default:
        let scalar = Unicode.Scalar(UInt8(random.next(below: 128)))
        scalars.insert(scalar, at: place)
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}

/// Runs what can be run; calls on very many pages are left out.
private func runAnyhow(_ scenario: Scenario, on machine: Machine) {
  let statements = scenario.statements.filter { located in
    if case .call(let call) = located.statement { return call.pages <= 600 }
    return true
  }
  for located in statements {
    var runner = Runner([located], on: machine)
    _ = try? runner.next()
  }
  var runner = Runner(statements, on: machine)
  while let step = try? runner.next(logging: true) { _ = step.lines }
}

@Suite struct MutationTests {
  /// Long workloads would take most of the time and find nothing that short ones do not.
  private static let names = Assets.names.filter { Assets.text($0).utf8.count < 8192 }

  @Test(arguments: names, 0..<24)
  func `never traps on a mutated scenario`(name: String, seed: Int) throws {
    var mutator = Mutator(seed: UInt64(seed))
    let text = Assets.text(name)
    let machine = Machine.ofLargeLeaves(kernel: seed % 2 == 0 ? .linux7_2 : .linux6_1)
    for _ in 0..<12 {
      let mutated = mutator.mutate(text).replacing("pfn:0x14", with: "pfn:0x18")
      do throws(ParseError) {
        runAnyhow(try Scenario(parsing: mutated, file: "t"), on: machine)
      } catch {
        #expect(error.description.hasPrefix("t:\(error.location.line):\(error.location.column): "))
        #expect(!error.description.contains("\n"))
        #expect(error.location.line <= mutated.unicodeScalars.count { $0 == "\n" } + 1)
      }
    }
  }

  @Test(arguments: 0..<64)
  func `never traps on a line of random words`(seed: Int) {
    var mutator = Mutator(seed: UInt64(seed))
    let machine = Machine.ofLargeLeaves()
    for _ in 0..<60 {
      let count = mutator.random.next(below: 8) + 1
      let line = (0..<count).map { _ in mutator.random.pick(mutator.words) }
        .joined(separator: mutator.random.next(below: 2) == 0 ? " " : "")
      if let scenario = try? Scenario(parsing: line, file: "t") { runAnyhow(scenario, on: machine) }
    }
  }

  @Test(arguments: 0..<64)
  func `never traps on random calls`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var machine = Machine.ofLargeLeaves(kernel: random.pick(KernelProfile.x86))
    for _ in 0..<60 {
      let call = random.call()
      if call.pages <= 600 { _ = try? machine.perform(call) }
    }
  }
}
