/// Finds the word that somebody may have meant.
public enum NearestWord {
  /// The word with the fewest edits from the given one; of equals the one that begins like it for
  /// longest, and then the first; `nil` if none is near.
  ///
  /// Near means at most one edit for every three letters.
  public static func find(_ word: String, among words: some Sequence<String>) -> String? {
    let letters = Array(word.utf8.prefix(64))
    let limit = max(1, letters.count / 3)
    var best: (word: String, distance: Int, alike: Int)?
    for candidate in words where abs(candidate.utf8.count - letters.count) <= limit {
      let distance = editDistance(letters, Array(candidate.utf8))
      let alike = zip(letters, candidate.utf8).prefix { $0 == $1 }.count
      let isBetter = best.map { ($0.distance, -$0.alike) > (distance, -alike) } ?? true
      if distance <= limit, isBetter { best = (candidate, distance, alike) }
    }
    return best?.word
  }

  /// The insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
  static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var older: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var current = [i]
      for j in 1...b.count {
        let isSame = lowercased(a[i - 1]) == lowercased(b[j - 1])
        var least = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (isSame ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          least = min(least, older[j - 2] + 1)
        }
        current.append(least)
      }
      older = previous
      previous = current
    }
    return previous[b.count]
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (65...90).contains(byte) ? byte | 32 : byte
  }
}
