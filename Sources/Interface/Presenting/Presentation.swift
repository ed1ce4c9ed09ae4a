import Engine
import Lanes
import Scenarios

/// What a presenter, or a lesson, shows besides the machine.
public struct Presentation: Sendable {
  /// The paragraphs of the caption; empty where there is none.
  public internal(set) var caption: [String] = []
  /// The pages that are pointed out.
  package var spotlight: Spotlight?
  /// What is shown while everything else is dimmed.
  package var beam: Beam?
  /// Whether the next caption goes on with this one.
  var isCaptionOpen = false
  /// Whether lines of a script are being carried out, so that the screen itself keeps quiet.
  var isUnderWay = false
  /// The answers to `tlb` lines so far, which claims ask for.
  package var answers = TLBAnswers()
  /// Notes that belong to the next call.
  var notes: [String] = []
  /// The line that could not be carried out, and why.
  public internal(set) var failure: RunError?

  /// Nothing is said or shown.
  init() {}

  /// Adds a paragraph to the caption, or begins another; an empty text ends it.
  mutating func say(_ text: String) {
    if !isCaptionOpen {
      caption = []
      spotlight = nil
    }
    isCaptionOpen = !text.isEmpty
    if isCaptionOpen { caption.append(text) }
  }
}

/// Pages that are pointed out on the map, where their space is shown.
package struct Spotlight: Equatable, Sendable {
  /// The space they lie in.
  var space: MapSpace
  /// Their numbers in the space.
  var pages: Range<UInt64>

  /// The slots of a panel in which they lie; `nil` where they lie elsewhere.
  package func slots(of panel: PanelPicture) -> ClosedRange<Int>? {
    guard panel.space == space else { return nil }
    let slot = panel.size.pages.rawValue
    let all = panel.base.rawValue..<(panel.base.rawValue + UInt64(PanelPicture.slotCount) * slot)
    let inside = pages.clamped(to: all)
    guard let last = inside.last else { return nil }
    return panel.index(of: PFN(inside.lowerBound))...panel.index(of: PFN(last))
  }
}
