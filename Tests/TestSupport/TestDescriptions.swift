import Engine
import Screen
import Testing

// What tests are given by, under the name that a user knows: all that a kernel or a theme holds would
// be pages of text in the name of a test.

extension KernelProfile: CustomTestStringConvertible {
  /// The name by which it is chosen.
  public var testDescription: String { name }
}

extension Theme: CustomTestStringConvertible {
  /// The name by which it is chosen.
  public var testDescription: String { name }
}
