/// A named place in a history.
public struct Mark: Equatable, Sendable {
  /// The name: a letter, or several letters, digits, `-`, `_` and `.`.
  public var name: String
  /// The branch it was set on, as an index.
  public var branch: Int
  /// The place on that branch, not before the branch begins.
  public var moment: Moment

  /// Creates a mark.
  public init(_ name: String, branch: Int, at moment: Moment) {
    self.name = name
    self.branch = branch
    self.moment = moment
  }
}

/// Why something cannot be done with marks.
public enum MarkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No mark has this name.
  case unknown(String, known: [String])
  /// Its branch or its call does not exist.
  case gone(String, known: [String])
  /// The name has other characters than letters, digits, `-`, `_` and `.`, or none, or too many.
  case nameUnfit(String)
  /// The history has the maximum number of marks.
  case tooMany(limit: Int)

  /// The error in one line, with the way out.
  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "there is no mark \(name.prefix(40)); " + Self.listing(known)
    case .gone(let name, let known):
      "mark \(name.prefix(40)) is gone: the history has no such place; " + Self.listing(known)
    case .nameUnfit(let name):
      "\(name.prefix(40)) cannot name a mark: letters, digits, -, _ and . can, up to 32 of them"
    case .tooMany(let limit):
      "there are \(limit) marks already; take some away first"
    }
  }

  private static func listing(_ known: [String]) -> String {
    known.isEmpty ? "none is set" : "there are \(known.prefix(12).joined(separator: ", "))"
  }
}

extension Timeline {
  /// The most marks a history can have.
  public static let markCountMax = 500

  /// Sets a mark at the cursor; a mark with the same name moves here.
  public mutating func mark(_ name: String) throws(MarkError) {
    // A mark belongs to the branch that made the calls around it.
    try place(Mark(name, branch: branchIndex(around: moment.call), at: moment))
  }

  /// Sets a mark somewhere in the history; a mark with the same name moves there.
  public mutating func place(_ mark: Mark) throws(MarkError) {
    guard Self.isName(mark.name) else { throw .nameUnfit(mark.name) }
    guard exists(mark) else {
      throw .gone(mark.name, known: marks.map(\.name))
    }
    if let index = marks.firstIndex(where: { $0.name == mark.name }) {
      marks[index] = mark
      return
    }
    guard marks.count < Self.markCountMax else { throw .tooMany(limit: Self.markCountMax) }
    marks.append(mark)
  }

  /// Removes a mark.
  public mutating func unmark(_ name: String) throws(MarkError) {
    guard let index = marks.firstIndex(where: { $0.name == name }) else {
      throw .unknown(name, known: marks.map(\.name))
    }
    marks.remove(at: index)
  }

  /// The mark with a name.
  public func mark(named name: String) throws(MarkError) -> Mark {
    guard let mark = marks.first(where: { $0.name == name }) else {
      throw .unknown(name, known: marks.map(\.name))
    }
    return mark
  }

  /// Goes to a mark; to its branch too, unless the current one goes through the place.
  public mutating func go(toMark name: String) throws(MarkError) {
    let mark = try mark(named: name)
    guard exists(mark) else {
      throw .gone(name, known: marks.map(\.name))
    }
    if !passes(mark) { switchBranch(to: mark.branch) }
    go(to: mark.moment)
  }

  /// Whether a mark is on the path from the beginning to the end of the current branch.
  public func passes(_ mark: Mark) -> Bool {
    guard path.contains(mark.branch) else { return false }
    let end = mark.moment.call + (mark.moment.event > 0 ? 1 : 0)
    return end <= sharedCalls(with: mark.branch)
  }

  /// Whether a branch has a place, which is not before its beginning.
  private func exists(_ mark: Mark) -> Bool {
    reaches(mark.moment, onBranch: mark.branch)
      && mark.moment.call >= branches[mark.branch].fork
  }

  /// Moves the cursor of a branch to a place on the path to its end; that of the current one goes
  /// there.
  ///
  /// - Returns: whether the place exists; if not, nothing changes.
  public mutating func setCursor(ofBranch index: Int, to moment: Moment) -> Bool {
    guard reaches(moment, onBranch: index) else { return false }
    if index == current { go(to: moment) } else { branches[index].cursor = moment }
    return true
  }

  /// Whether a moment is on the path from the beginning to the end of a branch.
  public func reaches(_ moment: Moment, onBranch index: Int) -> Bool {
    guard branches.indices.contains(index), moment.call >= 0, moment.event >= 0 else {
      return false
    }
    guard moment.event > 0 else { return moment.call <= branches[index].end }
    guard moment.call < branches[index].end else { return false }
    var other = self
    other.switchBranch(to: index)
    return moment.event < other.eventCount(ofCall: moment.call)
  }

}
