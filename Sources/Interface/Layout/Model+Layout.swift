import Lanes
import Screen

extension Model {
  /// Where everything stands on a terminal of a size; `nil` where it is too small.
  package func layout(_ size: Size, _ caption: CaptionText?) -> ScreenLayout? {
    if options.isMapOnly { return ScreenLayout(mapOnly: size, lanes: lanes.list.count) }
    let isBeside = caption != nil && !showsBand(caption)
    return ScreenLayout(
      size, showing: options.sidePanel, lanes: lanes.list.count, captioned: isBeside,
      brief: isBeside && lesson == nil ? caption : nil)
  }
}
