/// A value that costs one word where it is kept: copies share it, and a write to a shared one copies
/// it first.
///
/// Inlinable, so that views of another room read a part of a lane without a copy of the rest.
public struct Boxed<Value: Sendable>: @unchecked Sendable {
  // Never written while two boxes can reach it.
  @usableFromInline
  final class Storage {
    @usableFromInline var value: Value
    @inlinable init(_ value: Value) { self.value = value }
  }

  @usableFromInline var storage: Storage

  /// Keeps a value.
  @inlinable public init(_ value: Value) { storage = Storage(value) }

  /// The value; read and changed in place.
  @inlinable public var value: Value {
    _read { yield storage.value }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
      yield &storage.value
    }
  }
}
