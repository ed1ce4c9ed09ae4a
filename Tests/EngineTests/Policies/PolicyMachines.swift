import Engine
import TestSupport
import Testing

extension Machine {
  /// A booted machine of 4 GiB with policies.
  static func booted(
    _ policies: [PolicyName], kernel: KernelProfile = .linux6_1, machine: String = "teaching-4g",
  ) throws -> Machine {
    let description = try #require(MachineDescription(builtIn: machine))
    return try Machine(
      booting: description, kernel: kernel,
      options: BootOptions(policies: try PolicySet(policies)))
  }

  /// The free pages, and those that page tables took since.
  var freeOrInTables: PageCount {
    let waiting = Name("cpu-list").flatMap { physical.owner(named: $0) }
    return physical.freePages + physical.pages(of: .pageTables)
      + (waiting.map { physical.pages(of: $0) } ?? 0)
  }
}

extension PolicyName {
  /// The policy with what it needs.
  var withPrerequisite: [PolicyName] { [prerequisite, self].compactMap(\.self) }

  /// The policies that hand out pages for memory whose permissions change.
  static let grouping: [PolicyName] = [
    .edgecombe2021, .permAlloc2020, .pteCache2021, .unmapped2022, .unmappedAlloc2023,
  ]

  /// The variants of merging on free.
  static let onFree: [PolicyName] = [
    .mergeOnFree, .mergeOnFreeLiteral, .mergeOnFreeChecked, .mergeOnFreeLiteralChecked,
  ]

  /// The policies that put large leaves back.
  static let merging: [PolicyName] = [
    .kirill2020, .hyeyooBitmap2022, .hyeyooCount2022, .aaronLu2022,
  ]
}

func named(_ text: String) throws -> Name { try #require(Name(text)) }

/// Seeded random calls of users of special permissions, each of which can be made.
struct RandomUsers {
  var random: SeededGenerator
  private var serial = 0
  private var loaded: [(load: UserCall, free: UserCall)] = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// What is loaded.
  var areas: [Name] {
    loaded.compactMap { if case .vmalloc(let name, _, _) = $0.load { name } else { nil } }
  }

  mutating func next() throws -> UserCall {
    if !loaded.isEmpty, random.oneIn(3) || loaded.count > 20 { return freeOne() }
    serial += 1
    let name = try named("u\(serial)")
    var options = UserCall.VmallocOptions()
    options.flags = random.oneIn(2) ? [.group, .resetsPermissions] : .group
    var sizes = ModuleSizes()
    for part in ModuleSizes.Part.allCases {
      sizes[part] = UInt32(random.next(below: 40_000))
    }
    sizes.text += 1
    let choices: [(UserCall, UserCall)] = [
      (.vmalloc(name, PageCount(1 + random.next(below: 700)), options), .vfree(name)),
      (.moduleLoad(name, sizes), .moduleUnload(name)),
      (.bpfLoad(name, bytes: UInt32(1 + random.next(below: 20_000))), .bpfFree(name)),
      (.ftraceLoad(name, 1), .ftraceFree(name)), (.kprobeLoad(name), .kprobeFree(name)),
      (.secretmemFault(name), .secretmemRelease(name)),
    ]
    let (load, free) = random.pick(choices)
    loaded.append((load, free))
    return load
  }

  /// The calls that free all that is loaded.
  mutating func freeAll() -> [UserCall] {
    defer { loaded = [] }
    return loaded.map(\.free)
  }

  private mutating func freeOne() -> UserCall {
    loaded.remove(at: Int(random.next(below: UInt64(loaded.count)))).free
  }
}
