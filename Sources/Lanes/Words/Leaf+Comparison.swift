import Engine
import Narration
import Scenarios

extension PageTables.Leaf {
  /// In which permissions another mapping of the same page differs from this one, of the direct map.
  package func comparison(with alias: PageTables.Leaf) -> String {
    let difference = smallFlags.symmetricDifference(alias.smallFlags)
      .intersection([.present, .writable, .nx, .pwt, .pcd, .pat])
    if difference.isEmpty { return "same permissions as direct map" }
    return "differs from the direct map in \(difference.text(.size4K, of: flags))"
  }

  /// The flags in the layout of a 4K leaf.
  private var smallFlags: EntryFlags { size == .size4K ? flags : flags4K }
}
