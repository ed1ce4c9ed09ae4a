import Engine
import History

/// The lanes of a screen, at least one. One of them is in charge: the keys act on it, and the others
/// follow it through time and over the map.
///
/// Lanes are variants, which make the same calls on machines of their own, or branches of one history,
/// on which nothing is called. They follow by calls, and inside a call that both have made line by
/// line; a lane with fewer lines waits at its last one until the call ends.
public struct Lanes: Sendable {
  /// The lanes from left to right.
  public package(set) var list: [Lane]
  /// Which of them is in charge.
  public internal(set) var charge = 0
  /// Whether they are branches of one history, which stand together where they have made equally many
  /// calls.
  public private(set) var areBranches = false
  /// Where variants stand together.
  var rows = CallRows(columns: 1)
  /// Where the lane in charge stood when the others followed it last.
  var followedTo: Moment?

  /// The most lanes there can be.
  public static let countMax = 8

  /// One lane, which is in charge.
  package init(_ lane: Lane) { list = [lane] }

  /// The lane in charge.
  public package(set) var inCharge: Lane {
    @inlinable _read { yield list[charge] }
    _modify { yield &list[charge] }
  }

  /// Whether there is more than one.
  public var isComparing: Bool { list.count > 1 }

  /// The place of the lane with which the one in charge is compared: the next one; of the last one, the
  /// one before it.
  var besideIndex: Int? {
    guard isComparing else { return nil }
    return charge + 1 < list.count ? charge + 1 : charge - 1
  }

  /// The lane with which the one in charge is compared, if there is one.
  public var beside: Lane? { besideIndex.map { list[$0] } }

  /// The places of all lanes that are not in charge, in their order.
  package var others: [Int] { list.indices.filter { $0 != charge } }

  /// The lane that a lane's map is compared with: the one in charge; for that one, the one beside it.
  package func rival(of index: Int) -> Lane? { index == charge ? beside : inCharge }

  /// Which lanes show where there is room for this number: the one in charge and those behind it in the
  /// list, as far as there are such.
  package func window(_ room: Int) -> Range<Int> {
    let count = min(max(1, room), list.count)
    let first = min(charge, list.count - count)
    return first..<first + count
  }

  /// How many lanes there are, in a word.
  package var countWord: String { list.count == 2 ? "two" : "\(list.count)" }

  /// Whether the same lane is in charge among as many of them, booted from the same, with the same calls
  /// on the same branch.
  package func haveCalls(of other: Lanes) -> Bool {
    guard list.count == other.list.count, charge == other.charge,
      areBranches == other.areBranches, inCharge.setup == other.inCharge.setup,
      inCharge.timeline.current == other.inCharge.timeline.current
    else { return false }
    let (own, others) = (inCharge.timeline.steps, other.inCharge.timeline.steps)
    return own.count == others.count
      && own.indices.allSatisfy { own.call($0) == others.call($0) }
  }

  /// Where long work in any of the lanes tells how far it is, and looks whether it is to stop.
  package var progress: WorkProgress? {
    get { inCharge.timeline.progress }
    set { for index in list.indices { list[index].timeline.progress = newValue } }
  }

  // MARK: - Changing the list

  /// Gives the keys to the next lane, around in a circle.
  package mutating func passOn() {
    charge = (charge + 1) % list.count
    followedTo = inCharge.timeline.moment
  }

  /// Goes on with the lane in charge alone.
  package mutating func keepOne() {
    var lane = inCharge
    lane.name = ""
    self = Lanes(lane)
  }

  /// Puts a variant beside the others, in the place of the one that has its name or behind the last, and
  /// makes it do what they did.
  ///
  /// - Parameter lane: a machine on which nothing was done yet.
  package mutating func add(_ lane: Lane) {
    let old = list.firstIndex { $0.name == lane.name }
    let rows = isComparing ? rows : CallRows(numbering: inCharge.timeline.end.call)
    var lane = lane
    var wider = CallRows(columns: list.count + 1)
    for row in 1..<rows.count {
      // The call that led here is that of any lane that made one.
      let makers = list.indices.filter { rows[row, $0] > rows[row - 1, $0] }
      if let maker = makers.first {
        let step = list[maker].timeline.steps[rows[row, maker] - 1]
        if let call = step.call { _ = try? lane.timeline.perform(call, notes: step.notes) }
      }
      wider.append(rows[row] + [lane.timeline.moment.call])
    }
    lane.timeline.closingNotes = inCharge.timeline.closingNotes
    // From its beginning it follows to where the others stand, and shows what is there.
    lane.timeline.go(to: .start)
    list.append(lane)
    self.rows = wider
    followedTo = nil
    guard let old, old != charge else { return }
    self.rows = wider.replacing(column: old)
    list[old] = list.removeLast()
  }

  /// Puts another branch of the history beside the others.
  package mutating func add(branch: Lane) {
    list.append(branch)
    areBranches = true
    followedTo = nil
  }

  // MARK: - Where they stand together

  /// How many calls a lane has made where the one in charge has made this number.
  func calls(of index: Int, at calls: Int) -> Int {
    areBranches
      ? min(calls, list[index].timeline.end.call)
      : rows[rows.row(of: charge, at: calls), index]
  }
}
