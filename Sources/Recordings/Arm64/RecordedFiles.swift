import KernelText

/// The files of a recording that is a folder, by their paths in it; those of the folder around it begin
/// with `../`.
public protocol RecordedFiles {
  /// The text of a file; `nil` if there is none.
  ///
  /// - Throws: what keeps it from being read.
  func text(_ path: String) throws -> String?
}

/// A folder in one text: what `tail -n +1 -v FILE...` prints.
///
///     ==> run.json <==
///     {...}
///
///     ==> early-bootmem_init/leaves.txt <==
public struct FilesInOneText: RecordedFiles {
  private var files: [Substring: String] = [:]

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    var name: Substring?
    var lines: [Substring] = []
    for line in TextLine.lines(of: text) {
      guard let next = Self.name(in: line.text) else {
        guard name != nil || line.isBlank else { throw .unexpected(line, "`==> FILE <==`") }
        lines.append(line.text)
        continue
      }
      if let name { files[name] = lines.joined(separator: "\n") }
      name = next
      lines = []
    }
    guard let name else { throw .missing("`==> FILE <==`") }
    files[name] = lines.joined(separator: "\n")
  }

  /// Whether a text begins as one that holds the files of a recording.
  public static func recognizes(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: "==> ".utf8)
  }

  private static func name(in line: Substring) -> Substring? {
    guard let rest = line.after("==> "), rest.hasSuffix(" <==") else { return nil }
    return rest.dropLast(4)
  }

  /// The text of a file; `nil` if there is none.
  public func text(_ path: String) -> String? { files[path[...]] }
}
