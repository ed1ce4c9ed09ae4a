import Engine

/// The part of a machine that tells states apart: the direct map, cut where calls begin and end, the
/// areas, and what the kernel keeps beside the tables.
///
/// Two states are one if a renaming of frames under which the alphabet is the same makes one of the
/// other: pages of one 2M slot that the calls treat alike may change places.
struct Universe: Sendable {
  /// A stretch of the direct map that every call names as a whole, or not at all.
  struct Atom: Sendable, Equatable {
    var frames: Range<UInt64>
    /// The number that it shares with the atoms with which it may change places; `nil` for one that no
    /// call names.
    var kind: Int?
  }

  let atoms: [Atom]
  let includesMemory: Bool

  init(_ alphabet: Alphabet, on machine: Machine) {
    includesMemory = alphabet.allocates
    atoms = Self.atoms(alphabet, machine)
  }

  /// A number that equal states share.
  func key(of machine: Machine, _ runs: inout [LeafRun]) -> UInt64 {
    var alike: [AlikeSum] = []
    return key(of: parts(of: machine, &runs), &alike)
  }

  /// The sums of all parts of a state.
  func parts(of machine: Machine, _ runs: inout [LeafRun]) -> StateParts {
    StateParts(
      atoms: atoms.indices.map { sum(ofAtom: $0, machine, &runs) },
      areas: sumOfAreas(machine, &runs),
      rest: machine.laterSum(includingMemory: includesMemory))
  }

  /// The number of a state by the sums of its parts.
  func key(of parts: StateParts, _ alike: inout [AlikeSum]) -> UInt64 {
    var sum = Mix()
    alike.removeAll(keepingCapacity: true)
    for (index, atom) in atoms.enumerated() {
      let part = parts.atoms[index]
      if let kind = atom.kind {
        alike.append(AlikeSum(kind: kind, sum: part))
      } else {
        sum.add(part)
      }
    }
    alike.sort { ($0.kind, $0.sum) < ($1.kind, $1.sum) }
    for atom in alike { sum.add(atom.sum) }
    sum.add(parts.areas)
    sum.add(parts.rest)
    return sum.value
  }

  /// The sum of an atom that may change places with others of its kind.
  struct AlikeSum: Sendable {
    var kind: Int
    var sum: UInt64
  }

  func sum(ofAtom index: Int, _ machine: Machine, _ runs: inout [LeafRun]) -> UInt64 {
    let frames = atoms[index].frames
    let start = machine.directMapAddress(of: PFN(frames.lowerBound))
    return Self.hash(machine, start, PageCount(UInt64(frames.count)), &runs)
  }

  func sumOfAreas(_ machine: Machine, _ runs: inout [LeafRun]) -> UInt64 {
    var sum = Mix()
    for area in machine.areas.live {
      sum.add(Self.hash(machine, area.start, area.pages, &runs))
    }
    return sum.value
  }

  private static func hash(
    _ machine: Machine, _ start: VirtualAddress, _ pages: PageCount, _ runs: inout [LeafRun],
  ) -> UInt64 {
    runs.removeAll(keepingCapacity: true)
    machine.tables.readRuns(from: start, pages: pages, into: &runs)
    var sum = Mix()
    for run in runs {
      sum.add(run.start.rawValue &- start.rawValue)
      sum.add(run.flags.rawValue ^ (run.size.map { $0.shift } ?? 0) << 52)
    }
    return sum.value
  }

  // MARK: - Atoms

  private static func atoms(_ alphabet: Alphabet, _ machine: Machine) -> [Atom] {
    guard let end = machine.memory.ranges.last?.upperBound.rawValue else { return [] }
    let targets = alphabet.calls.compactMap(\.operationOnFrames)
    var cuts: Set<UInt64> = [0, end]
    for target in targets {
      for cut in [target.first.rawValue, target.first.rawValue &+ target.pages.rawValue] {
        // What a split changes stays within a slot, so that the rest need not be read again.
        for place in [cut, cut & ~511, (cut &+ 511) & ~511] { cuts.insert(min(end, place)) }
      }
    }
    let places = cuts.sorted()
    let ranges = zip(places, places.dropFirst()).map { $0..<$1 }
    // The calls as sets of atoms, to see what may change places.
    let calls = Set(
      targets.map { target in
        let last = target.first.rawValue &+ target.pages.rawValue
        return Named(
          operation: target.name,
          atoms: Set(
            ranges.indices.filter {
              ranges[$0].lowerBound >= target.first.rawValue && ranges[$0].upperBound <= last
            }))
      })
    let named = Set(calls.flatMap(\.atoms))
    // A call on anything but frames may treat any of them in its own way.
    let isPlain = targets.count == alphabet.calls.count
    var kinds: [Int: Int] = [:]
    for index in named.sorted() {
      kinds[index] =
        named.sorted().first {
          $0 < index && isPlain && mayChange(ranges[$0], ranges[index])
            && isSame(calls, exchanging: $0, index)
        }.flatMap { kinds[$0] } ?? index
    }
    return ranges.indices.map { Atom(frames: ranges[$0], kind: kinds[$0]) }
  }

  private struct Named: Hashable {
    var operation: String
    var atoms: Set<Int>
  }

  /// Whether two stretches are pages of one 2M slot, equally many.
  private static func mayChange(_ a: Range<UInt64>, _ b: Range<UInt64>) -> Bool {
    a.count == b.count && a.lowerBound >> 9 == (b.upperBound - 1) >> 9
      && b.lowerBound >> 9 == (a.upperBound - 1) >> 9
  }

  private static func isSame(_ calls: Set<Named>, exchanging a: Int, _ b: Int) -> Bool {
    calls.allSatisfy { call in
      var other = call
      other.atoms = Set(call.atoms.map { $0 == a ? b : $0 == b ? a : $0 })
      return calls.contains(other)
    }
  }
}

/// Mixes words into one that tells them apart, but for chance.
struct Mix {
  private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

  @inline(__always)
  mutating func add(_ word: UInt64) {
    var z = (value ^ word) &* 0xbf58_476d_1ce4_e5b9
    z ^= z &>> 29
    value = z &* 0x94d0_49bb_1331_11eb ^ z &>> 32
  }
}
