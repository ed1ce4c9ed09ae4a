import Engine
import Lanes

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
