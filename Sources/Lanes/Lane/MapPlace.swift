import Engine

/// A place on the map: the selected page, in which part of the address space it is shown, and which
/// panel has the keys.
public struct MapPlace: Equatable, Sendable {
  /// The frame that is selected.
  public package(set) var selection: PFN
  /// The part of the address space that the panels show.
  public package(set) var space = MapSpace.direct
  /// The address that is selected where that is not the direct map; `selection` is the frame behind it.
  public internal(set) var elsewhere = AddressLayout.vmallocStart
  /// The panel that has the keys.
  public package(set) var focus = LeafSize.size4K
  /// Whether calls go to the area that shows the selected page, where there is one.
  public package(set) var aimsAtArea = false

  /// A frame in the direct map.
  package init(_ selection: PFN) { self.selection = selection }
}
