import Testing

@testable import Engine

/// A type of which a machine keeps values, with a change of each stored property.
///
/// A stored property has either a change, after which the machine has another sum, or a reason why
/// the sum leaves it out.
struct StoredParts: Sendable {
  /// The type as reflection names it, without its module.
  let name: String
  /// The stored properties by reflection, each with its type.
  let properties: [String: String]
  /// What the changes are made of, by property.
  let changes: [String: @Sendable (Machine) throws -> (before: Machine, after: Machine)]
  /// Why a property is not in the sum.
  let leftOut: [String: String]

  /// Parts of a value that is put into a machine before it is changed and after.
  ///
  /// - Parameter reflected: what reflection looks at; without it, the value.
  init<Value: Sendable>(
    _ value: Value, reflected: Any? = nil, name: String? = nil, leftOut: [String: String] = [:],
    put: @escaping @Sendable (inout Machine, Value) -> Void,
    changes: [String: @Sendable (inout Value) throws -> Void],
  ) {
    let mirror = Mirror(reflecting: reflected ?? value)
    self.name = name ?? Self.typeNames(mirror.subjectType).first ?? ""
    var properties: [String: String] = [:]
    for child in mirror.children {
      properties[child.label ?? ""] = String(reflecting: type(of: child.value))
    }
    self.properties = properties
    self.leftOut = leftOut
    self.changes = changes.mapValues { change in
      { machine in
        var (before, after) = (machine, machine)
        put(&before, value)
        var changed = value
        try change(&changed)
        put(&after, changed)
        return (before, after)
      }
    }
  }

  /// Parts of a machine, changed in place.
  init(
    of machine: Machine, reflected: Any? = nil, name: String? = nil,
    leftOut: [String: String] = [:],
    changes: [String: @Sendable (inout Machine) throws -> Void],
  ) {
    self.init(
      machine, reflected: reflected, name: name, leftOut: leftOut, put: { $0 = $1 },
      changes: changes)
  }

  /// The types of Engine that the name of a type speaks of: `Area` of `Swift.Array<Engine.Area>`.
  static func typeNames(_ type: Any.Type) -> [String] { typeNames(String(reflecting: type)) }

  static func typeNames(_ text: String) -> [String] {
    text.split(separator: "Engine.").dropFirst(text.hasPrefix("Engine.") ? 0 : 1).map { part in
      let name = part.prefix { $0.isLetter || $0.isNumber || $0 == "." }
      return String(name.last == "." ? name.dropLast() : name)
    }
  }
}

extension StoredParts: CustomTestStringConvertible {
  var testDescription: String { name }
}
