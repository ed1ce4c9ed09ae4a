/// Why bytes are not a module that can be measured.
public enum ElfError: Error, Equatable, Sendable {
  /// The file does not begin as an ELF file does.
  case notELF
  /// The file is compressed, with this program.
  case compressed(String)
  /// An ELF file of another kind than a 64-bit little-endian relocatable one.
  case otherKind(String)
  /// An offset beyond the end of the file.
  case cutOff(String)
  /// A number that no module has.
  case unbelievable(String)
}

extension ElfError: CustomStringConvertible {
  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .notELF: "this is no ELF file; give a kernel module (.ko)"
    case .compressed(let program): "the module is compressed; decompress it with \(program) first"
    case .otherKind(let what): "\(what); give a kernel module for x86-64"
    case .cutOff(let what): "\(what) lies outside the file, which may be cut off"
    case .unbelievable(let what): "\(what); give a kernel module as the kernel's build makes it"
    }
  }
}
