/// One of a few things that a user names.
public enum Choice {
  /// The thing with a name.
  ///
  /// - Parameter what: the noun for an error, such as `machine`.
  public static func named<Value>(
    _ name: String, in values: [Value], by key: (Value) -> String, what: String,
  ) throws(ChoiceError) -> Value {
    guard let value = values.first(where: { key($0) == name }) else {
      let names = values.map(key)
      throw ChoiceError(
        what: what, name: name, names: names, nearest: NearestWord.find(name, among: names))
    }
    return value
  }
}

/// A name that stands for nothing.
public struct ChoiceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What should have been named.
  public var what: String
  /// The name.
  public var name: String
  /// The names there are.
  public var names: [String]
  /// The nearest of them.
  public var nearest: String?

  /// The trouble and the way out, in one line.
  public var description: String {
    "no \(what) is called '\(name)'; "
      + (nearest.map { "did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", "))")
  }
}
