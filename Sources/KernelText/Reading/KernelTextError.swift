/// What is wrong with a text that should be from a kernel.
public enum KernelTextError: Error, Equatable, Sendable {
  /// A line is invalid. Lines count from 1.
  case unexpected(line: Int, found: String, expected: String)
  /// The text lacks something that is required.
  case missing(String)
  /// `/proc/iomem` as an unprivileged reader sees it: every address is 0.
  case hiddenAddresses(line: Int)
  /// The log is from a kernel that runs paravirtualised on Xen. Lines count from 1.
  case xen(line: Int)
  /// The text describes more than can be simulated.
  case tooLarge(String)
  /// The text is of no known kind.
  case unknownKind
}

extension KernelTextError: CustomStringConvertible {
  /// The place, the reason and the way out, in one line.
  public var description: String { line.map { "line \($0): \(reason)" } ?? reason }

  /// The invalid line, from 1; nil for the text as a whole.
  public var line: Int? {
    switch self {
    case .unexpected(let line, _, _), .hiddenAddresses(let line), .xen(let line): line
    case .missing, .tooLarge, .unknownKind: nil
    }
  }

  /// The reason and the way out, without the place.
  public var reason: String {
    switch self {
    case .unexpected(_, let found, let expected):
      "expected \(expected), found \"\(found)\""
    case .missing(let what):
      "the text has no \(what); give the whole file"
    case .hiddenAddresses:
      "all addresses are 0, as the kernel shows them to unprivileged readers; "
        + "read the file as root"
    case .xen:
      "this kernel runs paravirtualised on Xen, where the direct map is all 4K pages and "
        + "changes through the hypervisor; that is not simulated. Give a log of the same machine "
        + "without Xen, or of an HVM or PVH guest"
    case .tooLarge(let what):
      what
    case .unknownKind:
      "this is neither /proc/iomem nor a kernel log with e820 lines; "
        + "save one with `sudo cat /proc/iomem` or `dmesg`"
    }
  }
}

extension KernelTextError {
  /// The error for a line, of which a piece is quoted.
  public static func unexpected(_ line: TextLine, _ expected: String) -> KernelTextError {
    .unexpected(line: line.number, found: line.excerpt, expected: expected)
  }
}
