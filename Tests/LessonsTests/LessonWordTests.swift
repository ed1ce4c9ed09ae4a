import Foundation
import Language
import TestSupport
import Testing

/// What a lesson says, read as a learner reads it.
@Suite struct LessonWordTests {
  /// The columns and the rows of a caption: beside the map at 100 x 30; at 80 x 24 and at 120 x 40.
  static let rooms = [(columns: 28, rows: 22), (columns: 42, rows: 10)]

  @Test(arguments: ReadLesson.names) func `no part says more than stands beside the map`(
    name: String,
  ) throws {
    for part in try ReadLesson(name).lesson.parts {
      for room in Self.rooms {
        var rows = wrapped(part.heading, width: room.columns).count
        for text in ReadLesson.paragraphs(of: part) where text != part.task?.text {
          #expect(text.count <= 240, "\(name), \(part.heading): \(text.count) letters")
          rows += wrapped(text, width: room.columns).count
        }
        // The sign before a task takes two columns; an empty row stands above it.
        if let task = part.task { rows += 1 + wrapped(task.text, width: room.columns - 2).count }
        #expect(rows <= room.rows, "\(name), \(part.heading): \(rows) rows of \(room.columns)")
      }
    }
  }

  /// A word that needs explaining: how it is written, and the phrases that explain it.
  struct Term: Sendable {
    var pattern: String
    var explanations: [String]
  }

  static let glossary = [
    Term(
      pattern: "direct map",
      explanations: [
        "mapping is the direct map", "the kernel's mapping of all", "the mapping of all",
      ]),
    Term(pattern: "lea(f|ves)", explanations: ["is a leaf", "an entry"]),
    Term(
      pattern: "TLBs?",
      explanations: ["store is the TLB", "store of addresses", "small store, the TLB"]),
    Term(
      pattern: "flush(es|ed)?",
      explanations: [
        "is a flush", "it empties the TLB", "flush empties the TLB", "forget", "empties",
      ]),
    Term(
      pattern: "splits?",
      explanations: ["is a split", "a leaf cut into", "A split cuts", "cut into 512", "cut it up"]),
    Term(
      pattern: "alias(es)?", explanations: ["second address", "Two addresses", "two addresses"]),
    Term(pattern: "merg(e|es|ed|ing)", explanations: ["is a merge", "put them together"]),
    Term(pattern: "vmalloc", explanations: ["consecutive addresses", "addresses are consecutive"]),
    Term(pattern: "nodes?", explanations: ["near to some CPUs"]),
    Term(pattern: "folios?", explanations: ["managed as one"]),
    Term(pattern: "batch(es)?", explanations: ["such a page is a batch"]),
    Term(pattern: "rmap", explanations: ["how a page finds its entries"]),
    Term(pattern: "mmu_gather", explanations: ["holder of the pages"]),
    Term(pattern: "zaps?", explanations: ["clears the entries"]),
    Term(pattern: "fixmap", explanations: ["slots of fixed addresses"]),
    Term(pattern: "TLBIs?", explanations: ["such invalidation"]),
    Term(pattern: "CPA", explanations: ["changes page attributes"]),
    Term(pattern: "KFENCE", explanations: ["checker for bugs"]),
    Term(pattern: "polic(y|ies)", explanations: ["is a remedy", "is a change that can"]),
    Term(pattern: "D", explanations: ["dirty bit"]),
    Term(pattern: "G", explanations: ["global"]),
    Term(pattern: "P", explanations: ["present"]),
    Term(pattern: "RW", explanations: ["allows writes"]),
    Term(pattern: "BPF", explanations: ["small programs", "code that is loaded"]),
    Term(pattern: "[Mm]odules?", explanations: ["ode that is loaded"]),
    Term(pattern: "P(TE|MD|UD)", explanations: ["call a 4K leaf a PTE"]),
    Term(pattern: "linear map", explanations: ["calls the direct map"]),
  ]

  @Test(arguments: ReadLesson.names) func `every word is explained where it first comes`(
    name: String,
  ) throws {
    let parts = try ReadLesson(name).lesson.parts
    let paragraphs = parts.flatMap { ReadLesson.paragraphs(of: $0) }
    for term in Self.glossary {
      let word = try Regex("\\b\(term.pattern)\\b")
      guard let first = paragraphs.firstIndex(where: { $0.contains(word) }) else { continue }
      let read = paragraphs[...first]
      #expect(
        read.contains { text in term.explanations.contains { text.contains($0) } },
        "\(name) uses \(term.pattern) unexplained in: \(paragraphs[first])")
    }
  }

  @Test func `every word of the glossary is used, and explained, somewhere`() throws {
    let all = try ReadLesson.names.flatMap {
      try ReadLesson($0).lesson.parts.flatMap { ReadLesson.paragraphs(of: $0) }
    }
    for term in Self.glossary {
      let word = try Regex("\\b\(term.pattern)\\b")
      #expect(all.contains { $0.contains(word) }, "\(term.pattern)")
      for phrase in term.explanations {
        #expect(all.contains { $0.contains(phrase) }, "\(term.pattern): \(phrase)")
      }
    }
  }

  @Test(arguments: ReadLesson.names) func `the words are plain`(name: String) throws {
    for part in try ReadLesson(name).lesson.parts {
      for text in ReadLesson.paragraphs(of: part) {
        #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text)")
        #expect(!text.contains("!"), "\(text)")
        let sentences = text.split(separator: ". ")
        for sentence in sentences {
          #expect(sentence.split(separator: " ").count <= 32, "long: \(sentence)")
        }
      }
    }
  }

  /// Where the stories of the lessons are, as the project's reference documents state it: archived
  /// threads by author and day, and addresses and commits by themselves.
  static let sources: Set<String> = [
    "Mike Rapoport, 27 January 2022", "Hyeonggon Yoo, 11 May 2022",
    "https://github.com/hygoni/linux/tree/merge-mapping-v1r3",
    "lore.kernel.org/bpf, Rick Edgecombe, 5 April 2021",
    "https://lore.kernel.org/lkml/20201120202426.18009-1-rick.p.edgecombe@intel.com/",
    "Will Deacon, 15 April 2020", "Ryan Roberts, 31 January 2024", "Ryan Roberts, 11 April 2024",
    "commit 41d88484c71c", "commit 53a59fc67f97", "commit fcf8dda8cc48",
  ]

  @Test func `every story is one that is known to exist`() throws {
    var used: Set<String> = []
    for name in ReadLesson.names {
      let stories = try ReadLesson(name).lesson.stories
      #expect(!stories.isEmpty)
      for story in stories {
        #expect(Self.sources.contains(story.source), "\(name): \(story.source)")
        used.insert(story.source)
      }
    }
    #expect(used == Self.sources)
  }
}
