public import Engine
import History
import Keys

/// Where the steps of a lane come from.
public enum LaneSource: Equatable, Sendable {
  /// Calls that are made on the simulated machine, by a user or a scenario.
  case calls
  /// A recording of a real kernel: its steps are observed, and show what that kernel did.
  case recording(RecordedRun)
  /// A kernel that runs in a virtual machine: its steps are observed as they are asked for.
  case kernel(String)
  /// A map that was read from a real machine: it is looked at, and no call is made on it before it goes
  /// on in the simulation. Its steps, if there are any, are later readings.
  case map(MapReading)

  /// The recording, where it is one.
  package var recording: RecordedRun? {
    switch self {
    case .calls, .kernel, .map: nil
    case .recording(let run): run
    }
  }

  /// The real kernel that the steps are of, where it is one.
  public var kernelName: String? {
    switch self {
    case .calls, .map: nil
    case .recording(let run): run.kernelName
    case .kernel(let name): name
    }
  }

  /// The map that was read, where it is one.
  package var map: MapReading? {
    switch self {
    case .calls, .recording, .kernel: nil
    case .map(let reading): reading
    }
  }

  /// Whether it is a map that was read.
  package var isMap: Bool {
    switch self {
    case .calls, .recording, .kernel: false
    case .map: true
    }
  }
}

/// A map that was read from a real machine.
public struct MapReading: Equatable, Sendable {
  /// The file it was read from, or what stands for it.
  public var name: String
  /// What there is to say of it before any key is pressed.
  public var summary: [String]

  /// Creates what is known of a map.
  public init(name: String, summary: [String]) {
    self.name = name
    self.summary = summary
  }

  /// What was read, in a sentence.
  func sentence(_ keymap: Keymap) -> String {
    let parts = summary.joined(separator: "; ")
    return "Read from \(name): \(parts). \(keymap.key(.free)) continues in the simulation."
  }
}

extension Lane {
  /// A lane of a map that was read.
  ///
  /// - Parameters:
  ///   - machine: the machine with its leaves.
  ///   - name: what it is called where several lanes are compared; else empty.
  public init(_ reading: MapReading, on machine: Machine, named name: String = "") {
    let description = MachineDescription(
      name: reading.name, e820: [], cpu: machine.cpu, image: nil,
      architecture: machine.architecture)
    var setup = BootSetup(description, kernel: machine.kernel, file: reading.name)
    setup.policies = machine.policySet
    self.init(machine, setup: setup, named: name)
    source = .map(reading)
  }
}

/// A recording of a real kernel that is played.
public struct RecordedRun: Equatable, Sendable {
  /// The kernel as the recording names it.
  public var kernelName: String
  /// How many steps it has.
  public var steps: Int

  /// Creates what is known of a recording.
  public init(kernelName: String, steps: Int) {
    self.kernelName = kernelName
    self.steps = steps
  }
}

extension RecordedRun {
  /// How many calls are still those of the recording, which is on the first branch.
  package func keptCalls(in timeline: Timeline) -> Int {
    min(steps, timeline.sharedCalls(with: 0))
  }
}
