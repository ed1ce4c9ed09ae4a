import Engine

/// The kernel's own counters of its direct map, read in its memory.
struct GuestCounters {
  private let guest: Guest
  /// The names of vmstat's events, in their order.
  let names: [String]
  /// The places of the splits and collapses among the events of vmstat.
  private let events: [(counter: Counter, index: Int)]
  /// The physical addresses of each CPU's events.
  private let perCPU: [UInt64]

  /// What `/proc/vmstat` calls the events, with the counters that they are here.
  private static let counted: [(name: String, counter: Counter)] = [
    ("direct_map_level2_splits", .level2Splits), ("direct_map_level3_splits", .level3Splits),
    ("direct_map_level2_collapses", .level2Collapses),
    ("direct_map_level3_collapses", .level3Collapses),
  ]

  init(_ guest: Guest) {
    self.guest = guest
    let names = Self.eventNames(guest)
    self.names = names
    events = Self.counted.compactMap { name, counter in
      names.firstIndex(of: name).map { (counter, $0) }
    }
    perCPU = Self.places(guest)
  }

  /// The names of vmstat's events in their order, from `pgpgin` on.
  private static func eventNames(_ guest: Guest) -> [String] {
    guard guest.architecture.name == .x86_64,
      let table = guest.words(["vmstat_text"], count: 400)
    else { return [] }
    var names: [String] = []
    for address in table {
      guard let physical = guest.layout.physical(ofImage: address),
        let bytes = guest.qemu.memory.bytes(at: physical, count: 48)
      else { break }
      let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      if names.isEmpty, name != "pgpgin" { continue }
      names.append(name)
      if name == "direct_map_level3_collapses" { break }
    }
    return names
  }

  /// Where each CPU counts events.
  private static func places(_ guest: Guest) -> [UInt64] {
    guard let events = guest.symbols.address(of: "vm_event_states"),
      let offsets = guest.words(["__per_cpu_offset"], count: guest.facts.cpu.cpus)
    else { return [] }
    return offsets.map { guest.layout.physical(ofDirect: events &+ $0) }
  }

  /// The counters as they are now: splits and collapses since boot, and the leaves of each size.
  func read() -> [Counter: Int64] {
    var values: [Counter: Int64] = [:]
    for (counter, index) in events {
      values[counter] = perCPU.reduce(0) { sum, place in
        sum
          &+ Int64(
            bitPattern: guest.words(atPhysical: place + UInt64(index) * 8, count: 1)?[0] ?? 0)
      }
    }
    // PG_LEVEL_4K, PG_LEVEL_2M and PG_LEVEL_1G are 1 to 3.
    if let pages = guest.words(["direct_pages_count"], count: 4) {
      values[.directMap4K] = Int64(bitPattern: pages[1])
      values[.directMap2M] = Int64(bitPattern: pages[2])
      values[.directMap1G] = Int64(bitPattern: pages[3])
    }
    return values
  }
}
