/// A change of the areas of vmalloc space. `VirtualAreas` changes only by applying them.
public enum VmallocChange: Equatable, Sendable {
  /// An area was taken into use.
  case added(Area)
  /// An area was freed; its addresses wait for a purge.
  case freed(Area)
  /// All freed areas were forgotten, their addresses can be used again.
  case purged
}
