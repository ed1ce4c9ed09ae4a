import Engine

/// Calls that follow each other, from the beginning or from a place on another branch.
public struct Branch: Sendable {
  /// The user's name for it.
  public internal(set) var name: String
  /// The branch it leaves, as an index; `nil` for one that begins on a machine of its own, as the
  /// first one does.
  public let parent: Int?
  /// Of a branch that makes the calls of another one on a machine of its own, which one that is.
  public internal(set) var origin: Origin?
  /// The number of calls before its own: those of the branches it leaves.
  public let fork: Int
  /// Where the cursor was when the branch was left.
  public internal(set) var cursor: Moment

  /// The branch whose calls were made again.
  public struct Origin: Equatable, Sendable {
    /// The branch.
    public var branch: Int
    /// How many calls it had.
    public var calls: Int
    /// How many of them could be made.
    public var made: Int
  }

  var calls = ChunkedList<StoredCall>()
  var summaries = SummaryList()
  var keyframes: Keyframes
  /// The notes before calls, by the number of the call on the branch; few calls have any.
  var notes: [Int: [String]] = [:]
  /// The calls before which playing stops, by rising number on the branch, from 0.
  public internal(set) var pauses: [Int] = []
  /// Notes after the last call.
  public internal(set) var closingNotes: [String] = []

  init(name: String, parent: Int?, fork: Int, start: Machine) {
    self.name = name
    self.parent = parent
    self.fork = fork
    cursor = Moment(call: fork)
    keyframes = Keyframes(start, at: fork)
  }

  /// The calls from the beginning to the end of the branch.
  public var end: Int { fork + calls.count }
}

/// The name of the branch that every history begins with.
public let mainBranchName = "main"
