import CLinux
import History

/// Where addresses of a kernel stand in its source, as addr2line tells of a vmlinux with debug information.
/// The kernel must be that very build.
struct SourceLines {
  /// The vmlinux.
  private let file: String
  /// Gives the text of a file of the kernel's source; `nil` where there is none.
  private let text: (@Sendable (String) -> String?)?
  private var known: [UInt64: String?] = [:]
  private var excerpts: [String: SourceExcerpt] = [:]
  private var arguments: [UInt64: [String]] = [:]

  /// - Parameter text: gives the text of a file of the kernel's source, if somebody has it.
  init(of file: String, text: (@Sendable (String) -> String?)? = nil) {
    self.file = file
    self.text = text
  }

  /// A line of the source.
  struct Line: Equatable, Sendable {
    /// Its file and its number.
    var place: String
    /// The function that it is in, which may be inlined into another.
    var function: String
  }

  /// The source around an address; `nil` where nothing tells.
  mutating func excerpt(of address: UInt64) throws(LabError) -> SourceExcerpt? {
    guard text != nil, let place = try place(of: address) else { return nil }
    return excerpt(at: place)
  }

  /// The source around a place; `nil` where nobody has it.
  mutating func excerpt(at place: String) -> SourceExcerpt? {
    guard let text else { return nil }
    if let known = excerpts[place] { return known }
    let parts = place.split(separator: ":")
    guard parts.count == 2, let line = Int(parts[1]),
      !parts[0].split(separator: "/").contains(".."), let whole = text(String(parts[0]))
    else { return nil }
    let excerpt = SourceExcerpt(of: whole, file: String(parts[0]), around: line)
    excerpts[place] = excerpt
    return excerpt
  }

  /// The names of a function's arguments, by its first address; `nil` where gdb is not there, or the debug
  /// information does not tell.
  func argumentNames(of address: UInt64) -> [String]? { arguments[address] }

  /// The lines of the source whose code begins in some ranges of addresses, by where it does. None where gdb is
  /// not there, or the debug information does not tell.
  func lines(in ranges: [Range<UInt64>]) throws(LabError) -> [UInt64: Line] {
    guard !ranges.isEmpty else { return [:] }
    // Rows of the table of lines, each with the innermost function around it.
    let script = [
      "def show(pc, end):", " while pc < end:", "  s = gdb.find_pc_line(pc)",
      "  b = gdb.block_for_pc(pc)", "  while b and not b.function: b = b.superblock",
      "  place = '%s:%d' % (s.symtab.filename, s.line) if s.symtab else '?'",
      "  if b: print('line', hex(pc), place, b.function)",
      "  pc = s.last + 1 if s.last and s.last >= pc else pc + 1",
    ].joined(separator: "\\n")
    let list = ranges.map { "(\($0.lowerBound), \($0.upperBound))" }.joined(separator: ", ")
    var lines: [UInt64: Line] = [:]
    for words in try gdb(["exec(\"\(script)\")", "[show(*r) for r in [\(list)]]"])
    where words.count == 4 && words[0] == "line" {
      guard let address = UInt64(words[1].dropFirst(2), radix: 16),
        let place = Self.place(in: words[2])
      else { continue }
      lines[address] = Line(place: place, function: String(words[3]))
    }
    return lines
  }

  /// What gdb prints for lines of Python, word by word; nothing where it is not there.
  private func gdb(_ python: [String]) throws(LabError) -> [[Substring]] {
    let (own, other) = try Wire.pair()
    let process = Program.start(
      "gdb",
      ["-nx", "-batch", "-iex", "set auto-load off", "-iex", "set debuginfod enabled off"]
        + python.flatMap { ["-ex", "python \($0)"] } + [file],
      keeping: [], output: other.descriptor)
    guard process > 0 else { return [] }
    defer { process_end(process) }
    other.close()
    return try Self.text(of: own).split(separator: "\n").map { $0.split(separator: " ") }
  }

  /// Asks gdb for the arguments of functions. Without gdb, they have no names.
  private mutating func readArguments(_ addresses: [UInt64]) throws(LabError) {
    let list = addresses.map { "0x" + String($0, radix: 16) }.joined(separator: ",")
    // The block of the function itself, out of those of functions that were inlined at its beginning.
    let outermost =
      "f = lambda b: b if not b or not b.superblock or b.superblock.is_static else f(b.superblock)"
    let names = "[s.name for s in (f(gdb.block_for_pc(a)) or []) if s.is_argument]"
    let commands = [outermost, "[print('args', hex(a), *\(names)) for a in [\(list)]]"]
    for words in try gdb(commands) {
      guard words.count >= 2, words[0] == "args",
        let address = UInt64(words[1].dropFirst(2), radix: 16)
      else { continue }
      arguments[address] = words.dropFirst(2).map(String.init)
    }
  }

  /// Asks for the places of functions, and the names of their arguments.
  mutating func read(functions: [UInt64]) throws(LabError) {
    guard !functions.isEmpty else { return }
    try read(functions)
    try readArguments(functions)
  }

  /// The file and the line of an address, such as `arch/x86/mm/pat/set_memory.c:1834`; `nil` where the
  /// debug information says nothing.
  mutating func place(of address: UInt64) throws(LabError) -> String? {
    if let place = known[address] { return place }
    try read([address])
    return known[address] ?? nil
  }

  /// Asks for many addresses at once, which takes as long as for one.
  mutating func read(_ addresses: [UInt64]) throws(LabError) {
    let (own, other) = try Wire.pair()
    let words = addresses.map { "0x" + String($0, radix: 16) }
    let process = Program.start(
      "addr2line", ["-e", file] + words, keeping: [], output: other.descriptor)
    guard process > 0 else {
      throw .notStarted(program: "addr2line", reason: Wire.reason(-process))
    }
    defer { process_end(process) }
    other.close()
    let text = try Self.text(of: own)
    if text.hasPrefix("addr2line:") {
      throw .notAKernel(String(text.prefix { !$0.isNewline }))
    }
    let lines = text.split(separator: "\n")
    guard lines.count == addresses.count else {
      throw .notAKernel(
        "addr2line tells nothing of \(file); a vmlinux with debug information is needed")
    }
    for (address, line) in zip(addresses, lines) { known[address] = Self.place(in: line) }
  }

  /// All that the other side says until its end. Reading the debug information of a kernel takes seconds.
  private static func text(of wire: Wire) throws(LabError) -> String {
    var bytes: [UInt8] = []
    while true {
      let more: [UInt8]
      do throws(LabError) {
        more = try wire.read(milliseconds: 120_000)
      } catch {
        return String(decoding: bytes, as: UTF8.self)
      }
      if more.isEmpty { throw .tooSlow(what: "addr2line", seconds: 120, console: "") }
      bytes += more
    }
  }

  /// The place in a line of addr2line's: without the folder that the kernel was built in.
  static func place(in line: Substring) -> String? {
    let words = line.split(separator: " ")
    guard let place = words.first, !place.hasPrefix("??"), !place.hasSuffix(":?"),
      !place.hasSuffix(":0")
    else { return nil }
    let parts = place.split(separator: "/", omittingEmptySubsequences: false)
    guard let start = parts.firstIndex(where: { folders.contains($0) }) else {
      return String(place)
    }
    return parts[start...].joined(separator: "/")
  }

  /// The folders at the top of the kernel's source.
  private static let folders: Set<Substring> = [
    "arch", "block", "crypto", "drivers", "fs", "include", "init", "io_uring", "ipc", "kernel",
    "lib",
    "mm", "net", "rust", "security", "sound", "virt",
  ]
}
