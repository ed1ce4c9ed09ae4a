import Engine
import Interface
import Lanes
import Language
import Parsing
import Screen

/// A machine that has just booted, as the program shows it without arguments.
func bootedModel(
  _ machine: String = "teaching-4g", _ kernel: KernelProfile = .linux7_2,
) throws -> Model {
  guard let description = MachineDescription(builtIn: machine) else { throw NoSuchMachine() }
  return Model(
    try Machine(booting: description, kernel: kernel), setup: BootSetup(description, kernel: kernel)
  )
}

struct NoSuchMachine: Error {}

/// A scenario, carried out and seen from its beginning.
func scenarioModel(_ text: String) throws -> Model {
  let scenario = try Scenario(parsing: text, file: "test.dm")
  let builtIn = MachineDescription(builtIn: scenario.machine ?? "teaching-4g")
  guard var description = scenario.ownMachine ?? builtIn else {
    throw NoSuchMachine()
  }
  for change in scenario.cpu { change.apply(to: &description.cpu) }
  let setup = BootSetup(
    description, kernel: scenario.kernel ?? .linux7_2, policies: scenario.policies, file: "test.dm")
  return try Model(playing: scenario.statements, on: Lane(booted(setup), setup: setup))
}

/// A scenario under two sets of policies, side by side.
func comparedModel(_ text: String, _ first: [PolicyName], _ second: [PolicyName]) throws -> Model {
  try comparedModel(text, [("first", first), ("second", second)])
}

/// A scenario under several sets of policies, each under a name, side by side.
func comparedModel(
  _ text: String, _ variants: [(name: String, policies: [PolicyName])],
) throws -> Model {
  let scenario = try Scenario(parsing: text, file: "test.dm")
  guard let description = MachineDescription(builtIn: "teaching-4g") else { throw NoSuchMachine() }
  let lanes = try variants.map { name, policies in
    let setup = BootSetup(
      description, kernel: scenario.kernel ?? .linux7_2, policies: try PolicySet(policies),
      file: "test.dm")
    return Lane(try booted(setup), setup: setup, named: name)
  }
  return try Model(
    playing: scenario.statements, on: lanes[0], beside: Array(lanes.dropFirst()))
}

private func booted(_ setup: BootSetup) throws -> Machine {
  try Machine(
    booting: setup.description, kernel: setup.kernel,
    options: BootOptions(policies: setup.policies))
}

/// Three calls that work, and one in which the prototype of 2022 stops the kernel.
let bugScenario = """
  kernel linux-6.1
  policy hyeyoo-count-2022
  set_memory_ro pfn:0x140000
  set_memory_rw pfn:0x140000
  set_memory_ro pfn:0x140200 2M
  set_memory_rw pfn:0x140200
  """

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
  Size(width: 93, height: 31), Size(width: 100, height: 30),
]
