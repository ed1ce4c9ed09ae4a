import TestSupport
import Testing

@testable import Engine

/// Every proof that going back equals replaying stands on the checksum: it must see all that a machine
/// keeps.
@Suite struct ChecksumTests {
  static let parts =
    StoredParts.machine + StoredParts.mappings + StoredParts.memory + StoredParts.linearMap
    + StoredParts.users + StoredParts.policies + StoredParts.processes

  /// Types that are one word or a few, or that a switch without a default adds, case by case.
  static let plain: Set<String> = [
    "Area.Flags", "Area.Kind", "GatheredEntries.Traits", "KernelBug", "LeafSize", "MemoryType",
    "Owner",
    "Name", "PFN", "PageCount", "PageSupply.Answer", "PolicyName", "UserRange.Traits",
    "VirtualAddress",
  ]

  /// Classes whose words a part adds by itself.
  static let classes: Set<String> = ["ListBook", "PageRoot", "TableNode"]

  @Test(arguments: parts)
  func `a change of any stored property changes the sum`(parts: StoredParts) throws {
    let told = Set(parts.changes.keys).union(parts.leftOut.keys)
    #expect(Set(parts.properties.keys) == told, "each needs a change, or a reason")
    for (property, change) in parts.changes {
      let (before, after) = try change(Sample.machine)
      #expect(before.checksum != after.checksum, "\(parts.name).\(property)")
    }
  }

  @Test func `no type that a machine keeps is left out`() {
    let known = Set(Self.parts.map(\.name)).union(Self.plain).union(Self.classes)
    for parts in Self.parts {
      for property in parts.changes.keys {
        for type in StoredParts.typeNames(parts.properties[property] ?? "") {
          #expect(known.contains(type), "\(type), of which \(parts.name).\(property) is made")
        }
      }
    }
  }

  @Test func `there is room for each counter, and the sum sees it`() {
    #expect(MemoryLayout<Counters>.size == Counter.allCases.count * 8)
    var sums: Set<UInt64> = [Sample.machine.checksum]
    for counter in Counter.allCases {
      var machine = Sample.machine
      machine.counters[counter] += 1
      #expect(sums.insert(machine.checksum).inserted, "\(counter)")
    }
  }

  @Test func `the sum sees every letter of a name`() {
    var sums: Set<UInt64> = []
    for place in 0..<Name.limit {
      var text = [Character](repeating: "a", count: Name.limit)
      text[place] = "b"
      var machine = Sample.machine
      machine.kept.value.secrets = [
        SecretPage(name: Sample.name(String(text)), pfn: 1, isUnmappedByPolicy: false)
      ]
      #expect(sums.insert(machine.checksum).inserted, "\(place)")
    }
  }

  @Test func `the sum tells why the kernel stopped`() {
    let bugs: [KernelBug] = [
      .walkerMetLeaf(0, .size2M), .walkerMetLeaf(0x1000, .size2M), .walkerMetLeaf(0, .size1G),
      .splitCountWrong(0, .size2M, counted: 1, found: 2),
      .splitCountWrong(0, .size2M, counted: 2, found: 2),
      .splitCountWrong(0, .size2M, counted: 1, found: 1),
    ]
    let sums = bugs.map { bug in
      var machine = Sample.machine
      machine.stopped = bug
      return machine.checksum
    }
    #expect(Set(sums).count == bugs.count)
  }
}
