/// The entries of a TLB and its walker: rows of tags, each set in the order of last use.
///
/// A tag is the number of the range that an entry covers, shifted left by three, plus the kind of
/// stretch, which is above 0; 0 is an empty entry. A lookup reads a set from the most recent on; a
/// use moves the entry to the front, so the last of a set is the least recently used.
///
/// Safe: every index is within the tags, which nobody else holds.
@safe struct TLBEntries: ~Copyable {
  /// A stretch in one level: the position of its array, how it is indexed, and what an entry
  /// covers.
  struct Place {
    var offset = 0
    var setMask: UInt64 = 0
    var ways = 0
    var shift: UInt64 = 0
    var isHeld: Bool { ways > 0 }
  }

  /// The positions of the stretches by raw value, those of the first level before those of the
  /// second.
  private let places: UnsafeMutablePointer<Place>
  /// The walker's caches: of the top table, of those below, of the tables that hold 2M leaves.
  let pgd: Place
  let pud: Place
  let pmd: Place
  private let tags: UnsafeMutablePointer<UInt64>
  private let count: Int

  init(_ model: TLBModel) {
    var end = 0
    let levels = Self.level(model.first, &end) + Self.level(model.second, &end)
    unsafe places = .allocate(capacity: levels.count)
    unsafe places.initialize(from: levels, count: levels.count)
    pgd = Self.walkerPlace(model.walker.pgd, shift: 39, &end)
    pud = Self.walkerPlace(model.walker.pud, shift: 30, &end)
    pmd = Self.walkerPlace(model.walker.pmd, shift: 21, &end)
    count = end
    unsafe tags = .allocate(capacity: max(1, end))
    unsafe tags.initialize(repeating: 0, count: max(1, end))
  }

  deinit {
    unsafe tags.deallocate()
    unsafe places.deallocate()
  }

  /// The position of a stretch in the first level.
  @inline(__always)
  func first(_ translation: Translation) -> Place {
    unsafe places[Int(translation.rawValue)]
  }

  /// The position of a stretch in the second level.
  @inline(__always)
  func second(_ translation: Translation) -> Place {
    unsafe places[Int(translation.rawValue) &+ Self.stretches]
  }

  private static let stretches = 5

  private static func level(_ cells: [TLBModel.Cells], _ end: inout Int) -> [Place] {
    var places = Array(repeating: Place(), count: stretches)
    for cell in cells {
      for holding in cell.holds {
        places[Int(holding.translation.rawValue)] = Place(
          offset: end, setMask: UInt64(cell.sets - 1), ways: cell.ways, shift: holding.entryShift)
      }
      end += cell.entries
    }
    return places
  }

  private static func walkerPlace(_ ways: Int, shift: UInt64, _ end: inout Int) -> Place {
    defer { end += ways }
    return Place(offset: end, setMask: 0, ways: ways, shift: shift)
  }

  /// Whether there is an entry for an address; it becomes the most recently used of its set.
  @inline(__always)
  func use(_ address: UInt64, _ place: Place, code: UInt64) -> Bool {
    let number = address &>> place.shift
    let tag = number &<< 3 | code
    let set = unsafe tags + (place.offset &+ Int(number & place.setMask) &* place.ways)
    if unsafe set[0] == tag { return true }
    var way = 1
    while way < place.ways {
      if unsafe set[way] == tag {
        unsafe Self.shift(set, way)
        unsafe set[0] = tag
        return true
      }
      way &+= 1
    }
    return false
  }

  /// Inserts an entry for an address that has none; the least recently used of its set is evicted.
  @inline(__always)
  func insert(_ address: UInt64, _ place: Place, code: UInt64) {
    guard place.isHeld else { return }
    let number = address &>> place.shift
    let set = unsafe tags + (place.offset &+ Int(number & place.setMask) &* place.ways)
    unsafe Self.shift(set, place.ways &- 1)
    unsafe set[0] = number &<< 3 | code
  }

  /// Moves the first entries of a set one place back.
  @inline(__always)
  private static func shift(_ set: UnsafeMutablePointer<UInt64>, _ count: Int) {
    if count <= 16 {
      var way = count
      while way > 0 {
        unsafe set[way] = set[way &- 1]
        way &-= 1
      }
    } else {
      unsafe (set + 1).update(from: set, count: count)
    }
  }
}

extension TLBEntries {
  /// The bytes that the entries of both levels cover, each byte counted once.
  var reachBytes: UInt64 {
    var stretches: [(start: UInt64, shift: UInt64)] = []
    for translation in Translation.allCases {
      for place in [first(translation), second(translation)] where place.isHeld {
        let end = place.offset + Int(place.setMask + 1) * place.ways
        for index in place.offset..<end {
          let tag = unsafe tags[index]
          guard tag & 7 == UInt64(translation.rawValue) + 1 else { continue }
          stretches.append(((tag >> 3) << place.shift, place.shift))
        }
      }
    }
    // The larger of two with the same start comes first, so a smaller one inside adds nothing.
    stretches.sort { $0.start == $1.start ? $0.shift > $1.shift : $0.start < $1.start }
    var reach: UInt64 = 0
    var covered: UInt64 = 0
    for stretch in stretches where stretch.start >= covered {
      reach += 1 << stretch.shift
      covered = stretch.start &+ (1 << stretch.shift)
    }
    return reach
  }
}
