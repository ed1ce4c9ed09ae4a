import Engine
import Lanes

/// The machines as a list.
enum MachineRows {
  /// The rows, the machine that is shown first where it is not built in.
  static func all(_ setup: BootSetup) -> [ListRow] {
    var rows: [ListRow] = []
    if !MachineDescription.builtIn.contains(setup.description) {
      rows += [.heading("The machine of the file"), .item(item(setup.description, setup))]
    }
    for (architecture, machines) in [
      (Architecture.x86_64, MachineDescription.x86), (.arm64, MachineDescription.arm64),
    ] {
      rows.append(.heading("Machines for \(architecture.rawValue)"))
      rows += machines.map { .item(item($0, setup)) }
    }
    return ListItem.withKeys(rows)
  }

  private static func item(_ machine: MachineDescription, _ setup: BootSetup) -> ListItem {
    let new = setup.on(machine)
    var details = "\(machine.name): \(words(machine)). It runs \(new.software)."
    if new.kernel != setup.kernel { details += " \(setup.kernel.name) does not run there." }
    return ListItem(
      name: machine.name, words: words(machine),
      details: details + " " + new.farewell(from: setup), isOn: machine == setup.description)
  }

  private static func words(_ machine: MachineDescription) -> String {
    let bytes = machine.e820.filter { $0.kind == .usable }.reduce(UInt64(0)) {
      $0 + ($1.range.upperBound.rawValue - $1.range.lowerBound.rawValue)
    }
    let mebibytes = (bytes + 1 << 19) >> 20
    let size =
      mebibytes >= 1 << 20
      ? "\((mebibytes + 1 << 19) >> 20) TiB" : "\((mebibytes + 1 << 9) >> 10) GiB"
    let nodes = machine.nodes.count == 1 ? "one node" : "\(machine.nodes.count) nodes"
    let cpus = machine.cpu.cpus == 1 ? "one CPU" : "\(machine.cpu.cpus) CPUs"
    return "\(size) of RAM, \(nodes), \(cpus)"
  }

  /// What choosing a machine leads to.
  static func choice(_ name: String, _ setup: BootSetup) -> Chosen? {
    let own = name == setup.description.name ? setup.description : nil
    guard let machine = MachineDescription(builtIn: name) ?? own else { return nil }
    let new = setup.on(machine)
    var remark = new.farewell(from: setup)
    if new.kernel != setup.kernel { remark = "It runs \(new.kernel.name). " + remark }
    return Chosen(setup: new, remark: remark)
  }
}
