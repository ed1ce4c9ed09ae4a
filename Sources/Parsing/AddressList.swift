import Engine
import Language

/// Virtual addresses as text: separated by spaces or line ends; `#` begins a comment.
struct AddressList {
  /// The addresses, in order.
  let addresses: [VirtualAddress]

  /// Reads a list: all of it, or the first thing that is wrong with its line.
  init(_ text: String) throws(AddressListError) {
    var found: [VirtualAddress] = []
    let lines = text.unicodeScalars.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" })
    for (index, line) in lines.enumerated() {
      let said = line.prefix { $0 != "#" }
      for word in said.split(whereSeparator: { $0.properties.isWhitespace }) {
        let text = String(word)
        guard let address = Self.address(text) else {
          throw AddressListError(line: index + 1, found: Self.shown(text))
        }
        found.append(address)
      }
      guard found.count <= TLBQuestion.addressLimit else {
        throw AddressListError(line: index + 1, found: nil)
      }
    }
    guard !found.isEmpty else { throw AddressListError(line: 1, found: "") }
    addresses = found
  }

  private static func address(_ text: String) -> VirtualAddress? {
    let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
    guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit), let value = UInt64(digits, radix: 16),
      VirtualAddress(value).isCanonicalWithFiveLevels
    else { return nil }
    return VirtualAddress(value)
  }

  /// The beginning of a word, without what a terminal would obey.
  private static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(40).map { scalar in
      [.control, .format].contains(scalar.properties.generalCategory) ? "?" : String(scalar)
    }
    return scalars.joined()
  }
}

/// Why a list of addresses cannot be read.
struct AddressListError: Error, CustomStringConvertible {
  /// The line, from 1.
  var line: Int
  /// What stands there instead; `nil` if there are too many, empty if there are none.
  var found: String?

  var description: String {
    switch found {
    case nil: "a list of up to \(TLBQuestion.addressLimit) addresses; line \(line) goes on"
    case "": "a list of at least one address such as 0xffff888180000000"
    case .some(let text):
      "an address in hexadecimal such as ffff888180000000 in line \(line) of the list, not "
        + "'\(text)'"
    }
  }
}
