import Engine

/// `/proc/iomem`: the layout of the physical address space.
///
///     00100000-7ffdbfff : System RAM
///       01000000-021fffff : Kernel code
///
/// Two blanks a depth; both ends of a range inclusive. Source: kernel/resource.c, 6.12.
public struct IomemText: Equatable, Sendable {
  /// A line.
  public struct Resource: Equatable, Sendable {
    /// The number of resources that contain it.
    public var depth: Int
    /// The first byte and the byte after the last.
    public var range: Range<PhysicalAddress>
    /// The kernel's name for it.
    public var name: String
    /// The line number.
    public var line: Int
  }

  /// The lines, in their order.
  public let resources: [Resource]

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    var resources: [Resource] = []
    var firstZero: Int?
    var isAllZero = true
    for line in TextLine.lines(of: text) where !line.isBlank {
      let resource = try Self.resource(line.unquoted)
      let isZero = resource.range.upperBound == PhysicalAddress(1)
      if isZero { firstZero = firstZero ?? line.number } else { isAllZero = false }
      resources.append(resource)
    }
    if resources.isEmpty { throw .missing("resources such as `00100000-7ffdbfff : System RAM`") }
    if isAllZero, let firstZero { throw .hiddenAddresses(line: firstZero) }
    self.resources = resources
  }

  private static func resource(_ line: TextLine) throws(KernelTextError) -> Resource {
    let blanks = line.text.utf8.prefix { $0 == UInt8(ascii: " ") }.count
    let parts = line.text.dropFirst(blanks).split(
      separator: " : ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, blanks % 2 == 0 else {
      throw .unexpected(line, "`START-END : NAME` in hexadecimal")
    }
    guard let text = AddressRangeText(parts[0]) else {
      throw .unexpected(line, "a range START-END in hexadecimal, the end not before the start")
    }
    guard let range = text.physical else {
      throw .unexpected(line, "physical addresses below 2^52")
    }
    return Resource(
      depth: blanks / 2, range: range, name: String(parts[1]), line: line.number)
  }
}
