import Engine
import History
import Narration

/// How far down the answer to why is scrolled, and of which slot; other slots show from the top.
public struct WhyScroll: Equatable, Sendable {
  /// The slot.
  var slot: VirtualAddress?
  /// The first row that shows.
  var first = 0
}

extension Lane {
  /// The leaf that the selected page could be part of: the next larger one.
  var questionSize: LeafSize {
    let leaf = machine.tables.lookup(selectedAddress)?.size ?? .size4K
    return place.focus == .size1G || leaf != .size4K ? .size1G : .size2M
  }

  /// Why the selected slot is not one leaf, and what would split it.
  var slotAnswer: SlotAnswer {
    SlotAnswer(machine, questionSize, at: selectedAddress, countsFollow: countsFollow)
  }

  /// Whether the call under way still tracks the selected slot's table.
  private var countsFollow: Bool {
    let moment = timeline.moment
    guard moment.event > 0, trace.call == moment.call, trace.events.indices.contains(moment.event)
    else {
      return false
    }
    let slot = selectedAddress.alignedDown(to: questionSize)
    // What follows follows soon.
    return trace.events[moment.event...].prefix(4096).contains { event in
      guard case .tableTracked(let address, entries: let size, _) = event else { return false }
      return size.larger == questionSize && address.alignedDown(to: questionSize) == slot
    }
  }

  /// The entries that block a merge of the selected slot, and the size of each; `nil` where
  /// there are none.
  var pointedEntries: (size: LeafSize, entries: EntrySet)? {
    guard let size = questionSize.smaller else { return nil }
    let entries = machine.whyNot(questionSize, at: selectedAddress).pointed
    return entries.isEmpty ? nil : (size, entries)
  }

  /// The address of the slot that the answer to why is about.
  fileprivate var questionedSlot: VirtualAddress {
    selectedAddress.alignedDown(to: questionSize)
  }

  /// The first row of the answer to why that shows.
  func firstRow(_ scroll: WhyScroll) -> Int { scroll.slot == questionedSlot ? scroll.first : 0 }
}

extension Model {
  /// Selects the next entry, or the one before, that blocks a merge of the selected slot; at
  /// the end it goes round. Says so where there is none.
  public mutating func moveToNextBlocker(forwards: Bool = true) {
    let question = lane.questionSize
    let answer = machine.whyNot(question, at: lane.selectedAddress)
    guard let size = question.smaller, answer.mapping == .table else {
      say("no table here: one leaf, or nothing", .failed)
      return
    }
    let page = lane.page
    let slot = page.alignedDown(to: question)
    let index = Int((page - slot).rawValue / size.pages.rawValue)
    let entries = answer.pointed
    let next =
      entries.next(from: index + (forwards ? 1 : -1), forwards: forwards)
      ?? entries.next(from: forwards ? 0 : 511, forwards: forwards)
    guard let next else {
      say("no entry blocks a merge to \(question.name)", .failed)
      return
    }
    if next == index { say("this is the only entry that blocks a merge to \(question.name)") }
    lane.select(page: slot + PageCount(UInt64(next) * size.pages.rawValue))
  }

  /// Scrolls the answer to why by this many rows. The view goes no further than its end.
  public mutating func scrollWhy(by rows: Int) {
    let first = lane.firstRow(options.whyScroll)
    options.whyScroll = WhyScroll(
      slot: lane.questionedSlot, first: min(max(0, first + rows), 1000))
  }
}
