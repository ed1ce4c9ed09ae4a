import Engine
import History
import Narration

/// How far down the answer to why is scrolled, and of which slot; other slots show from the top.
public struct WhyScroll: Equatable, Sendable {
  /// The slot.
  package var slot: VirtualAddress?
  /// The first row that shows.
  package var first: Int

  /// From a row of a slot on; the top of every slot where none is named.
  package init(slot: VirtualAddress? = nil, first: Int = 0) {
    self.slot = slot
    self.first = first
  }
}

extension Lane {
  /// The leaf that the selected page could be part of: the next larger one.
  package var questionSize: LeafSize {
    let leaf = machine.tables.lookup(selectedAddress)?.size ?? .size4K
    return place.focus == .size1G || leaf != .size4K ? .size1G : .size2M
  }

  /// Why the selected slot is not one leaf, and what would split it.
  package var slotAnswer: SlotAnswer {
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
  package var pointedEntries: (size: LeafSize, entries: EntrySet)? {
    guard let size = questionSize.smaller else { return nil }
    let entries = machine.whyNot(questionSize, at: selectedAddress).pointed
    return entries.isEmpty ? nil : (size, entries)
  }

  /// The address of the slot that the answer to why is about.
  package var questionedSlot: VirtualAddress {
    selectedAddress.alignedDown(to: questionSize)
  }

  /// The first row of the answer to why that shows.
  package func firstRow(_ scroll: WhyScroll) -> Int {
    scroll.slot == questionedSlot ? scroll.first : 0
  }
}
