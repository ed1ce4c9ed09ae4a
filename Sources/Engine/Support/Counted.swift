/// A number with its noun: `1 split`, `2 splits`.
///
/// - Parameter many: the noun for all numbers but one, where it is not the noun with an s.
public func counted(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
  "\(count) \(count == 1 ? one : many ?? one + "s")"
}
