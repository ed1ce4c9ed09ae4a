import Engine

// Where steps lead. A position is a number of events that are done: 0, or all up to the next line.

extension CallTree {
  /// A way to go one step further, or back.
  public enum Step: CaseIterable, Sendable {
    /// To the next line.
    case into
    /// To the next line that is not inside the function just entered.
    case over
    /// To the end of the function that is under way.
    case out
    /// To the line before.
    case intoBack
    /// To the line before that is not inside a function which has ended; from there, to its beginning.
    case overBack
    /// To the beginning of the function that is under way.
    case outBack

    /// Whether the step goes back in time.
    public var isBack: Bool {
      switch self {
      case .into, .over, .out: false
      case .intoBack, .overBack, .outBack: true
      }
    }
  }

  /// Where a step leads, as the number of events that are then done.
  public func target(of step: Step, from count: Int) -> Int {
    switch step {
    case .into: into(from: count)
    case .over: over(from: count)
    case .out: out(from: count)
    case .intoBack: intoBack(from: count)
    case .overBack: overBack(from: count)
    case .outBack: outBack(from: count)
    }
  }

  /// Behind the next line.
  public func into(from count: Int) -> Int { position(behind: firstLine(notBefore: count)) }

  /// Behind the line that follows the function just entered; from before the call, behind the call.
  public func over(from count: Int) -> Int {
    guard count > 0 else { return endOfEvents }
    let current = line(after: count)
    guard current >= 0, let node = function(beginningAt: current) else { return into(from: count) }
    return position(behind: firstLine(notBefore: max(nodes[node].events.upperBound, count)))
  }

  /// Behind the last line of the function under way.
  public func out(from count: Int) -> Int {
    guard count > 0, let node = innermost(at: count), node > 0 else { return endOfEvents }
    return position(behind: firstLine(notBefore: nodes[node].events.upperBound) - 1)
  }

  /// Behind the line before the last one.
  public func intoBack(from count: Int) -> Int {
    let current = line(after: count)
    return current > 0 ? position(behind: current - 1) : 0
  }

  /// Behind the line before the last one; where that ended a function, behind that one's beginning.
  public func overBack(from count: Int) -> Int {
    let current = line(after: count)
    guard current > 0, count < endOfEvents else { return 0 }
    let open = path(to: lines[current])
    let ended = path(to: lines[current - 1]).first { !open.contains($0) }
    guard let ended else { return position(behind: current - 1) }
    return position(behind: firstLine(notBefore: nodes[ended].events.lowerBound))
  }

  /// Behind the beginning of the function under way.
  public func outBack(from count: Int) -> Int {
    let current = line(after: count)
    guard current > 0, count < endOfEvents else { return 0 }
    for node in path(to: lines[current]).reversed() where node > 0 {
      let first = firstLine(notBefore: nodes[node].events.lowerBound)
      if first < current { return position(behind: first) }
    }
    return 0
  }

  /// How many events are done behind a line: what only completes it is done with it.
  private func position(behind line: Int) -> Int {
    line + 1 < lines.count ? lines[max(0, line + 1)] : endOfEvents
  }

  /// The innermost function whose first line is a given one.
  private func function(beginningAt line: Int) -> Int? {
    path(to: lines[line]).last { node in
      node > 0 && firstLine(notBefore: nodes[node].events.lowerBound) == line
    }
  }

  /// The innermost function that has begun and not ended.
  func innermost(at count: Int) -> Int? {
    guard count > 0, count < endOfEvents else { return nil }
    let (before, after) = (path(to: count - 1), path(to: count))
    return zip(before, after).reversed().first { $0 == $1 }?.0
  }

  /// How many functions that tell of themselves enclose a position, the innermost included; `nil` for
  /// none.
  ///
  /// - Parameter beginning: whether the function counts that was entered just before.
  package func level(at count: Int, beginning: Bool) -> Int? {
    let event = beginning ? count - 1 : min(count, endOfEvents - 1)
    let level = path(to: event).count { $0 > 0 && !nodes[$0].isDerived }
    return level > 0 ? level : nil
  }
}
