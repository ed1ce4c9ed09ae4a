/// What the colours of the map mean. One key cycles through them; the glyphs always show how slots are
/// mapped.
public enum MapOverlay: String, CaseIterable, Sendable {
  /// The permissions of the leaves.
  case permission
  /// What pages are used for, as the page allocator and caches know it.
  case pages
  /// The types of pageblocks.
  case pageblocks
  /// What was split, and how often entries were written.
  case wear
  /// Whose call split a slot.
  case who

  /// The one that follows, around in a circle.
  package var next: MapOverlay {
    let all = Self.allCases
    let place = all.firstIndex(of: self) ?? 0
    return all[(place + 1) % all.count]
  }

  /// What it shows, in a few words.
  public var words: String {
    switch self {
    case .permission: "permissions"
    case .pages: "what pages are used for"
    case .pageblocks: "types of pageblocks"
    case .wear: "what was split, and how often entries were written"
    case .who: "whose call split a slot"
    }
  }

  /// How a cell that stands for more than one page gets its colour.
  package var rule: String {
    switch self {
    case .permission: "a cell of several leaves shows the class that deserves most to be seen"
    case .pages:
      "a cell of many pages shows its cache first, else what most of its pages are"
    case .pageblocks:
      "a cell of many pageblocks shows Unmapped and other special types first; else what most are"
    case .wear:
      "a cell of many pages shows whether its leaf was split; else the calls that wrote in it"
    case .who: "a cell of many pages shows whose call split something in it last"
    }
  }

  /// Whether it shows what the calls of the history did, not only how things are.
  var needsHistory: Bool {
    switch self {
    case .permission, .pageblocks: false
    case .pages, .wear, .who: true
    }
  }

  /// Its classes; a code is a place in them. The first is always memory that is not there.
  package var classes: [TintClass] {
    switch self {
    case .permission: []
    case .pages: TintClass.pages
    case .pageblocks: TintClass.pageblocks
    case .wear: TintClass.wear
    case .who: TintClass.who
    }
  }
}
