import Engine
import History

/// The colours of the three panels in an overlay, kept from one frame to the next.
package struct OverlayPicture: Equatable, Sendable {
  /// What it shows: while this stays, so does the picture.
  struct Stamp: Equatable, Sendable {
    var overlay: MapOverlay
    var branch: Int
    var moment: Moment
    var space: MapSpace
    /// The first pages of the panels.
    var bases: [PFN]
  }

  let stamp: Stamp
  /// The codes of the slots of the panels, from that of 1G slots on.
  private let codes: [[UInt8]]
  /// The 4K pages that keep their slot from a merge on free, by their place in the panel.
  package let lit: Set<Int>

  /// Reads the panels of a map.
  init(_ map: MapPicture, stamp: Stamp, _ reader: inout TintReader) {
    self.stamp = stamp
    var codes: [[UInt8]] = []
    for panel in map.panels {
      codes.append(
        panel.space == .direct ? Self.direct(panel, &reader) : Self.elsewhere(panel, reader))
    }
    self.codes = codes
    let small = map[.size4K]
    lit =
      small.space == .direct && (stamp.overlay == .pages || stamp.overlay == .pageblocks)
      ? Set(reader.machine.pagesAgainstMergeOnFree(at: small.base)) : []
  }

  /// The codes of the slots of a panel; `nil` where the picture is that of another place.
  package func codes(_ panel: PanelPicture) -> [UInt8]? {
    let place = 3 - Int(panel.size.rawValue)
    guard stamp.space == panel.space, stamp.bases[place] == panel.base else { return nil }
    return codes[place]
  }

  private static func direct(_ panel: PanelPicture, _ reader: inout TintReader) -> [UInt8] {
    if panel.size == .size4K { return reader.pages(ofPageblock: panel.base.rawValue >> 9) }
    var codes: [UInt8] = []
    for index in 0..<PanelPicture.slotCount {
      codes.append(reader.slot(panel.size, at: panel.page(of: index)))
    }
    return codes
  }

  /// Elsewhere every page has the class of the frame behind it, and a slot the one that most of its pages
  /// have.
  private static func elsewhere(_ panel: PanelPicture, _ reader: TintReader) -> [UInt8] {
    var known: [UInt64: [UInt8]] = [:]
    return (0..<PanelPicture.slotCount).map { index in
      guard panel.slots[index].isMapped else { return TintCode.hole }
      var counts = TintCounts()
      var address = panel.address(of: index)
      let end = address + panel.size.pages
      while address < end {
        let tables = reader.machine.tables(for: address)
        guard let leaf = tables.lookup(address), let pfn = tables.frame(at: address) else {
          address = address + 1
          continue
        }
        let pages = min(address.pagesToEnd(of: leaf.size), end - address)
        for frame in pfn.rawValue..<pfn.rawValue + pages.rawValue {
          let block = frame >> 9
          let codes = known[block] ?? reader.pages(ofPageblock: block)
          known[block] = codes
          counts[Int(codes[Int(frame & 511)])] += 1
        }
        address = address + pages
      }
      return TintReader.choice(counts, reader.overlay)
    }
  }
}
