/// A value that costs one word where it is kept: copies share it, and a write to a shared one copies
/// it first.
package struct Boxed<Value: Sendable>: @unchecked Sendable {
  // Never written while two boxes can reach it.
  private final class Storage {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  private var storage: Storage

  package init(_ value: Value) { storage = Storage(value) }

  /// The value; read and changed in place.
  package var value: Value {
    _read { yield storage.value }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
      yield &storage.value
    }
  }
}
