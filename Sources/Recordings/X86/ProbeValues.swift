import Engine
import KernelText

/// What a variable of a probe stands for.
enum ProbeValue {
  /// A frame.
  case frame(PFN)
  /// An address.
  case address(VirtualAddress)
  /// An area, at its address here.
  case area(Name, VirtualAddress)
  /// Frames, for the calls that take arrays of pages.
  case frames(FrameStride)
  /// A call that returned nothing.
  case nothing
}

/// The variables of a probe, and the operands that use them.
///
///     %$p+5      the direct-map address of the fifth frame behind p
///     #$p+5      the page descriptor of that frame
///     $a+0x7000  an address this many bytes behind a
struct ProbeVariables {
  private var values: [Substring: ProbeValue] = [:]

  subscript(name: Substring) -> ProbeValue? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// A number, decimal or hexadecimal with `0x`.
  static func number(_ text: some StringProtocol) -> UInt64? {
    text.hasPrefix("0x") ? UInt64(hex: text) : UInt64(decimal: text)
  }

  /// The frame of an operand: of a variable, with a distance in pages, or as a number.
  func frame(_ text: Substring) -> PFN? {
    guard let name = text.after("$") else { return Self.number(text).map { PFN($0) } }
    let (variable, distance) = Self.parts(name)
    guard case .frame(let pfn)? = values[variable], let distance else { return nil }
    let raw = Int64(bitPattern: pfn.rawValue) &+ distance
    return raw < 0 ? nil : PFN(UInt64(raw))
  }

  /// The address of an operand; `nil` if it is none, such as one with two `%`.
  func address(_ text: Substring, on machine: Machine) -> VirtualAddress? {
    if let frame = text.after("%") {
      return self.frame(frame).map(machine.directMapAddress(of:))
    }
    if let frame = text.after("#") {
      return self.frame(frame).map(machine.directMapAddress(of:))
    }
    guard let name = text.after("$") else { return Self.number(text).map { VirtualAddress($0) } }
    let (variable, distance) = Self.parts(name)
    guard let distance else { return nil }
    switch values[variable] {
    case .address(let start), .area(_, let start):
      return VirtualAddress(start.rawValue &+ UInt64(bitPattern: distance))
    case .frame, .frames, .nothing, nil: return nil
    }
  }

  /// `p+5`, `p-8192`, `a+0x7000`
  private static func parts(_ text: Substring) -> (name: Substring, distance: Int64?) {
    guard let sign = text.firstIndex(where: { $0 == "+" || $0 == "-" }) else { return (text, 0) }
    let number = number(text[text.index(after: sign)...]).flatMap { Int64(exactly: $0) }
    return (text[..<sign], number.map { text[sign] == "-" ? -$0 : $0 })
  }
}

/// Leaves as a probe prints them, without frames: runs that are alike together.
struct ProbeLeaves: Equatable {
  struct Run: Equatable {
    var first: UInt64
    var pages: UInt64
    var level: UInt8
    var flags: UInt64
  }
  private(set) var runs: [Run] = []

  /// Reads `L FIRST PAGES LEVEL FLAGS [pfn FRAME]` lines; `nil` if one is none.
  init?(_ lines: [Substring]) {
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count == 5 || words.count == 7, words[0] == "L",
        let first = UInt64(hex: words[1]),
        let pages = UInt64(hex: words[2]), let level = UInt8(words[3]),
        let flags = UInt64(hex: words[4])
      else { return nil }
      add(Run(first: first, pages: pages, level: level, flags: level == 0 ? 0 : flags))
    }
  }

  /// The leaves of a machine, counted from an address.
  init(of machine: Machine, from start: VirtualAddress, pages: PageCount) {
    for run in machine.tables.runs(from: start, pages: pages) {
      add(
        Run(
          first: (run.start - start).rawValue, pages: run.pages.rawValue,
          level: run.size?.rawValue ?? 0, flags: run.flags.rawValue))
    }
  }

  private mutating func add(_ run: Run) {
    if let last = runs.last, last.first + last.pages == run.first, last.level == run.level,
      last.flags == run.flags
    {
      runs[runs.count - 1].pages += run.pages
    } else {
      runs.append(run)
    }
  }

  /// The pages of each level, 0 for none.
  func pages(ofLevel level: UInt8) -> UInt64 {
    runs.reduce(0) { $0 + ($1.level == level ? $1.pages : 0) }
  }

  /// The leaves of the first pages.
  func prefix(_ pages: PageCount) -> ProbeLeaves {
    var copy = self
    copy.runs = []
    for var run in runs where run.first < pages.rawValue {
      run.pages = min(run.pages, pages.rawValue - run.first)
      copy.add(run)
    }
    return copy
  }

  /// The leaves with bits taken out of their flags.
  func ignoring(_ flags: EntryFlags) -> ProbeLeaves {
    var copy = self
    copy.runs = []
    for var run in runs {
      run.flags &= ~flags.rawValue
      copy.add(run)
    }
    return copy
  }

  /// The first run that differs, in words; `nil` if none does.
  func difference(from recorded: ProbeLeaves) -> String? {
    guard self != recorded else { return nil }
    let index = zip(runs, recorded.runs).prefix { $0 == $1 }.count
    func words(_ runs: [Run]) -> String {
      guard index < runs.count else { return "nothing more" }
      let run = runs[index]
      return "L \(String(run.first, radix: 16)) \(String(run.pages, radix: 16)) \(run.level) "
        + String(run.flags, radix: 16)
    }
    return "\(words(runs)), the kernel \(words(recorded.runs))"
  }
}
