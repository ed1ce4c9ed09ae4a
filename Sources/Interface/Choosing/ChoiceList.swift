import Engine
import Lanes

/// A list from which another kernel, other policies or another machine are chosen.
public struct ChoiceList: Equatable, Sendable {
  /// What is chosen.
  enum Subject: Equatable, Sendable {
    case policies, kernels, machines
  }

  let subject: Subject
  /// Which of the items is selected.
  var index: Int
  /// The policies that are marked; `nil` until one was.
  var marked: PolicySet?
  /// What was just said.
  var said: String?

  /// A list with what is on selected.
  init(_ subject: Subject, on lane: Lane) {
    self.subject = subject
    index = 0
    let items = items(lane)
    index = items.firstIndex { $0.isOn == true } ?? 0
    // Where no policy is on, the grouping cache is the one to begin with.
    if subject == .policies, index == 0 {
      index = items.firstIndex { $0.name == PolicyName.edgecombe2021.rawValue } ?? 0
    }
  }

  /// The title of the list.
  func title(_ lane: Lane) -> String {
    let setup = lane.setup
    return switch subject {
    case .policies: "policies of \(setup.kernel.name): the same calls again under another one"
    case .kernels: "kernels: the same calls again under another one"
    case .machines: "machines: the same calls again on another one"
    }
  }

  /// What is to be chosen from.
  func rows(_ lane: Lane) -> [ListRow] {
    switch subject {
    case .policies: PolicyRows.all(lane.setup, marked ?? lane.setup.policies)
    case .kernels: KernelRows.all(lane.setup)
    case .machines: MachineRows.all(lane.setup)
    }
  }

  /// The items of the rows.
  func items(_ lane: Lane) -> [ListItem] { ListRow.items(rows(lane)) }
}

/// What comes of choosing an item.
struct Chosen {
  /// What is booted.
  var setup: BootSetup
  /// What comes along and what goes, in sentences that end with a space.
  var remark = ""
}

extension ChoiceList {
  /// What choosing an item leads to; `nil` where there is no such item.
  func choice(_ name: String, _ setup: BootSetup) -> Chosen? {
    switch subject {
    case .policies: PolicyRows.choice(name, setup, marked ?? setup.policies)
    case .kernels: KernelRows.choice(name, setup)
    case .machines: MachineRows.choice(name, setup)
    }
  }
}

extension BootSetup {
  /// The same with other policies.
  func under(_ policies: PolicySet) -> BootSetup {
    var setup = self
    setup.policies = policies
    return setup
  }

  /// The same with another kernel; policies of another architecture go.
  func under(_ kernel: KernelProfile) -> BootSetup {
    var setup = self
    setup.kernel = kernel
    setup.policies = policies.supported(on: kernel.architecture)
    return setup
  }

  /// The same on another machine; where that is of another architecture, with the kernel that it runs
  /// where nobody says which.
  func on(_ machine: MachineDescription) -> BootSetup {
    var setup = self
    setup.description = machine
    guard machine.architecture != kernel.architecture else { return setup }
    return setup.under(.standard(for: machine.architecture))
  }

  /// What of the policies another one has no more, in a sentence that ends with a space.
  func farewell(from old: BootSetup) -> String {
    let gone = old.policies.names.filter { !policies.names.contains($0) }.map(\.rawValue)
    return gone.isEmpty ? "" : "Without \(gone.joined(separator: ", ")). "
  }
}
