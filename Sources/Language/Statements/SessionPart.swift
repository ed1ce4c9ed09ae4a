public import Engine
public import History
public import TLB

/// What a session has besides the calls of its first branch.
public struct SessionPart: Equatable, Sendable {
  /// Whether the file says that it was written whole.
  public var isWhole = false
  /// What the first branch is called.
  public var mainName = mainBranchName
  /// The other branches; each leaves one that comes before it.
  public var branches: [Section] = []
  /// The places that have a name.
  public var marks: [PlacedMark] = []
  /// Where the cursor stands on branches; the last one is shown.
  public var cursors: [PlacedCursor] = []

  /// Creates the part of a session without branches, marks and cursors.
  public init() {}

  /// A branch.
  public struct Section: Equatable, Sendable {
    /// What it is called.
    public var name: String
    /// The branch it leaves: 0 for the first one, else one more than the index in `branches`; `nil` for
    /// one that leaves none.
    public var parent: Int?
    /// Of a branch that leaves no other one, what is booted, without statements.
    public var boot: Scenario?
    /// How many calls lie before its own, from the beginning.
    public var fork: Int
    /// Its calls, with notes, pauses and claims between them.
    public var statements: [LocatedStatement]
    /// Where its first line stands.
    public var location: SourceLocation

    /// Creates a branch.
    public init(
      name: String, parent: Int?, fork: Int, statements: [LocatedStatement] = [],
      boot: Scenario? = nil, at location: SourceLocation,
    ) {
      self.name = name
      self.parent = parent
      self.boot = boot
      self.fork = fork
      self.statements = statements
      self.location = location
    }
  }

  /// A mark and where its line stands.
  public struct PlacedMark: Equatable, Sendable {
    /// The mark; its branch is counted as in ``Section/parent``.
    public var mark: Mark
    /// Where its line stands.
    public var location: SourceLocation

    /// Creates a placed mark.
    public init(_ mark: Mark, at location: SourceLocation) {
      self.mark = mark
      self.location = location
    }
  }

  /// A cursor and where its line stands.
  public struct PlacedCursor: Equatable, Sendable {
    /// The branch, counted as in ``Section/parent``.
    public var branch: Int
    /// The place on the branch.
    public var moment: Moment
    /// Where its line stands.
    public var location: SourceLocation

    /// Creates a placed cursor.
    public init(branch: Int, at moment: Moment, location: SourceLocation) {
      self.branch = branch
      self.moment = moment
      self.location = location
    }
  }

  /// The names of all branches, the first one's first.
  public var names: [String] { [mainName] + branches.map(\.name) }
}

/// What is wrong with the branches, marks and cursors of a session.
public enum SessionTrouble: Equatable, Sendable {
  /// The format is one that is not known here.
  case newerFormat(Int)
  /// The last line is missing.
  case cut
  /// The last line speaks of another number of calls.
  case callsMissing(says: Int, found: Int)
  /// Something follows the last line.
  case behindEnd
  /// The first branch is named when it has begun.
  case mainNamedLate(String)
  /// Two branches have one name.
  case branchTwice(String)
  /// No branch before this line has the name.
  case branchUnknown(String, known: [String])
  /// A branch leaves another one behind its end.
  case branchBeyond(String, of: String, asked: Int, has: Int)
  /// What a branch of its own begins on cannot be booted.
  case notBooted(String, BootError)
  /// A call cannot be made: the branch ends, and this many calls of it are left out.
  case branchEnds(String, CallError, leftOut: Int)
  /// A module was not read: the branch ends.
  case branchEndsAtFile(String, String, leftOut: Int)
  /// A question that has no answer.
  case question(CallError)
  /// A row of accesses that cannot be made.
  case measurement(TLBError)
  /// A display that cannot begin or end.
  case display(String)
  /// A mark that cannot be set.
  case mark(MarkError)
  /// There are two marks of the name.
  case markTwice(String)
  /// The branch has no such place.
  case cursorGone(String, Moment)
  /// More stops than there can be.
  case tooManyStops(limit: Int)

  /// The trouble and the way out, in one line.
  public var reason: String {
    switch self {
    case .newerFormat(let format):
      "format \(format) of sessions is not known here; there is \(SessionLine.format)"
    case .cut: "the file is cut: its last line, end and the number of calls, is missing"
    case .callsMissing(let says, let found):
      "the file says that it has \(Self.calls(says)), and has \(found): some were lost, or the "
        + "number was not changed with them"
    case .behindEnd: "nothing can follow end"
    case .mainNamedLate(let name):
      "branch \(name) needs from, the name of a branch and a number of calls; only before the "
        + "first call a line without them names the first branch"
    case .branchTwice(let name):
      "another branch is called \(name); this one is left out, with what belongs to it"
    case .branchUnknown(let name, let known):
      "there is no branch \(name) before this line; there are "
        + known.prefix(12).joined(separator: ", ")
    case .branchBeyond(let name, let other, let asked, let has):
      "branch \(name) leaves \(other) after \(Self.calls(asked)), and \(other) has \(has); it is "
        + "left out"
    case .notBooted(let name, let error):
      "\(error); branch \(name) is left out, with what belongs to it"
    case .branchEnds(let name, let error, let leftOut):
      "\(error); branch \(name) ends before it" + Self.rest(leftOut)
    case .branchEndsAtFile(let name, let file, let leftOut):
      "\(file) was not read; branch \(name) ends before it" + Self.rest(leftOut)
    case .question(let error): "\(error)"
    case .measurement(let error): "\(error)"
    case .display(let trouble): trouble
    case .mark(let error): error.description
    case .markTwice(let name): "another mark is called \(name); the first one counts"
    case .cursorGone(let branch, let moment):
      "branch \(branch) has no place \(moment.call)"
        + (moment.event > 0 ? "+\(moment.event)" : "") + " for the cursor"
    case .tooManyStops(let limit): "there are \(limit) stops already; this one is left out"
    }
  }

  private static func calls(_ count: Int) -> String { count == 1 ? "1 call" : "\(count) calls" }

  private static func rest(_ count: Int) -> String {
    count == 0 ? "" : ", and \(calls(count)) behind it \(count == 1 ? "is" : "are") left out"
  }
}
