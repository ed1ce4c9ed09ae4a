import Engine
import Foundation
import TestSupport
import Testing

@testable import Language
@testable import Narration

/// What is recorded is counted from the recordings, and told where it is not.
@Suite struct KnowledgeTests {
  private static var isRecording: Bool {
    ProcessInfo.processInfo.environment["RECORD"] == "all"
  }

  /// The rows of `RecordedSteps.swift`, counted anew.
  private static func counted() throws -> String {
    var counts: [String: [String: RecordedCalls]] = [:]
    func note(_ subject: String, _ ran: String, _ steps: Int) {
      guard steps > 0 else { return }
      let old = counts[subject]?[ran] ?? RecordedCalls(files: 0, steps: 0)
      counts[subject, default: [:]][ran] = RecordedCalls(
        files: old.files + 1, steps: old.steps + steps)
    }
    for path in ProjectFiles.list("Assets/recordings", ending: "jsonl")
      + ProjectFiles.list("Assets/recordings", ending: "txt")
    {
      let parts = path.split(separator: "/")
      let (folder, file) = (String(parts[2]), String(parts[parts.count - 1]))
      let ran = Self.ran(folder, file)
      note("(files)", ran, 1)
      for (subject, steps) in Self.subjects(try ProjectFiles.text(path), file, ran) {
        note(subject, ran, steps)
      }
    }
    for path in ProjectFiles.list("Assets/workloads", ending: "txt")
    where path.hasSuffix("workload.ftrace.txt") {
      let version = path.split(separator: "/")[2].split(separator: "-")[1]
      let ran = "linux-" + version.split(separator: ".").prefix(2).joined(separator: ".")
      let text = try ProjectFiles.text(path)
      note("workload", ran, text.ranges(of: ": change_page_attr_set_clr:").count)
    }
    return counts.sorted { $0.key < $1.key }.map { subject, kernels in
      let words = kernels.sorted { $0.key < $1.key }.map { ran, calls in
        "\(ran):\(calls.files):\(calls.steps)"
      }
      return "    \(subject) \(words.joined(separator: " "))\n"
    }.joined()
  }

  /// The kernel profile or the patch of a folder.
  private static func ran(_ folder: String, _ file: String) -> String {
    switch folder {
    case "merge-on-free-2022":
      return switch file.dropLast(".jsonl".count) {
      case let name where name.hasSuffix("-literal-checked"): "merge-on-free-literal-checked"
      case let name where name.hasSuffix("-checked"): "merge-on-free-checked"
      case let name where name.hasSuffix("-literal"): "merge-on-free-literal"
      case let name where name.hasSuffix("-repaired"): "merge-on-free"
      case let name where name.hasSuffix("-plain") && !name.hasPrefix("smp"): "linux-6.1"
      default: "unmapped-2022"
      }
    case "grouping-2021": return "edgecombe-2021"
    case "merge-rfc-2022": return "aaronlu-2022"
    case "merge-mapping-2022": return "hyeyoo-count-2022"
    default:
      let parts = folder.split(separator: "-")
      // Of a version with two profiles the update decides.
      if parts[0] != "arm64", let profile = KernelProfile(version: parts[1]) { return profile.name }
      let version = parts[1].split(separator: ".").prefix(2).joined(separator: ".")
      return "linux-\(version)" + (parts[0] == "arm64" ? "-arm64" : "")
    }
  }

  private static func subjects(_ text: String, _ file: String, _ ran: String) -> [String: Int] {
    var counts: [String: Int] = [:]
    func note(_ subject: some StringProtocol) { counts[String(subject), default: 0] += 1 }
    if file.hasSuffix("jsonl") {
      let isOnFree = text.hasPrefix("{\"format\":\"directmap-merge-on-free-recording\"")
      for line in text.split(separator: "\n") {
        guard let start = line.firstRange(of: "\"op\":\"")?.upperBound else { continue }
        var op = String(line[start...].prefix { $0 != "\"" })
        if isOnFree {
          let words = op.split(separator: " ")
          guard let word = words.first else { continue }
          guard
            let call = onFree[String(word)]
              ?? (words[1...].first.flatMap { onFree["\(word) \($0)"] })
          else { continue }
          op = call
        }
        if let subject = ran == "edgecombe-2021" ? grouping[op] : op { note(subject) }
      }
    } else if file.hasPrefix("boot") || file.hasPrefix("early") {
      note("boot")
    } else if ran.hasSuffix("arm64") {
      note("boot")
      for line in text.split(separator: "\n") where line.hasPrefix("PROBE ") {
        let words = line.split(separator: " ")
        if words.count > 2, words[1].hasPrefix("set_") {
          note(words[1] + (words[1].hasPrefix("set_direct_map_") ? "_noflush" : ""))
        }
        guard words.count > 3, ["ro", "rw", "x", "nx"].contains(words[1]),
          words[3].hasPrefix("pages")
        else { continue }
        note("set_memory_\(words[1])")
      }
      if file.contains("hotplug") { note("add_memory") }
    } else if file.hasPrefix("zap") {
      for line in text.split(separator: "\n") where line.hasPrefix("## zap ") {
        for word in line.split(separator: " ") {
          if let subject = zaps[String(word)] { note(subject) }
        }
      }
    } else {
      for line in text.split(separator: "\n") where line.hasPrefix("> ") {
        if let subject = Self.probed(line) { note(subject) }
      }
    }
    return counts
  }

  /// The call of a line of a probe module.
  private static func probed(_ line: Substring) -> String? {
    let words = line.split(separator: " ")
    if words.count > 3, words[1] == "let", words[3] == "vmap" { return "vmap" }
    guard let call = words.firstIndex(where: { $0 == "call" || $0 == "calli" }),
      call + 1 < words.count
    else { return nil }
    var name = String(words[call + 1])
    if name.hasSuffix("_noprof") { name.removeLast(7) }
    if name.contains("vmalloc") { return "vmalloc" }
    return ["vfree", "vunmap"].contains(name) || name.hasPrefix("set_") ? name : nil
  }

  private static let onFree = [
    "alloc": "alloc_pages", "allocn": "alloc_pages", "free": "free_pages", "freen": "free_pages",
    "softfree": "free_pages", "drain": "drain", "!insmod": "module load",
    "!rmmod": "module unload", "!bpf": "bpf load", "!bpffree": "bpf free",
    "set ro": "set_memory_ro", "set rw": "set_memory_rw", "set np": "set_memory_np",
    "!secret": "secretmem fault", "!secretfree": "secretmem release",
  ]
  private static let zaps = ["dontneed": "zap", "munmap": "munmap", "exit": "exit_mmap"]
  private static let grouping = [
    "scan": "shrink", "perm": "set_memory_*", "alloc": "vmalloc", "free": "vfree",
    "enable": "policy", "cpu": "cpu_node", "reclaim": "reclaim", "drop_slab": "drop_slab",
  ]

  @Test func `the rows are those that the recordings give`() throws {
    let path = "Sources/Narration/Knowledge/RecordedSteps.swift"
    let text = try ProjectFiles.text(path)
    let start = try #require(text.firstRange(of: "\"\"\"\n")).upperBound
    let end = try #require(text[start...].firstRange(of: "    \"\"\"")).lowerBound
    let renewed = try text[..<start] + Self.counted() + text[end...]
    if Self.isRecording {
      try Data(renewed.utf8).write(to: ProjectFiles.root.appending(path: path))
    }
    #expect(text == renewed, "stale: run it with RECORD=all, and build")
  }

  @Test func `docs/model.md has the tables`() throws {
    let path = "docs/model.md"
    let text = try ProjectFiles.text(path)
    let start = try #require(text.firstRange(of: "<!-- knowledge: "))
    let head = try #require(text[start.upperBound...].firstIndex(of: "\n"))
    let end = try #require(text.firstRange(of: "<!-- end of knowledge -->")).lowerBound
    let renewed = text[...head] + "\n" + KnowledgeTable().markdown + "\n" + text[end...]
    if Self.isRecording {
      try Data(renewed.utf8).write(to: ProjectFiles.root.appending(path: path))
    }
    #expect(text == renewed, "stale: run it with RECORD=all")
  }

  @Test func `a call is known as well as what is known least of it`() throws {
    func known(
      _ call: String, _ kernel: KernelProfile = .linux7_2, _ policies: [PolicyName] = [],
    ) -> Knowledge { Knowledge.of(call, on: kernel, with: policies) }
    #expect(known("set_memory_ro").isSure && known("munmap").isSure && known("module load").isSure)
    #expect(!known("secretmem fault").isSure && !known("gmem fault").isSure)
    #expect(known("age").word == "from memory")
    #expect(known("set_memory_ro", .linux6_6).word == "from memory")
    #expect(known("set_memory_ro", .linux6_12_24).word == "after source")
    #expect(known("set_memory_ro", .linux7_3).isSure && !known("module load", .linux7_3).isSure)
    #expect(known("munmap", .linux6_1).word == "after source")
    #expect(known("set_memory_ro", .linux6_12Arm64).isSure)
    #expect(known("set_memory_ro", .linux6_1, [.aaronLu2022]).isSure)
    #expect(known("vmalloc", .linux5_11, [.edgecombe2021]).isSure)
    #expect(!known("zap", .linux6_12, [.aaronLu2022]).isSure)
    #expect(!known("set_memory_ro", .linux6_12, [.freetype2026]).isSure)
    #expect(!known("set_memory_ro", .linux6_12, [.aaronLu2022, .noProgPack]).isSure)
    #expect(known("map_mem", .linux6_12Arm64, [.pgtableOps2024]).word == "published")
  }

  @Test func `every command of the language that is a call has a row`() {
    let table = KnowledgeTable()
    let rows = Set(table.calls(.x86_64).map(\.name)).union(table.calls(.arm64).map(\.name))
    for command in Command.all where command.isCall && command.name != "policy" {
      #expect(rows.contains(command.name))
    }
    #expect(
      table.recordedKernels(.x86_64) == [
        .linux6_1, .linux6_12, .linux6_18, .linux7_0, .linux7_1, .linux7_2_6, .linux7_2, .linux7_3,
      ])
    #expect(table.lines.count > 100)
  }
}
