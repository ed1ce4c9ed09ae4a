import Engine
import History

/// What a call will write next, as far as the walk has come to it already.
package struct Upcoming: Equatable, Sendable {
  /// The events of the line that will write it.
  package var events: Range<Int>
  /// The entries.
  package var changes: Changes
}

extension CallTrace {
  /// What is written next after this many events: in the step of the walk that is under way, or else by
  /// the next line; `nil` where nothing is.
  func upcoming(after count: Int) -> Upcoming? {
    guard count > 0, events.indices.contains(count) else { return nil }
    let limit = min(
      max(tree.into(from: count), endOfStep(at: count)), count + Self.upcomingReach, events.endIndex
    )
    guard let first = (count..<limit).first(where: { events[$0].facts.written != nil }) else {
      return nil
    }
    let next = tree.firstLine(notBefore: first + 1)
    let end = next < lines.count ? lines[next] : events.endIndex
    let changes = Changes(events[first..<end])
    return changes.isEmpty && changes.elsewhere.isEmpty
      ? nil : Upcoming(events: first..<end, changes: changes)
  }

  /// How many events are looked at.
  private static var upcomingReach: Int { 4096 }

  /// The end of the step that looks at one leaf, or at one slot; 0 where none is under way.
  private func endOfStep(at count: Int) -> Int {
    guard let innermost = tree.innermost(at: count) else { return 0 }
    for index in tree.path(to: tree.nodes[innermost].events.lowerBound) {
      let node = tree.nodes[index]
      switch node.function {
      case .kernel(.changePageAttr), .kernel(.collapsePMDPage), .kernel(.collapsePUDPage):
        if node.events.contains(count) { return node.events.upperBound }
      case .call, .kernel, .remedy, .policy, .seen: break
      }
    }
    return 0
  }
}

extension Lane {
  /// What the call under way writes next.
  package var upcoming: Upcoming? {
    guard timeline.moment.event > 0, trace.call == timeline.moment.call else { return nil }
    return trace.upcoming(after: timeline.moment.event)
  }
}

extension PanelPicture {
  /// The slots that changes will touch. Where a table goes, all of its entries do.
  package func slots(touchedBy changes: Changes) -> [Range<Int>] {
    guard enclosing == nil else { return [] }
    let largest = size.larger ?? size
    return stretches(of: changes).lazy.filter { $0.size <= largest }.compactMap {
      indices(of: $0.frames)
    }
  }
}
