import Engine
import Scenarios

/// Variants as options give them.
enum VariantList {
  /// Reads variants, each with a name of its own.
  nonisolated static func read(_ texts: [String], limit: Int) throws(UserError) -> [Variant] {
    guard texts.count <= limit else {
      throw UserError("\(texts.count) variants are too many; give up to \(limit)")
    }
    var variants: [Variant] = []
    for text in texts {
      let variant = try read(text)
      if variants.contains(where: { $0.name == variant.name }) {
        throw UserError("two variants are called \(variant.name); give each a name of its own")
      }
      variants.append(variant)
    }
    return variants
  }

  /// Reads a variant and the files of its rules.
  nonisolated static func read(_ text: String) throws(UserError) -> Variant {
    do {
      var variant = try Variant(reading: text)
      try variant.add(RuleFile.rules(variant.ruleFiles))
      return variant
    } catch {
      throw UserError("\(error)")
    }
  }
}
