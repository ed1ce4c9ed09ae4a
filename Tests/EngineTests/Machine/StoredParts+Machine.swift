import TestSupport
import Testing

@testable import Engine

/// The machines and values that the changes start from.
enum Sample {
  /// A booted machine on which a 2M leaf is split.
  static let machine: Machine = {
    let name = "teaching-4g"
    guard let description = MachineDescription(builtIn: name),
      var machine = try? Machine(booting: description, kernel: .linux7_2),
      (try? machine.perform(.setMemory(.split4K, .frame(split), 1))) != nil
    else { preconditionFailure("The machine \(name) does not boot.") }
    return machine
  }()

  /// A frame whose leaf is split, and one whose leaf is not.
  static let split: PFN = 0x40200
  static let whole: PFN = 0x140200
  static let address = AddressLayout.directMapAddress(of: split)

  static let range: Range<VirtualAddress> = 0xffff_ffff_c000_0000..<0xffff_ffff_c000_2000
  static let otherRange: Range<VirtualAddress> = 0xffff_ffff_c000_0000..<0xffff_ffff_c000_3000

  static func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("\(text) is no name.") }
    return name
  }

  static let area = Area(name: name("a"), start: range.lowerBound, pages: 2)
}

extension StoredParts {
  /// The machine itself, and what never changes but for its memory.
  static var machine: [StoredParts] {
    var parts: [StoredParts] = []
    parts.append(
      StoredParts(
        of: Sample.machine,
        changes: [
          "setup": { $0.setup = $0.setup.adding(0x80_0000..<0x80_1000) },
          "tables": { $0.tables = PageTables() },
          "counters": { $0.counters[.wbinvd] += 1 },
          "areas": { $0.areas.apply(.added(Sample.area)) },
          "physical": { $0.physical.cpuNode += 1 },
          "isRunning": { $0.isRunning.toggle() },
          "isKernelReadOnly": { $0.isKernelReadOnly.toggle() },
          "stopped": { $0.stopped = .walkerMetLeaf(Sample.address, .size2M) },
          "kept": { $0.kept.value.serial += 1 },
          "processes": { $0.processes.value.lastZap[.pages] += 1 },
          "linearMap": { $0.linearMap.value.apply(.splitCounted(.size2M)) },
          "ramTypes": { $0.ramTypes.set(1..<2, to: .wc) },
          "otherTypes": { $0.otherTypes.reserve(1..<2, .wc) },
        ]))
    parts.append(
      StoredParts(
        Sample.machine.setup, leftOut: constants, put: { $0.setup = $1 },
        changes: ["memory": { $0 = $0.adding(0x80_0000..<0x80_1000) }]))
    parts.append(
      StoredParts(
        of: Sample.machine, reflected: Sample.machine.memory,
        changes: ["ranges": { $0.setup = $0.setup.adding(0x80_0000..<0x80_1000) }]))
    parts.append(
      StoredParts(
        of: Sample.machine, reflected: Sample.machine.counters,
        changes: ["values": { $0.counters[.directMap4K] += 1 }]))
    parts.append(
      StoredParts(
        of: Sample.machine, reflected: Sample.machine.kept,
        changes: ["storage": { $0.kept.value.serial += 1 }]))
    return parts
  }

  private static let constants: [String: String] = {
    let reason = "no event changes it after boot"
    let names = [
      "kernel", "cpu", "image", "policies", "hooks", "tracker", "pageOffset", "directMapRange",
      "layout", "isArm64",
      "linearMap", "rules", "released",
    ]
    return Dictionary(uniqueKeysWithValues: names.map { ($0, reason) })
  }()

  /// Page tables, areas and the books of memory types.
  static var mappings: [StoredParts] {
    let table = Sample.machine.tables.table(at: Sample.address, .size2M)
    let types = Sample.machine.ramTypes
    let run = Mirror(reflecting: types).descendant("runs", 0)
    var parts: [StoredParts] = []
    parts.append(
      StoredParts(
        of: Sample.machine, reflected: Sample.machine.tables,
        leftOut: ["hasFiveLevels": "follows from the switch la57; the root has other words then"],
        changes: ["root": { $0.tables.write(.none, at: Sample.address, .size4K) }]))
    parts.append(
      StoredParts(
        of: Sample.machine, reflected: table?.header,
        leftOut: [
          "standsForTables": "the sum must not tell whether a table is spelled out",
          "patches": "they are added as the tables that they stand for",
        ],
        changes: [
          "children": { try $0.perform(.setMemory(.split4K, .frame(Sample.whole), 1)) },
          "track": {
            $0.tables.setTrack(TableTrack(count: 0), ofEntries: .size4K, at: Sample.address)
          },
          "frame": { $0.tables.setTableFrame(0x77, at: Sample.address, .size2M) },
        ]))
    parts.append(
      StoredParts(
        TableTrack(),
        put: { $0.tables.setTrack($1, ofEntries: .size4K, at: Sample.address) },
        changes: [
          "isTracked": { $0.isTracked = true }, "count": { $0.count = 7 },
          "word": { $0.word = 7 },
        ]))
    parts.append(
      StoredParts(
        VirtualAreas(), put: { $0.areas = $1 },
        changes: [
          "live": { $0.apply(.added(Sample.area)) },
          "lazilyFreed": { $0.apply(.freed(Sample.area)) },
        ]))
    parts.append(
      StoredParts(
        Sample.area, put: { $0.areas.apply(.added($1)) },
        changes: [
          "name": { $0.name = Sample.name("b") }, "start": { $0.start = $0.start + 1 },
          "pages": { $0.pages += 1 }, "kind": { $0.kind = .ioremap },
          "flags": { $0.flags = .huge }, "unused": { $0.unused = 1 },
        ]))
    parts.append(
      StoredParts(
        MemoryTypeRanges(), put: { $0.otherTypes = $1 },
        changes: ["reserved": { $0.reserve(1..<2, .wc) }]))
    parts.append(
      StoredParts(
        MemoryTypeRanges.Reserved(pages: 1..<2, type: .wc),
        put: { $0.otherTypes.reserve($1.pages, $1.type) },
        changes: ["pages": { $0.pages = 1..<3 }, "type": { $0.type = .ucMinus }]))
    parts.append(
      StoredParts(
        types, put: { $0.ramTypes = $1 }, changes: ["runs": { $0.set(1..<2, to: .wt) }]))
    parts.append(
      StoredParts(
        types, reflected: run, name: "RunMap.Run", put: { $0.ramTypes = $1 },
        changes: [
          "start": { $0.set(2..<3, to: .wt) }, "value": { $0.set(0..<(.max), to: .wt) },
        ]))
    return parts
  }
}
