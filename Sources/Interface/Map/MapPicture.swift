import Engine

/// The three panels as they are to be drawn, kept from one frame to the next: reading the tables is
/// most of the work of a frame.
public struct MapPicture: Sendable {
  /// The 1G slots, the 2M slots of one of them, the 4K pages of one of those.
  public private(set) var panels: [PanelPicture]

  /// Reads the panels around a frame.
  public init(_ machine: Machine, around pfn: PFN, changes: Changes) {
    panels = Self.sizes.map { PanelPicture($0, around: pfn, of: machine, changes: changes) }
  }

  /// The panels from left to right.
  public static let sizes: [LeafSize] = [.size1G, .size2M, .size4K]

  /// The panel with slots of this size.
  public subscript(size: LeafSize) -> PanelPicture { panels[3 - Int(size.rawValue)] }

  /// Reads again what a step changed, in panels that may have moved.
  mutating func refresh(_ machine: Machine, around pfn: PFN, changes: Changes) {
    for (index, panel) in panels.enumerated() {
      if panel.base != PanelPicture.base(panel.size, around: pfn)
        || !panels[index].refresh(machine, changes)
      {
        panels[index] = PanelPicture(panel.size, around: pfn, of: machine, changes: changes)
      }
    }
  }

  /// Reads those panels again that another selection shows in another place.
  mutating func move(to pfn: PFN, _ machine: Machine, changes: Changes) {
    for (index, panel) in panels.enumerated()
    where panel.base != PanelPicture.base(panel.size, around: pfn) {
      panels[index] = PanelPicture(panel.size, around: pfn, of: machine, changes: changes)
    }
  }
}
