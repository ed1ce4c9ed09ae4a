import Engine
import Foundation
import Language
import Parsing
import TestSupport
import Testing

@testable import Exploring

/// The tables of `docs/explore.md`: what searches find under every kernel and every policy.
@Suite struct ExploreTableTests {
  private static let path = "docs/explore.md"

  /// A kernel with policies, and the machine that it boots on.
  private struct Software {
    var kernel: KernelProfile
    var policies: [PolicyName] = []

    var name: String { ([kernel.name] + policies.map(\.rawValue)).joined(separator: " + ") }
    var machine: String { kernel.architecture == .arm64 ? "arm64-4g" : "teaching-4g" }

    func boot(_ setup: [String] = []) throws -> Machine {
      let description = try #require(MachineDescription(builtIn: machine))
      let policies = try PolicySet(policies)
      var booted = try Machine(
        booting: description, kernel: kernel, options: BootOptions(policies: policies))
      for line in setup {
        let read = try #require(try Parser(file: "setup").statement(ofLine: line))
        guard case .call(let call) = read.statement else { continue }
        try booted.perform(call)
      }
      return booted
    }
  }

  /// Each policy of an architecture with what it needs, on the kernel of its time, or the newest that
  /// lacks what it switches on.
  private static func withPolicies(_ kernels: [KernelProfile]) -> [Software] {
    PolicyName.allCases.compactMap { name in
      guard name != .cpuLists, let newest = kernels.last, name.runs(on: newest.architecture) else {
        return nil
      }
      let policies = [name.prerequisite, name].compactMap(\.self)
      let kernel =
        switch name {
        case .permAlloc2020, .edgecombe2021, .pteCache2021, .hugeVmalloc2020, .hugeVmap2020:
          KernelProfile.linux5_11
        case .freetype2026, .mermap2026: KernelProfile.linux7_2
        case _ where newest.architecture == .arm64 && name.kind == .remedy: newest
        case _ where name.kind == .remedy: KernelProfile.linux6_1
        default: kernels.last { name.fit($0) == .possible } ?? newest
        }
      return Software(kernel: kernel, policies: policies)
    }
  }

  private static func search(
    _ software: Software, _ lines: [String], after setup: [String] = [], depth: Int,
    _ properties: [Property] = Property.usual, beside rival: Software? = nil,
  ) async throws -> (found: Exploration, alphabet: Alphabet) {
    let machine = try software.boot(setup)
    let alphabet = try Alphabet(reading: lines)
    var options = Explorer.Options()
    options.depth = depth
    options.properties = properties
    options.jobs = 2
    let explorer = Explorer(
      from: machine, beside: try rival?.boot(setup), alphabet: alphabet, options: options)
    return (await explorer.run(), alphabet)
  }

  /// A row, and how long its search took.
  private static func row(_ software: Software, _ lines: [String], depth: Int) async throws
    -> String
  {
    let clock = ContinuousClock()
    let start = clock.now
    let found = try await search(software, lines, depth: depth).found
    let seconds = (clock.now - start) / .milliseconds(1) / 1000
    let hits = Dictionary(grouping: found.hits, by: \.property).map { property, hits in
      (property, hits.map(\.calls.count).min() ?? 0, hits.count)
    }.sorted { ($0.1, $0.0.rawValue) < ($1.1, $1.0.rawValue) }
    let words = hits.map { "`\($0.0.rawValue)` in \($0.1)\($0.2 > 1 ? ", \($0.2) kinds" : "")" }
    return "| \(software.name) | \(depth) | \(found.states) | \(found.bytes / found.states) "
      + "| \(found.transitions) | \(words.isEmpty ? "none" : words.joined(separator: "; ")) "
      + "| \(String(format: "%.2f", seconds)) |"
  }

  private static let head = [
    "| kernel and policy | depth | states | bytes a state | calls made | hits, with the fewest calls | s |",
    "|---|---|---|---|---|---|---|",
  ]

  /// The rows with the times that a page has for them: what a clock says is written down, and held by
  /// no test.
  private static func untimed(_ rows: [String], _ page: Substring) -> [String] {
    func parts(_ row: some StringProtocol) -> (rest: String, time: String)? {
      let cells = row.split(separator: "|", omittingEmptySubsequences: false)
      guard cells.count == 9, let time = cells.dropLast().last else { return nil }
      return (cells.dropLast(2).joined(separator: "|"), String(time))
    }
    let known = page.split(separator: "\n").compactMap(parts)
    let times = Dictionary(known.map { ($0.rest, $0.time) }) { first, _ in first }
    return rows.map { row in
      guard let (rest, _) = parts(row), let time = times[rest] else { return row }
      return "\(rest)|\(time)|"
    }
  }

  // MARK: - The usual search

  /// Those that change what calls on entries do.
  private static let merging: [PolicyName] = [
    .kirill2020, .aaronLu2022, .hyeyooCount2022, .hyeyooBitmap2022,
  ]

  private static func usual() async throws -> [String] {
    var rows = head
    let variants =
      KernelProfile.x86.map { Software(kernel: $0) }
      + merging.map { Software(kernel: .linux6_1, policies: [$0]) }
    for software in variants {
      let targets = Alphabet.usualTargets(on: try software.boot())
      let lines = Alphabet.usualOperations.flatMap { name in targets.map { "\(name) \($0)" } }
      rows.append(try await row(software, lines, depth: 4))
    }
    return rows
  }

  // MARK: - What is loaded and given back

  private static let loads = [
    "module load m text=12K data=8K rodata=4K init_text=4K", "module unload m", "bpf load b 900",
    "bpf free b", "secretmem fault s", "secretmem release s", "vmalloc v 4 reset",
    "set_memory_ro v 4", "vfree v", "drain",
  ]

  private static func loading() async throws -> [String] {
    var rows = head
    for software in KernelProfile.x86.map({ Software(kernel: $0) })
      + withPolicies(KernelProfile.x86)
    {
      rows.append(try await row(software, loads, depth: 3))
    }
    return rows
  }

  // MARK: - arm64

  private static let onArm64 = [
    "set_direct_map_invalid_noflush pfn:0x60001", "set_direct_map_default_noflush pfn:0x60001",
    "set_memory_valid pfn:0x60200 512 false", "set_memory_valid pfn:0x60200 512 true",
    "vmalloc v 4 reset", "set_memory_ro v 3", "set_memory_rw v 3", "set_memory_x v 3",
    "set_memory_nx v 3", "vfree v", "secretmem fault s", "secretmem release s",
  ]

  private static func arm64() async throws -> [String] {
    var rows = head
    for kernel in KernelProfile.arm64 {
      rows.append(try await row(Software(kernel: kernel), onArm64, depth: 4))
    }
    return rows
  }

  // MARK: - What is known, found by itself

  private struct Known {
    var title: String
    var software: [Software]
    var setup: [String] = []
    var lines: [String]
    var depth: Int
    var property: Property
    var rival: Software?
  }

  private static let old = Software(kernel: .linux6_1)
  private static let aaronLu = Software(kernel: .linux6_1, policies: [.aaronLu2022])

  private static let known: [Known] = [
    Known(
      title: "A change that reaches only the direct map is not flushed",
      software: KernelProfile.x86.map { Software(kernel: $0) }, setup: ["vmap v pfn:0x140001"],
      lines: ["ro", "rw", "x", "nx"].flatMap { name in
        ["v", "pfn:0x140001"].map { "set_memory_\(name) \($0)" }
      }, depth: 3, property: .flush),
    Known(
      title: "A page that was not present has lost G for good",
      software: [Software(kernel: .linux7_2)],
      lines: [
        "set_memory_np pfn:0x50001", "set_memory_p pfn:0x50001", "touch write pfn:0x50001",
        "set_memory_rox pfn:0x50000 512",
      ], depth: 12, property: .heals),
    Known(
      title: "Unloading splits what loading left whole",
      software: [Software(kernel: .linux6_1), Software(kernel: .linux6_12)],
      lines: [
        "module load m text=12K data=8K rodata=4K init_text=4K", "module unload m",
        "vmalloc v 4 reset", "vfree v",
      ], depth: 3, property: .release),
    Known(
      title: "Merging in CPA pays a full flush for every leaf",
      software: [aaronLu],
      lines: [
        "set_pages_array_uc pfn:0x140001 506 stride 512", "set_memory_wb pfn:0x140000 262144",
      ], depth: 2, property: .flushes, rival: old),
    Known(
      title: "The counters of that RFC count merges of areas too",
      software: [aaronLu], setup: ["vmap_page_range text pfn:0x140000 4M"],
      lines: ["set_memory_ro text", "set_memory_rw text"], depth: 2, property: .counters),
    Known(
      title: "A count of entries that only CPA maintains goes wrong: it is counted twice",
      software: [Software(kernel: .linux6_1, policies: [.hyeyooCount2022])],
      lines: ["set_memory_ro pfn:0x140000 512", "set_memory_rw pfn:0x140001"], depth: 2,
      property: .drift),
    Known(
      title: "and the branch stops the kernel",
      software: [Software(kernel: .linux6_1, policies: [.hyeyooCount2022])],
      lines: ["set_memory_ro pfn:0x140000 512", "set_memory_rw pfn:0x140001"], depth: 2,
      property: .bug),
    Known(
      title: "A merge that reads no entry makes read-only pages writable",
      software: [Software(kernel: .linux6_1, policies: [.unmapped2022, .mergeOnFree])],
      lines: [
        "alloc_pages secret 0 unmapped", "set_memory_ro pfn:0x100500", "free_pages secret",
        "drain",
      ], depth: 4, property: .merge),
    Known(
      title: "The kernel's warning of W+X does not come",
      software: KernelProfile.x86.map { Software(kernel: $0) },
      lines: ["set_memory_x pfn:0x140001"], depth: 1, property: .wx),
  ]

  private static func findings() async throws -> [String] {
    var rows = [
      "| finding | kernel and policy | calls to choose from | property | fewest calls | in words |",
      "|---|---|---|---|---|---|",
    ]
    for known in known {
      // Kernels on which the same is found share a row.
      var groups: [(names: [String], cells: String)] = []
      for software in known.software {
        let (found, alphabet) = try await search(
          software, known.lines, after: known.setup, depth: known.depth, [known.property],
          beside: known.rival)
        let hit = found.hits.first { $0.property == known.property }
        let calls = hit.map { $0.calls.map { "`\(alphabet.lines[$0])`" }.joined(separator: ", ") }
        let cells =
          "\(known.lines.count) | `\(known.property.rawValue)` "
          + "| \(calls ?? "none up to \(known.depth)") | \(hit?.words ?? "") |"
        if let place = groups.firstIndex(where: { $0.cells == cells }) {
          groups[place].names.append(software.name)
        } else {
          groups.append(([software.name], cells))
        }
      }
      for group in groups {
        rows.append("| \(known.title) | \(group.names.joined(separator: ", ")) | \(group.cells)")
      }
    }
    return rows
  }

  // MARK: - The page

  @Test func `the page has the tables that the searches give`() async throws {
    let text = try ProjectFiles.text(Self.path)
    var renewed = text
    for (name, lines) in [
      ("usual", try await Self.usual()), ("loads", try await Self.loading()),
      ("arm64", try await Self.arm64()), ("known", try await Self.findings()),
    ] {
      let start = try #require(renewed.firstRange(of: "<!-- \(name) table: "), "\(name)")
      let head = try #require(renewed[start.upperBound...].firstIndex(of: "\n"))
      let end = try #require(renewed.firstRange(of: "<!-- end of \(name) table -->"))
      let isKept = ProcessInfo.processInfo.environment["RECORD"] != "all"
      let lines =
        isKept ? Self.untimed(lines, renewed[start.upperBound..<end.lowerBound]) : lines
      renewed =
        renewed[...head] + "\n" + lines.joined(separator: "\n") + "\n\n"
        + renewed[end.lowerBound...]
    }
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try Data(renewed.utf8).write(to: ProjectFiles.root.appending(path: Self.path))
    }
    #expect(text == renewed, "stale: run it with RECORD=all")
  }

  @Test func `every finding that is known is found`() async throws {
    for known in Self.known {
      let software = try #require(known.software.first)
      let found = try await Self.search(
        software, known.lines, after: known.setup, depth: known.depth, [known.property],
        beside: known.rival
      ).found
      #expect(found.hits.contains { $0.property == known.property }, "\(known.title)")
    }
  }
}
