import Engine
import Keys
import Lanes

/// What is worth trying from the current place, in few keys; the footer offers it.
package enum TryNext {
  /// Keys and their effect.
  package struct Step: Equatable, Sendable {
    /// The keys, pressed one after the other.
    package var keys: String
    /// Their effect, in a word or two.
    package var words: String
  }

  /// What is worth trying; empty in lessons, recordings and branches side by side, and on a stopped
  /// kernel.
  package static func steps(_ model: Model) -> [Step] {
    guard model.lesson == nil, model.lane.source == .calls, !model.lanes.areBranches,
      model.machine.stopped == nil
    else { return [] }
    let keymap = model.keymap
    let step = { (action: Action, words: String) in Step(keys: keymap.key(action), words: words) }
    let machine = model.machine
    let (request, free) = (Action.load(.grouped), Action.freeNewest)
    let hasLoaded = !machine.areas.live.isEmpty
    if machine.policies.contains(where: \.mergesOnFree) {
      let waits = machine.physical.zones.indices.contains {
        machine.physical.cpuListPages(inZone: $0) > 0
      }
      if hasLoaded { return [step(free, "frees")] }
      if model.lane.newestHolder != nil { return [step(.freeBlock, "frees and merges")] }
      return (waits ? [step(.shrink, "drains and merges")] : [])
        + [step(.allocateBlock, "takes 2M"), step(request, "takes pages")]
    }
    if let shrunk = model.lane.shrunk {
      guard case .pages(let count)? = machine.shrinkerCount(shrunk.name, node: shrunk.node),
        count > 0
      else { return [step(request, "fills the cache")] }
      return [step(request, "hands out")] + (hasLoaded ? [step(free, "takes back")] : [])
        + [step(.shrink, "shrinks")]
    }
    let choose = step(.choosePolicies, "remedies")
    if machine.kernel.architecture == .arm64 { return [choose] }
    return [first(model, keymap), choose].compactMap(\.self)
  }

  /// A split or a merge of the selected page's slot.
  private static func first(_ model: Model, _ keymap: Keymap) -> Step? {
    let machine = model.machine
    guard model.lane.place.space == .direct,
      let leaf = machine.tables.lookup(machine.directMapAddress(of: model.selection))
    else { return nil }
    if leaf.size != .size4K { return Step(keys: keymap.key(.setMemory(.ro)), words: "splits") }
    guard machine.kernel.collapses, model.focus != .size1G else { return nil }
    let keys = [.wholeSlot, .setMemory(.rox)].map(keymap.key).joined(separator: " ")
    return Step(keys: keys, words: "merges")
  }
}
