/// The names and addresses of a kernel, from the text of `/proc/kallsyms`.
public struct Symbols: Sendable {
  private let text: [UInt8]
  /// The addresses of functions by rising address, with where the name begins in the text.
  private let functions: [(address: UInt64, name: Int)]

  /// Reads the text. Lines that cannot be read are left out.
  public init(_ text: [UInt8]) {
    self.text = text
    var functions: [(address: UInt64, name: Int)] = []
    functions.reserveCapacity(text.count / 45)
    var place = 0
    while place < text.count {
      var address: UInt64 = 0
      while place < text.count, let digit = DebuggerPacket.value(ofDigit: text[place]) {
        address = address << 4 | UInt64(digit)
        place += 1
      }
      if place + 3 < text.count, text[place] == UInt8(ascii: " "),
        Self.isCode(text[place + 1]), address != 0
      {
        functions.append((address, place + 3))
      }
      while place < text.count, text[place] != UInt8(ascii: "\n") { place += 1 }
      place += 1
    }
    functions.sort { $0.address < $1.address }
    self.functions = functions
  }

  private static func isCode(_ letter: UInt8) -> Bool {
    [UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "w"), UInt8(ascii: "W")].contains(letter)
  }

  /// The address of a symbol; of several of one name, the first.
  public func address(of name: String) -> UInt64? {
    let wanted = Array(name.utf8)
    guard !wanted.isEmpty, !wanted.contains(UInt8(ascii: "\n")) else { return nil }
    return unsafe text.withUnsafeBufferPointer { text in
      unsafe Self.find(wanted, in: text)
    }
  }

  /// The name must fill its field: a blank before it, the end of the line or a tab behind.
  private static func find(_ wanted: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, unsafe text[end] != UInt8(ascii: "\n") { end += 1 }
      let name = start + 19
      if name + wanted.count <= end,
        name + wanted.count == end || (unsafe text[name + wanted.count]) == UInt8(ascii: "\t"),
        (0..<wanted.count).allSatisfy({ unsafe text[name + $0] == wanted[$0] })
      {
        return unsafe DebuggerPacket.bytes(ofHex: text[start..<start + 16])?.reduce(0) {
          $0 << 8 | UInt64($1)
        }
      }
      start = end + 1
    }
    return nil
  }

  /// The first of several names that the kernel has, with its address.
  func first(of names: [String]) -> UInt64? {
    for name in names { if let address = address(of: name) { return address } }
    return nil
  }

  /// The function that an address lies in, and how far behind its start: `set_memory_ro+0x12`.
  public func name(of address: UInt64) -> String? {
    var low = 0
    var high = functions.count
    while low < high {
      let middle = (low + high) / 2
      if functions[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let (start, place) = functions[low - 1]
    guard address - start < 1 << 20 else { return nil }
    let name = name(at: place)
    return address == start ? name : "\(name)+0x\(String(address - start, radix: 16))"
  }

  /// Where the code ends of a function that begins at an address: where the next one begins.
  func end(ofFunctionAt address: UInt64) -> UInt64? {
    var low = 0
    var high = functions.count
    while low < high {
      let middle = (low + high) / 2
      if functions[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    return low < functions.count ? functions[low].address : nil
  }

  /// The functions whose names match a pattern, in which `*` stands for anything.
  public func functions(matching pattern: String) -> [(name: String, address: UInt64)] {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    return functions.compactMap { address, place in
      let name = name(at: place)
      return Self.matches(name[...], parts[...]) ? (name, address) : nil
    }
  }

  private static func matches(_ name: Substring, _ parts: ArraySlice<String>) -> Bool {
    guard let first = parts.first, name.hasPrefix(first) else { return false }
    let rest = name.dropFirst(first.count)
    if parts.count == 1 { return rest.isEmpty }
    if parts.count == 2, parts.last?.isEmpty == true { return true }
    return rest.indices.contains { matches(rest[$0...], parts.dropFirst()) }
      || matches("", parts.dropFirst())
  }

  private func name(at place: Int) -> String {
    String(decoding: text[place...].prefix { $0 != 10 && $0 != 9 }, as: UTF8.self)
  }
}
