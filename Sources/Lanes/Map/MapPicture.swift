import Engine

/// The three panels as they are to be drawn, kept from one frame to the next: reading the tables is
/// most of the work of a frame.
public struct MapPicture: Sendable {
  /// The 1G slots, the 2M slots of one of them, the 4K pages of one of those.
  public private(set) var panels: [PanelPicture]

  /// The space that they show.
  public let space: MapSpace

  /// The RAM that the panels tell from addresses without any.
  private var memory: MemoryMap

  /// The leaves of arm64's linear map, counted; `nil` on x86-64, whose kernel counts itself.
  public private(set) var leaves: LinearMapLeaves?

  /// Reads the panels around a page of a space.
  public init(
    _ machine: Machine, around page: PFN, in space: MapSpace = .direct, changes: Changes,
  ) {
    self.space = space
    memory = machine.memory
    if machine.architecture == .arm64 { leaves = LinearMapLeaves(of: machine) }
    panels = Self.sizes.map {
      PanelPicture($0, around: page, in: space, of: machine, changes: changes)
    }
  }

  /// The panels from left to right.
  public static let sizes: [LeafSize] = [.size1G, .size2M, .size4K]

  /// The panel with slots of this size.
  public subscript(size: LeafSize) -> PanelPicture { panels[3 - Int(size.rawValue)] }

  /// Reads again what a step changed, in panels that may have moved.
  mutating func refresh(_ machine: Machine, around page: PFN, changes: Changes) {
    if leaves != nil { leaves = LinearMapLeaves(of: machine) }
    // Memory that is plugged in writes no entry.
    let isSameMemory = memory == machine.memory
    memory = machine.memory
    for (index, panel) in panels.enumerated() {
      if !isSameMemory || panel.base != PanelPicture.base(panel.size, around: page)
        || !panels[index].refresh(machine, changes)
      {
        panels[index] = PanelPicture(
          panel.size, around: page, in: space, of: machine, changes: changes)
      }
    }
  }

  /// Reads those panels again that another selection shows in another place.
  mutating func move(to page: PFN, _ machine: Machine, changes: Changes) {
    for (index, panel) in panels.enumerated()
    where panel.base != PanelPicture.base(panel.size, around: page) {
      panels[index] = PanelPicture(
        panel.size, around: page, in: space, of: machine, changes: changes)
    }
  }
}
