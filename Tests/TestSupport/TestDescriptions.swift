import Engine
import Screen
import Testing

// Names of test arguments, as users know them: everything that a kernel or a theme holds would be
// pages of text in the name of a test.

extension KernelProfile: CustomTestStringConvertible {
  /// The name by which it is chosen.
  public var testDescription: String { name }
}

extension Theme: CustomTestStringConvertible {
  /// The name by which it is chosen.
  public var testDescription: String { name }
}
