import Engine
import History

// How the other lanes follow the one in charge: with calls, through time, and over the map.

extension Lanes {
  // MARK: - Calls

  /// Makes a call on the lanes that are not in charge, and shows it there.
  ///
  /// - Parameters:
  ///   - place: after how many calls of the lane in charge.
  ///   - calls: how many the lane in charge has made with it: as many where it cannot make it.
  /// - Returns: which lanes could not make it, and why.
  package mutating func mirror(
    _ call: Call, after place: Int, reaching calls: Int,
  ) -> [(lane: Int, error: CallError)] {
    var before: [Int: Machine] = [:]
    for index in others {
      list[index].timeline.go(to: Moment(call: self.calls(of: index, at: place)))
      before[index] = list[index].machine
    }
    let refused = perform(call, notes: [], after: place, reaching: calls)
    for index in others {
      if let machine = before[index], !refused.contains(where: { $0.lane == index }) {
        list[index].arrive(from: machine, follows: false)
        list[index].readMap()
      } else if calls > place {
        list[index].rest()
      }
    }
    if refused.count < others.count { followedTo = inCharge.timeline.moment }
    return refused
  }

  /// Makes a call on the machines of the lanes that are not in charge. What came later there is dropped,
  /// as it is in charge. The parameters and the result are those of ``mirror(_:after:reaching:)``.
  @discardableResult
  package mutating func perform(
    _ call: Call, notes: [String], after place: Int, reaching calls: Int,
  ) -> [(lane: Int, error: CallError)] {
    guard isComparing, !areBranches else { return [] }
    var refused: [(lane: Int, error: CallError)] = []
    var row = Array(rows[rows.row(of: charge, at: place)])
    rows.cut(after: place, of: charge)
    for index in others {
      let target = Moment(call: row[index])
      if list[index].timeline.moment != target { list[index].timeline.go(to: target) }
      do throws(CallError) {
        try list[index].timeline.perform(call, notes: notes)
      } catch {
        list[index].timeline.leaveFuture()
        refused.append((index, error))
      }
      row[index] = list[index].timeline.moment.call
    }
    row[charge] = calls
    rows.append(row)
    return refused
  }

  // MARK: - Time

  /// Takes the other lanes along: through time, and over the map.
  package mutating func keepTogether() {
    guard isComparing else { return }
    for index in others {
      list[index].show(inCharge.traceDepth)
      follow(with: index)
    }
    let isFlashing = list.contains(where: \.isFlashing)
    for index in list.indices { list[index].isFlashing = isFlashing }
    followedTo = inCharge.timeline.moment
  }

  private mutating func follow(with index: Int) {
    let target = moment(of: index)
    let start = list[index].timeline.moment
    if start != target {
      let before = list[index].machine
      list[index].timeline.go(to: target)
      list[index].arrive(from: before, at: start, follows: false)
    } else {
      list[index].isFlashing = false
      if let followedTo, followedTo != inCharge.timeline.moment { list[index].rest() }
    }
    let isInSpace = list[index].place.space == inCharge.place.space
    list[index].place = inCharge.place
    if isInSpace { list[index].moveMap() } else { list[index].readMap() }
  }

  /// Where a lane stands when the one in charge stands where it does.
  private mutating func moment(of index: Int) -> Moment {
    let moment = inCharge.timeline.moment
    let call = calls(of: index, at: moment.call)
    guard moment.event > 0, calls(of: index, at: moment.call + 1) == call + 1 else {
      return Moment(call: call)
    }
    let known = list[index].trace
    let place = moment.event - 1
    let trace =
      known.tells(ofCall: call, around: place)
      ? known
      : CallTrace(
        ofCall: call, around: place, in: &list[index].timeline, list[index].traceDepth)
    return Moment(call: call, event: trace.end(ofLine: inCharge.trace.line(after: moment.event)))
  }
}

extension CallTrace {
  /// How many events have happened when a line has, with what completes it; short of the end of the
  /// call. Lines beyond the last mean the last.
  fileprivate func end(ofLine line: Int) -> Int {
    guard !lines.isEmpty else { return 0 }
    let next = min(max(line, 0), lines.count - 1) + 1
    return max(0, min(next < lines.count ? lines[next] : events.endIndex, events.total - 1))
  }
}
