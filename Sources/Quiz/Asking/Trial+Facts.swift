import Engine
import Narration

// What a reader of a sheet cannot know from the lines of an exercise.

extension Trial {
  /// What holds before the call, a sentence each: which leaves map what it names, what a policy keeps,
  /// how much a gather holds.
  public var facts: [String] {
    if case .process = call {
      return [
        "The mmu_gather has room for \(MmuGather.bundleWords) words on the stack and for "
          + "\(MmuGather.batchWords) in each page batch."
      ]
    }
    var facts: [String] = []
    if let subject, call.madeArea == nil {
      if let leaf = before.tables.lookup(subject.address) {
        facts.append(Self.fact(subject.words, leaf))
      }
      if let alias = subject.alias, let leaf = before.tables.lookup(alias) {
        facts.append(Self.fact("in the direct map, \(subject.directWords)", leaf))
      }
    }
    if !before.policies.isEmpty, before.cachedPages.rawValue + after.cachedPages.rawValue > 0 {
      let held = before.cachedPages.rawValue
      facts.append(
        "The cache of the policy holds \(counted(held, "page")), and takes blocks of 512."
      )
    }
    guard let first = facts.first else { return [] }
    return ["Before the call: " + first] + facts.dropFirst()
  }

  private static func fact(_ words: String, _ leaf: PageTables.Leaf) -> String {
    let sentence = "\(words) is in a \(leaf.size.name) leaf, \(leaf.flags.text(leaf.size))."
    return sentence.prefix(1) == "i" ? "In" + sentence.dropFirst(2) : sentence
  }
}
