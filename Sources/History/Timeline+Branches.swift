public import Engine

// A history is a tree. The cursor is on one branch; the others stay unchanged.

extension Timeline {
  /// Why something cannot be done with branches.
  public enum BranchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No branch has this name.
    case unknown(String, known: [String])
    /// Another branch has this name.
    case nameTaken(String)
    /// The name has other characters than letters, digits, `-`, `_` and `.`, or none, or too many.
    case nameUnfit(String)

    /// The error in one line, with the way out.
    public var description: String {
      switch self {
      case .unknown(let name, let known):
        "there is no branch \(name.prefix(40)); there are \(known.prefix(12).joined(separator: ", "))"
      case .nameTaken(let name): "another branch is called \(name); give another name"
      case .nameUnfit(let name):
        "\(name.prefix(40)) cannot name a branch: letters, digits, -, _ and . can, up to 32 of them"
      }
    }
  }

  /// Switches to another branch, to where its cursor was when it was left.
  public mutating func switchBranch(to index: Int) {
    guard branches.indices.contains(index), index != current else { return }
    branches[current].cursor = moment
    let shared = sharedCalls(with: index)
    let left = root
    current = index
    path = path(to: index)
    ladder.truncate(after: shared)
    opened = nil
    let target = branches[index].cursor
    if root != left {
      // Nothing is shared, not even the machine at the beginning.
      ladder = Ladder()
      stand(branches[root].start, after: 0)
    } else if moment.call > shared || moment.event > 0 {
      // The cursor first goes to the common part of both branches.
      let place = min(moment.call, shared)
      stand(place == moment.call ? base : climbAfterSwitch(to: place), after: place)
    }
    go(to: target)
  }

  /// The branch with a name.
  public func branchIndex(named name: String) throws(BranchError) -> Int {
    guard let index = branches.firstIndex(where: { $0.name == name }) else {
      throw .unknown(name, known: branches.map(\.name))
    }
    return index
  }

  /// Renames a branch.
  public mutating func rename(_ index: Int, to name: String) throws(BranchError) {
    guard Self.isName(name) else { throw .nameUnfit(name) }
    if let other = branches.firstIndex(where: { $0.name == name }), other != index {
      throw .nameTaken(name)
    }
    branches[index].name = name
  }

  /// Begins a named branch without calls at the cursor; inside a call, before it. At the end of a
  /// branch too: the next call belongs to the new one.
  public mutating func beginBranch(named name: String) throws(BranchError) {
    guard Self.isName(name) else { throw .nameUnfit(name) }
    if branches.contains(where: { $0.name == name }) { throw .nameTaken(name) }
    go(to: Moment(call: moment.call))
    fork(at: moment.call, from: machine)
    branches[current].name = name
  }

  /// The number of calls that the current branch shares with another one.
  public func sharedCalls(with index: Int) -> Int {
    let other = path(to: index)
    var shared = 0
    for (place, branch) in path.enumerated() where place < other.count && other[place] == branch {
      let ends = [path, other].map { path in
        place + 1 < path.count ? branches[path[place + 1]].fork : branches[branch].end
      }
      shared = min(ends[0], ends[1])
    }
    return shared
  }

  /// The calls on the path to the end of a branch.
  public func steps(ofBranch index: Int) -> Steps {
    Steps(branches: branches, path: path(to: index), count: branches[index].end)
  }

  /// The machine after `call` calls on a branch, at most its end; the cursor stays.
  public func machine(ofBranch index: Int, after call: Int) -> Machine {
    var other = self
    other.switchBranch(to: index)
    other.go(to: Moment(call: call))
    return other.machine
  }

  /// Leaves the calls after the cursor on their branch, and continues without them; a call that the
  /// cursor is inside is completed first.
  public mutating func leaveFuture() {
    if moment.event > 0 { go(to: Moment(call: moment.call + 1)) }
    if moment.call < end.call { fork(at: moment.call, from: machine) }
  }

  /// The last branch on the path to the end of the current one that begins no later than after
  /// `call` calls.
  func branchIndex(around call: Int) -> Int { path.last { branches[$0].fork <= call } ?? root }

  /// Begins a branch after `count` calls of the current one.
  mutating func fork(at count: Int, from start: Machine) {
    branches[current].cursor = moment
    // A branch leaves the one that made the last call before it.
    let parent = count > 0 ? steps.branchIndex(ofCall: count - 1) : root
    branches.append(Branch(name: freeName, parent: parent, fork: count, start: start))
    current = branches.count - 1
    path = path(to: current)
    ladder.truncate(after: count)
    opened = nil
    if machineBeforeCall != nil || moment.call != count { stand(start, after: count) }
  }

  /// The first of `b1`, `b2` and so on that no branch uses.
  private var freeName: String {
    var number = branches.count
    while branches.contains(where: { $0.name == "b\(number)" }) { number += 1 }
    return "b\(number)"
  }

  func path(to index: Int) -> [Int] {
    var path = [index]
    while let parent = branches[path[0]].parent { path.insert(parent, at: 0) }
    return path
  }

  private mutating func climbAfterSwitch(to count: Int) -> Machine {
    // The cursor's own machine is on the branch that was left.
    stand(branches[root].start, after: 0)
    return climb(to: count)
  }

  /// Whether a branch or a mark may have this name: 1 to 32 letters, digits, `-`, `_` and `.`.
  public static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 32
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
  }
}

extension Branch {
  /// The machine at the start of the branch.
  var start: Machine { keyframes.frames[0].machine }
}
