import Engine
import Lanes
import Narration
import Screen

// The selected page where the map shows another space: whose address it is, what maps it, and the same
// frame in the direct map.

extension InspectorView {
  var elsewhereLines: [Line] {
    let machine = lane.machine
    let address = lane.selectedAddress
    var lines: [Line] = [[("va   ", .dim), (address.hex, .title)]]
    if let placeWords { lines.append([("     ", .dim), (placeWords, .text)]) }
    guard let leaf = machine.tables(for: address).lookup(address),
      let pfn = machine.frame(at: address)
    else {
      lines.append([("nothing is mapped", .dim)])
      return lines
    }
    let permission = PermissionClass(leaf.flags, leaf.size)
    lines.append([
      ("\(leaf.size.name) leaf ", .title),
      (PermissionClass.words(of: leaf.flags, leaf.size), permission.ink),
    ])
    lines += overlayLines
    lines += entryLines(leaf)
    if let slotWords { lines.append([("slot ", .dim), (slotWords, .text)]) }
    lines.append([("pfn  ", .dim), (pfn.hex, .title)])
    let twin = machine.directMapAddress(of: pfn)
    if let direct = machine.tables.lookup(twin) {
      lines.append([
        (
          "\(machine.architecture == .arm64 ? "linear" : "direct") map \(direct.size.name) ", .title
        ),
        (direct.flags.text(direct.size), .text),
      ])
      lines.append([("  ", .dim), (direct.comparison(with: leaf), .dim)])
    }
    return lines + memoryLines
  }

  /// Which page of which area it is, or why it belongs to none.
  private var placeWords: String? {
    let machine = lane.machine
    let address = lane.selectedAddress
    if let held = machine.userRanges.first(where: { $0.range.addresses.contains(address) }) {
      let page = address - held.range.start
      return "\(held.range.name), page \(page.rawValue) of \(held.range.pages.rawValue), "
        + "order \(held.range.order)"
    }
    if let area = lane.areaHere {
      let page = address - area.start
      return page < area.pages
        ? "\(area.kind.words) \(area.name), page \(page.rawValue) of \(area.pages.rawValue)"
        : "guard page of \(area.name): an access past the end faults"
    }
    if let area = machine.areas.lazilyFreed.first(where: { $0.reserved.contains(address) }) {
      return "\(area.name) is freed; the TLB may still know it"
    }
    return "free addresses"
  }
}
