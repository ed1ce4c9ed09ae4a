import Engine
import Foundation
import Language
import TestSupport
import Testing

/// Every number that a lesson says is held: by a claim or a call of the lesson itself, or by what is
/// named here.
@Suite struct LessonNumberTests {
  /// What holds a number that the lesson itself does not claim.
  enum Ground {
    /// It follows from others: what it is worked out from.
    case counted(Int)
    /// It was published: where.
    case published(String)
    /// It was recorded: where.
    case recorded(String)
  }

  /// Numbers up to this one are told by the words around them: bits, orders, parts of a page.
  private static let small = 16

  private static func grounds() throws -> [String: [Int: Ground]] {
    let altra = "map_mem() on an Altra with 64 GiB, \"Speed up boot\", March 2024"
    let modules = "Assets/workloads/linux-6.12.117/4g"
    let grouping = "Assets/recordings/grouping-2021"
    let onFree = "Assets/recordings/merge-on-free-2022"
    let growth = try kilobytes("after") - kilobytes("before")
    return [
      "arm64-linear-map": [
        128: .counted((32833 * 4096) >> 20), 2227: .published(altra), 431: .published(altra),
        162: .published(altra), 109: .published(altra),
      ],
      "grouping-cache": [
        98: .published("lore.kernel.org/bpf, 5 April 2021"), 33: .recorded(grouping),
        75: .recorded(grouping), 80: .counted(40 * 2), 100: .counted(100),
      ],
      "huge-vmalloc": [1024: .published("POWER9 Processor User's Manual: the second level")],
      "merge-on-free": [
        64: .counted(512 / 8), 1079: .published("Hyeonggon Yoo, 11 May 2022"), 61: .counted(63 - 2),
        30: .recorded(onFree), 22: .recorded(onFree), 28: .recorded(onFree), 43: .recorded(onFree),
      ],
      "modules-and-bpf": [
        151: .recorded(modules), 400: .recorded("Assets/workloads/linux-6.12.117/bpf"),
        17: .counted((57216 - 22400) / 2048),
        // /proc/meminfo counts the high map of the kernel too, so only the growth is that of the leaves.
        22400: .recorded(modules), 50: .recorded(modules),
        57216: .counted(22400 + growth),
        500: .published("sizes of BPF programs on one fleet host"), 64: .counted(64),
        141: .recorded("Assets/workloads/linux-7.2.12/4g"),
        33: .recorded("Assets/workloads/linux-7.2.12/4g"),
      ],
      "one-page": [
        511: .counted(512 - 1), 1054: .counted(1024 + 30),
        259: .published("Intel's tests of 1G, 2M and 4K leaves"),
        45: .published("the same"), 100: .counted(100), 20: .published("the same"),
      ],
      "secret-memory": [510: .counted(512 - 2), 50: .recorded(modules)],
      "zapping": [
        510: .counted(255 * 2), 78: .counted((20000 * 4096) >> 20),
        10000: .published("commit 53a59fc67f97"), 27: .recorded("LessonVariantTests"),
        28: .recorded("LessonVariantTests"),
        52: .counted(5_225_205 * 10 / 1_000_000),
      ],
    ]
  }

  /// The kilobytes of 4K leaves in a recorded dump of the direct map.
  private static func kilobytes(_ when: String) throws -> Int {
    let path = "Assets/workloads/linux-6.12.117/4g/leaves-\(when).txt"
    return try ProjectFiles.text(path).split(separator: "\n").reduce(0) { sum, line in
      let parts = line.split(separator: " ")
      guard parts.count == 5, parts[0] == "L", parts[3] == "1" else { return sum }
      return sum + (Int(parts[2], radix: 16) ?? 0) * 4
    }
  }

  /// The whole numbers of a text, without versions, names and years.
  private static func numbers(_ text: String) -> [Int] {
    text.matches(of: /(^|[^A-Za-z0-9_.:,-])(\d+)(?![A-Za-z0-9_]|\.\d)/).compactMap {
      Int($0.output.2)
    }.filter { $0 > small && $0 != 512 && !(2015...2030).contains($0) }
  }

  /// The numbers that the lesson claims, or gives to calls.
  private static func held(_ text: String) -> Set<Int> {
    let silent = ["caption", "part", "lesson", "story", "highlight", "#", "pause", "key", "type"]
    var held: Set<Int> = []
    for line in text.split(separator: "\n") where !silent.contains(where: line.hasPrefix) {
      var words = line[...]
      if line.hasPrefix("task") {
        guard let goal = line.firstRange(of: " until ") else { continue }
        words = line[goal.upperBound...]
      }
      held.formUnion(words.matches(of: /\d+/).compactMap { Int($0.output) })
    }
    return held
  }

  @Test(arguments: ReadLesson.names) func `every number is claimed, or its ground is named`(
    name: String,
  ) throws {
    let lesson = try ReadLesson(name)
    let held = Self.held(lesson.text)
    let grounds = try Self.grounds()[name] ?? [:]
    var used: Set<Int> = []
    for part in lesson.lesson.parts {
      for text in ReadLesson.paragraphs(of: part) {
        for number in Self.numbers(text) where !held.contains(number) {
          #expect(grounds[number] != nil, "\(name): nothing holds \(number) in: \(text)")
          used.insert(number)
        }
      }
    }
    #expect(used == Set(grounds.keys), "\(name): grounds for numbers that it does not say")
  }

  @Test func `what merging on free came to is what its recordings say`() throws {
    let folder = "Assets/recordings/merge-on-free-2022"
    let variants = ["posted", "literal", "repaired"]
    func runs(_ variant: String) -> Set<String> {
      Set(
        ProjectFiles.list(folder, ending: "jsonl").filter { $0.hasSuffix("-\(variant).jsonl") }.map
        {
          String($0.dropFirst(folder.count + 1).dropLast("-\(variant).jsonl".count))
        })
    }
    let names = variants.dropFirst().reduce(runs(variants[0])) { $0.intersection(runs($1)) }
    #expect(names.count == 12)
    /// Splits, merges, and merges that were missed.
    func sums(_ variant: String) throws -> [Int] {
      var sums = [0, 0, 0]
      for name in names {
        let text = try ProjectFiles.text("\(folder)/\(name)-\(variant).jsonl")
        for line in text.split(separator: "\n") {
          let step = try #require(
            JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
          let splits = step["splits"] as? [String: Int] ?? [:]
          sums[0] += splits.values.reduce(0, +)
          sums[1] += step["merges"] as? Int ?? 0
          sums[2] += step["missed"] as? Int ?? 0
        }
      }
      return sums
    }
    #expect(try sums("posted") == [30, 0, 0])
    #expect(try sums("literal").dropFirst() == [6, 22])
    #expect(try sums("repaired") == [43, 28, 0])
  }

  @Test func `what follows from others does, and what was recorded is there`() throws {
    for (name, grounds) in try Self.grounds() {
      for (number, ground) in grounds {
        switch ground {
        case .counted(let value): #expect(value == number, "\(name)")
        case .published(let source): #expect(!source.isEmpty)
        case .recorded(let source):
          if source.hasPrefix("Assets/") {
            let path = ProjectFiles.root.appending(path: source).path
            #expect(FileManager.default.fileExists(atPath: path), "\(source)")
          }
        }
      }
    }
    let times = LinearMapCost.published.first { $0.isFitted }?.milliseconds.map(\.value)
    #expect(times == [2227, 431, 162, 109, 61])
  }
}
