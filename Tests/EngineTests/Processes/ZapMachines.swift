import Engine
import TestSupport
import Testing

extension Machine {
  /// A booted machine for zapping.
  static func zapping(
    _ policies: [PolicyName] = [], kernel: KernelProfile = .linux6_12,
    machine: String = "teaching-4g", isZeroing: Bool = false,
  ) throws -> Machine {
    var description = try #require(MachineDescription(builtIn: machine))
    description.cpu[.initOnFree] = isZeroing
    return try Machine(
      booting: description, kernel: kernel,
      options: BootOptions(policies: try PolicySet(policies)))
  }

  /// Maps a range.
  mutating func mmap(
    _ name: String, _ pages: PageCount, order: Int = 0, _ traits: UserRange.Traits = [],
    at place: VirtualAddress? = nil,
  ) throws {
    try perform(.process(.mmap(try named(name), pages, order: order, traits, at: place)))
  }

  /// Zaps a range, or a part of it.
  mutating func zap(_ name: String, from first: PageCount? = nil, _ count: PageCount? = nil) throws
  {
    let part = first.map { ProcessCall.Part(first: $0, count: count) }
    try perform(.process(.zap(try named(name), part)))
  }

  /// How many free blocks each zone has of each order, of any type.
  var freeBlocksByOrder: [[UInt64]] {
    physical.zones.indices.map { zone in
      (0...10).map { order in
        MigrateType.allCases.reduce(0) {
          $0 + physical.freeBlocks(inZone: zone, $1, order: order)
        }
      }
    }
  }
}
