import Engine
import Lanes
import Language
import Scenarios
import Screen

// What a presenter shows an audience: captions in a band, and a spotlight.

/// What is shown while everything else is dimmed.
package enum Beam: Equatable, Sendable {
  /// A part of the screen.
  case panel(SpotlightPanel)
  /// Pages, wherever the map shows them.
  case pages(Spotlight)
}

extension Model {
  /// Whether a caption stands in a band: a presenter's, which has no keys and no task.
  package func showsBand(_ caption: CaptionText?) -> Bool {
    caption != nil && lesson == nil && (options.bandsCaptions || options.isMapOnly)
  }

  /// Shows the map alone, or all panels.
  mutating func toggleMapOnly() {
    options.isMapOnly.toggle()
    say(options.isMapOnly ? "the map alone" : "all panels")
  }

  /// Puts the spotlight on the selected slot, then on the map, then off.
  mutating func nextBeam() {
    switch presentation.beam {
    case nil:
      let page = lane.page.alignedDown(to: focus).rawValue
      presentation.beam = .pages(
        Spotlight(space: lane.place.space, pages: page..<(page + focus.pages.rawValue)))
      say("spotlight on the selected slot")
    case .pages:
      presentation.beam = .panel(.map)
      say("spotlight on the map")
    case .panel:
      presentation.beam = nil
      say("spotlight off")
    }
  }
}
