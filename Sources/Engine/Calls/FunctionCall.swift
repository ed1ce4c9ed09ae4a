/// A function of a real kernel, called by hand. The simulation has no rule for it.
public struct FunctionCall: Equatable, Sendable {
  /// What it is given.
  public enum Argument: Equatable, Sendable {
    /// A word as it is: a number, or an address of the kernel.
    case number(UInt64)
    /// The kernel's address of a frame in its direct map.
    case frame(PFN)
    /// The kernel's address of a page of an area.
    case area(Name, page: PageCount)
    /// The `struct page` of a frame.
    case page(PFN)
  }

  /// The function's name, as /proc/kallsyms has it.
  public var name: String
  /// Its arguments, at most ``argumentsMax``.
  public var arguments: [Argument]

  /// The most arguments that go into registers: x86-64 has six.
  public static let argumentsMax = 6

  /// Creates a call.
  public init(_ name: String, _ arguments: [Argument]) {
    self.name = name
    self.arguments = arguments
  }
}
