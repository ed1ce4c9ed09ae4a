import TestSupport
import Testing

@testable import Engine

extension StoredParts {
  /// The page allocator, and what the building of arm64's linear map counts.
  static var memory: [StoredParts] {
    let run = FreeRun(start: 0x100, end: 0x200, previous: 1, next: 2, zone: 0)
    var parts: [StoredParts] = []
    parts.append(
      StoredParts(
        Sample.machine.physical,
        leftOut: [
          "layout": "no event changes it after boot", "lists": "the words of the book",
        ],
        put: { $0.physical = $1 },
        changes: [
          "store": { $0.apply(.retyped(Sample.split, .isolate)) },
          "book": {
            $0.prepare()
            unsafe $0.lists.zone(0)[1] += 1
          },
          "runs": { $0.runs.append(run) },
          "ownerNames": { $0.setName(Sample.name("other"), of: .pageTables) },
          "cpuNode": { $0.cpuNode += 1 }, "cpuLists": { $0.cpuLists.owner = .kernel },
        ]))
    parts.append(
      StoredParts(
        CPULists(), put: { $0.physical.cpuLists = $1 },
        changes: [
          "zones": { $0.zones = [CPULists.Zone()] }, "owner": { $0.owner = .kernel },
        ]))
    parts.append(
      StoredParts(
        CPULists.Zone(), put: { $0.physical.cpuLists.zones = [$1] },
        changes: [
          "lists": { $0.lists[0] = [1] }, "pages": { $0.pages = 1 },
          "freeFactor": { $0.freeFactor = 1 },
        ]))
    parts.append(
      StoredParts(
        run, put: { $0.physical.runs = [$1] },
        changes: [
          "start": { $0.start += 1 }, "end": { $0.end += 1 }, "previous": { $0.previous += 1 },
          "next": { $0.next += 1 }, "zone": { $0.zone += 1 },
        ]))
    parts.append(
      StoredParts(
        Sample.machine.physical, reflected: Sample.machine.physical.store,
        leftOut: [
          "tables": "the slots of the root", "chunkCount": "follows from the memory",
        ],
        put: { $0.physical = $1 },
        changes: [
          "root": { memory in
            // The word of a page that begins a block, in a pageblock that was touched.
            memory.prepare()
            guard let table = Sample.machine.tables.tableFrame(at: Sample.address, .size2M),
              let words = unsafe memory.store.makeOwn(table.rawValue >> 9)
            else { return }
            for page in 0..<512 where unsafe words[page * 2] != 0 {
              unsafe words[page * 2] ^= 1
              return
            }
          }
        ]))
    return parts
  }

  static var linearMap: [StoredParts] {
    let books = LinearMapBooks()
    let put: @Sendable (inout Machine, LinearMapBooks) -> Void = { $0.linearMap.value = $1 }
    let early = TableKind(.pte, isLate: false)
    var parts: [StoredParts] = []
    parts.append(
      StoredParts(
        books, put: put,
        changes: [
          "slots": { $0.apply(.fixmapSet(early, 1)) },
          "early": { $0.apply(.zeroed(early, 1)) },
          "late": { $0.apply(.zeroed(TableKind(.pte, isLate: true), 1)) },
          "splits": { $0.apply(.splitCounted(.size2M)) },
          "contDropped": { $0.apply(.contDropped(.size4K)) },
          "pagesFlushed": { $0.apply(.flushedRange(1)) },
          "added": { $0.apply(.memoryAdded(0x1000, 0x1000)) },
        ]))
    parts.append(
      StoredParts(
        books, reflected: books.slots, put: put,
        changes: [
          "pte": { $0.apply(.fixmapSet(early, 1)) },
          "pmd": { $0.apply(.fixmapSet(TableKind(.pmd, isLate: false), 1)) },
          "pud": { $0.apply(.fixmapSet(TableKind(.pud, isLate: false), 1)) },
          "p4d": { $0.apply(.fixmapSet(TableKind(.p4d, isLate: false), 1)) },
        ]))
    parts.append(
      StoredParts(
        books, reflected: books.early, put: put,
        changes: [
          "work": { $0.apply(.allocated(early, 1)) },
          "fixmaps": { $0.apply(.fixmapSet(early, 1)) },
          "invalidations": { $0.apply(.fixmapCleared(early, 1, invalidations: 1)) },
          "barriers": { $0.apply(.barriers(early, 1)) },
          "zeroed": { $0.apply(.zeroed(early, 1)) },
        ]))
    parts.append(
      StoredParts(
        books, reflected: books.early.work, put: put,
        changes: [
          "pte": { $0.apply(.allocated(early, 1)) },
          "pmd": { $0.apply(.allocated(TableKind(.pmd, isLate: false), 1)) },
          "pud": { $0.apply(.allocated(TableKind(.pud, isLate: false), 1)) },
          "p4d": { $0.apply(.allocated(TableKind(.p4d, isLate: false), 1)) },
        ]))
    parts.append(
      StoredParts(
        books, reflected: books.early[.pte], put: put,
        changes: [
          "allocated": { $0.apply(.allocated(early, 1)) },
          "visits": { $0.apply(.filled(early, visits: 1, groups: 0, entries: 0)) },
          "groups": { $0.apply(.filled(early, visits: 0, groups: 1, entries: 0)) },
          "entries": { $0.apply(.filled(early, visits: 0, groups: 0, entries: 1)) },
        ]))
    return parts
  }
}
