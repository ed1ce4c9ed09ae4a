import Engine
import Exploring
import Lab
import Lanes
import Language

/// A real kernel on whose direct map a search runs, and which makes the calls of its hits.
struct Confirmation {
  /// The kernel.
  let kernel: LabKernel
  /// What calls are tried on: pages that the kernel gave away.
  let targets: [String]

  /// Boots the kernel and takes a region from it.
  init(
    _ path: String, _ choice: GuestChoice, _ options: MachineOptions, _ setup: BootSetup,
    _ scenario: Scenario,
  ) throws(UserError) {
    guard scenario.callCount == 0, setup.policies == .none else {
      throw UserError(
        "--confirm begins behind the boot of a real kernel; leave the scenario, --policy and --rule out"
      )
    }
    var choice = choice
    if choice.ram == nil { choice.ram = "5G" }
    let isChosen = options.kernel != nil || scenario.kernel != nil
    kernel = try LabKernel.booted(
      choice.options(kernel: path), choice, as: isChosen ? setup.kernel : nil)
    let region: Range<PFN>?
    do throws(LabError) {
      region = try kernel.takeRegion()
    } catch {
      throw UserError(error.description)
    }
    guard let region else {
      throw UserError("the guest has no 2M of free memory in a row; give it more with --ram")
    }
    targets = Alphabet.targets(in: region)
  }

  /// Makes the calls of every hit, from the state behind boot on, and writes down what came of them: the
  /// hit is confirmed if the kernel does in each call what the search says it does.
  func confirm(_ result: inout ExploreResult, _ alphabet: Alphabet) {
    for index in result.hits.indices {
      let calls = result.hits[index].places.map { alphabet.calls[$0] }
      result.hits[index].onKernel = words(of: calls)
    }
  }

  private func words(of calls: [Call]) -> String {
    let count = calls.count == 1 ? "1 call" : "\(calls.count) calls"
    do throws(CallError) {
      let (made, difference) = try LockStep.firstDifference(of: calls, on: kernel)
      guard let difference else {
        return "confirmed on \(kernel.name): \(count), leaves, counters and flushes alike"
      }
      return "not confirmed on \(kernel.name): call \(made.count) differs: \(difference)"
    } catch {
      return "not confirmed on \(kernel.name): \(error)"
    }
  }
}
