import Language

/// The stops of a screen or a run, by number from 1. A number stays with its stop.
public struct StopList: Equatable, Sendable {
  /// A stop with its number, and how often it was hit.
  public struct Item: Equatable, Sendable {
    /// The number, from 1; 0 for the one that is always on.
    public let number: Int
    /// The stop.
    public var stop: Stop
    /// How often it was hit, the hits that were ignored included.
    public var hits = 0
  }

  /// The stops by rising number.
  public private(set) var items: [Item] = []
  private var lastNumber = 0

  /// The most stops there can be.
  public static let countMax = 100

  /// No stops.
  public init() {}

  /// Whether no stop was set.
  public var isEmpty: Bool { items.isEmpty }

  /// Those that count; what is always stopped at comes last.
  var enabled: [Item] {
    items.filter(\.stop.isEnabled) + [Item(number: 0, stop: Stop(.invariant))]
  }

  /// Adds a stop and returns its number; `nil` if there are too many.
  public mutating func add(_ stop: Stop) -> Int? {
    guard items.count < Self.countMax else { return nil }
    lastNumber += 1
    items.append(Item(number: lastNumber, stop: stop))
    return lastNumber
  }

  /// Takes a stop away; whether there was one of this number.
  public mutating func remove(_ number: Int) -> Bool {
    let count = items.count
    items.removeAll { $0.number == number }
    return items.count < count
  }

  /// Takes all stops away.
  public mutating func removeAll() { items = [] }

  /// Turns a stop on or off; whether there was one of this number.
  public mutating func enable(_ number: Int, _ isEnabled: Bool) -> Bool {
    guard let index = items.firstIndex(where: { $0.number == number }) else { return false }
    items[index].stop.isEnabled = isEnabled
    return true
  }

  /// Puts another stop under a number.
  public mutating func replace(_ number: Int, with stop: Stop) {
    guard let index = items.firstIndex(where: { $0.number == number }) else { return }
    items[index].stop = stop
  }

  /// Counts a hit. Whether it really stops: not if it is one of those to be ignored. A temporary stop
  /// goes with its first.
  public mutating func hit(_ number: Int) -> Bool {
    guard let index = items.firstIndex(where: { $0.number == number }) else { return number == 0 }
    items[index].hits += 1
    if items[index].stop.ignored > 0 {
      items[index].stop.ignored -= 1
      return false
    }
    if items[index].stop.isTemporary { items.remove(at: index) }
    return true
  }
}
