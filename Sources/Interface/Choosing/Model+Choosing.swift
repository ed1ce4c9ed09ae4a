import Engine
import Keys
import Lanes
import Screen

// Keys in the lists from which kernels, policies and machines are chosen.

extension Model {
  /// A key in a list from which something is booted.
  mutating func receive(_ input: Input, in old: ChoiceList) -> [Effect] {
    var list = old
    list.said = nil
    let items = list.items(lane)
    if case .character(let letter) = input {
      if let index = items.firstIndex(where: { $0.key == letter }) {
        return choose(items[index], from: list)
      }
      if letter == " " { return mark(in: list) }
      if letter == "b" { return putBeside(list) }
    }
    let action = meaning(inList: input)
    if let index = ListMove.place(after: action, from: list.index, of: items.count) {
      list.index = index
      replaceTop(with: .choices(list))
      return []
    }
    switch action {
    case .zoomIn:
      guard let marked = list.marked else {
        return items.indices.contains(list.index) ? choose(items[list.index], from: list) : []
      }
      close()
      return boot(Chosen(setup: lane.setup.under(marked)))
    case .close, .cancel, .choosePolicies, .chooseKernel, .chooseMachine: close()
    case .leave: return [.quit(0)]
    default: return [.bell]
    }
    return []
  }

  /// Boots what an item stands for.
  private mutating func choose(_ item: ListItem, from list: ChoiceList) -> [Effect] {
    if let refusal = item.refusal { return refuse("\(item.name): \(refusal).", in: list) }
    guard let choice = list.choice(item.name, lane.setup) else { return [.bell] }
    close()
    return boot(choice)
  }

  private mutating func boot(_ choice: Chosen) -> [Effect] {
    guard let reason = again(choice.setup, remark: choice.remark) else { return [] }
    say(reason, .failed)
    return [.bell]
  }

  /// Marks the selected policy, or takes the mark away: what is marked is booted later.
  private mutating func mark(in old: ChoiceList) -> [Effect] {
    var list = old
    let items = list.items(lane)
    guard list.subject == .policies, items.indices.contains(list.index) else { return [.bell] }
    let item = items[list.index]
    if let refusal = item.refusal { return refuse("\(item.name): \(refusal).", in: list) }
    guard let choice = list.choice(item.name, lane.setup) else { return [.bell] }
    list.marked = choice.setup.policies
    list.said = choice.remark.isEmpty ? nil : choice.remark
    replaceTop(with: .choices(list))
    return []
  }

  private mutating func refuse(_ reason: String, in old: ChoiceList) -> [Effect] {
    var list = old
    list.said = reason
    replaceTop(with: .choices(list))
    return [.bell]
  }

  /// Puts the same history beside itself, with and without what is selected or marked.
  private mutating func putBeside(_ list: ChoiceList) -> [Effect] {
    let items = list.items(lane)
    guard items.indices.contains(list.index) else { return [.bell] }
    let item = items[list.index]
    if list.marked == nil, let refusal = item.refusal {
      return refuse("\(item.name): \(refusal).", in: list)
    }
    let choice =
      list.marked.map { Chosen(setup: lane.setup.under($0)) } ?? list.choice(item.name, lane.setup)
    guard let choice else { return [.bell] }
    let new = choice.setup
    guard new != lane.setup else { return refuse("This is what is shown already.", in: list) }
    guard new.kernel.architecture == lane.setup.kernel.architecture else {
      return refuse("Only machines of one architecture can be side by side.", in: list)
    }
    close()
    if let reason = compare(with: new, named: new.laneName(beside: lane.setup)) {
      say(reason, .failed)
      return [.bell]
    }
    if !choice.remark.isEmpty, let text = notice?.text { say(choice.remark + text) }
    return []
  }
}

extension BootSetup {
  /// What a lane is called that has this beside another one.
  fileprivate func laneName(beside other: BootSetup) -> String {
    if description != other.description { return description.name }
    if kernel != other.kernel { return kernel.name }
    let own = policies.names.last { !other.policies.names.contains($0) }
    if let own { return own.rawValue }
    let gone = other.policies.names.last { !policies.names.contains($0) }
    return policies.names.isEmpty ? "plain" : "without-\(gone?.rawValue ?? "it")"
  }
}

extension ChoiceList {
  /// What keys do in the list.
  var keys: [(String, String)] {
    var keys = [("Enter", marked == nil ? "chooses" : "boots what is marked")]
    if subject == .policies { keys.append(("Space", "marks more than one")) }
    return keys + [("b", "side by side"), ("Esc", "closes")]
  }
}
