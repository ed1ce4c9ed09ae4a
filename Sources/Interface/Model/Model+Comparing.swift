import Engine
import History
import Keys
import Lanes
import Scenarios

// Lanes side by side: variants that make the same calls, or branches of one history.

extension Model {
  /// Several lanes on whose machines nothing was done yet, the first one in charge.
  public init(_ lane: Lane, beside others: [Lane]) {
    self.init(lane)
    for other in others { lanes.add(other) }
    lanes.keepTogether()
  }

  /// Reads a variant, boots it, and puts it beside the lanes that are shown, or in the place of the one
  /// that has its name; what is wrong with it otherwise.
  mutating func compare(_ text: String) -> String? {
    guard !text.isEmpty else {
      return "say what to compare with: compare NAME=kernel:...,policy:..."
    }
    if text == Self.simulated, lane.source != .calls { return compareWithSimulation() }
    guard !lane.setup.description.e820.isEmpty else {
      return
        "a recording's machine cannot be booted otherwise; compare \(Self.simulated) shows its "
        + "calls simulated beside it"
    }
    do throws(VariantError) {
      let variant = try Variant(reading: text)
      if let file = variant.ruleFiles.first {
        return
          "rule:\(file) is for the command line; put the rule into the scenario, or type it here"
      }
      return compare(with: lane.setup.varied(by: variant), named: variant.name)
    } catch {
      return "\(error)"
    }
  }

  /// Boots a machine and shows it beside the other lanes; it replaces a lane of the same name.
  ///
  /// - Returns: what is wrong, if it could not be done.
  mutating func compare(with setup: BootSetup, named name: String) -> String? {
    if let reason = refusal(ofLane: name) { return reason }
    guard !lane.setup.description.e820.isEmpty else {
      return "a recording's machine cannot be booted otherwise"
    }
    do throws(BootError) {
      let machine = try setup.boot.machine()
      if lanes.areBranches { lanes.keepOne() }
      if !lanes.isComparing {
        let own = lane.setup.policies.names.last?.rawValue ?? lane.setup.kernel.name
        lane.name = own == name ? "as is" : own
      }
      let place = lanes.list.count == 1 ? "Beside it" : "Beside them"
      lanes.add(Lane(machine, setup: setup, named: name))
      say("\(place) \(name): \(setup.software), after the same calls.")
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// The name of the lane that simulates the calls of an observed one.
  private static var simulated: String { "simulated" }

  /// Puts the simulation of the calls of an observed lane beside it.
  private mutating func compareWithSimulation() -> String? {
    if let reason = refusal(ofLane: Self.simulated) { return reason }
    if !lanes.isComparing { lane.name = "observed" }
    let machine = lane.timeline.machine(after: 0)
    lanes.add(Lane(machine, setup: lane.setup, named: Self.simulated))
    say("Beside it the same calls, simulated.")
    return nil
  }

  /// Why no lane of a name can come beside those that are shown.
  private func refusal(ofLane name: String) -> String? {
    guard lanes.isComparing, !lanes.areBranches else { return nil }
    if lane.name == name {
      return "\(name) has the focus; \(keymap.key(.exchange)) focuses the next one, then "
        + "\(name) can be replaced"
    }
    guard lanes.list.count >= Lanes.countMax, !lanes.list.contains(where: { $0.name == name })
    else {
      return nil
    }
    return "\(lanes.countWord) are compared, and no more can be; name one of them to replace it"
  }

  /// Gives keys, inspector and trace to the next lane.
  mutating func exchange() {
    guard lanes.isComparing else {
      say("nothing is compared; \(keymap.key(.commandLine))compare NAME=policy:...", .failed)
      return
    }
    lanes.passOn()
    compareZaps()
    say("The focus is on \(lane.name): \(lane.setup.software).")
  }

  /// Goes to the next page that the lane in charge and the one beside it map in different ways.
  mutating func moveToNextDifference() {
    guard let other = lanes.beside else {
      say("nothing is compared; \(keymap.key(.commandLine))compare NAME=policy:...", .failed)
      return
    }
    guard let found = lane.nextDifference(from: other) else {
      say("\(lane.name) and \(other.name) differ nowhere", .failed)
      return
    }
    if found < selection { say("From the beginning again.") }
    lane.select(found)
  }
}

extension BootSetup {
  /// The same with what a variant says in place of this.
  public func varied(by variant: Variant) -> BootSetup {
    var setup = self
    if let kernel = variant.kernel { setup.kernel = kernel }
    if let policies = variant.policies { setup.policies = policies }
    return setup
  }
}
