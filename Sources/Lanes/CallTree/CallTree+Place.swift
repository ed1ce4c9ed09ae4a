import Engine
import History
import Narration

extension CallTree {
  /// Where an event of the call stands, for those who tell its rule.
  func place(of event: Int, on machine: Machine) -> EventPlace {
    var place = EventPlace(kernel: machine.kernel)
    place.rules = machine.rules
    for index in path(to: event) {
      let node = nodes[index]
      switch node.function {
      case .call: break
      case .kernel(let function):
        place.function = function
        place.pages = node.pages
        place.remedy = nil
      case .remedy(let function): place.remedy = function
      case .policy(let name): place.policy = name
      case .seen: break
      }
      if let masks = node.asked { place.masks = masks }
      if node.function == .kernel(.cpaFlush) { place.visitedAlias = visitsAlias(before: index) }
    }
    return place
  }

  /// Whether the walk before a flush, in the same request, came to another mapping of its pages.
  private func visitsAlias(before flush: Int) -> Bool {
    guard let request = nodes[flush].parent else { return false }
    return children(of: request).contains { walk in
      nodes[walk].function == .kernel(.changePageAttrLoop)
        && items[nodes[walk].items].contains { item in
          guard case .node(let step) = item else { return false }
          return nodes[step].function == .kernel(.cpaProcessAlias)
        }
    }
  }
}
