import Engine
import Interface
import Scenarios
import Screen

/// A machine that has just booted, as the program shows it without arguments.
func bootedModel(
  _ machine: String = "teaching-4g", _ kernel: KernelProfile = .linux7_2,
) throws -> Model {
  guard let description = MachineDescription(builtIn: machine) else { throw NoSuchMachine() }
  return Model(
    try Machine(booting: description, kernel: kernel), setup: Setup(description, kernel: kernel))
}

struct NoSuchMachine: Error {}

/// A scenario, carried out and seen from its beginning.
func scenarioModel(_ text: String) throws -> Model {
  let scenario = try Scenario(parsing: text, file: "test.dm")
  guard let description = MachineDescription(builtIn: scenario.machine ?? "teaching-4g") else {
    throw NoSuchMachine()
  }
  let kernel = scenario.kernel ?? .linux7_2
  let machine = try Machine(booting: description, kernel: kernel)
  return try Model(
    playing: scenario.statements, on: machine,
    setup: Setup(description, kernel: kernel, file: "test.dm"))
}

extension Model {
  /// Presses keys, named as in the help and separated by spaces; returns all effects.
  @discardableResult
  mutating func press(_ keys: String) -> [Effect] {
    keys.split(separator: " ").flatMap { name in
      Input(name: String(name)).map { update(.input($0)) } ?? []
    }
  }

  /// Types a line, character by character.
  mutating func type(_ text: String) {
    for character in text { _ = update(.input(.character(character))) }
  }
}

/// The sizes of the golden screens: the smallest usual one, a projector's, a large one, an odd one.
let goldenSizes = [
  Size(width: 80, height: 24), Size(width: 120, height: 40), Size(width: 200, height: 60),
  Size(width: 93, height: 31),
]
