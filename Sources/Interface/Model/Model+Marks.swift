import History
import Keys
import Lanes
import Screen

// Places in the history that have a name.

/// What a key was pressed for that needs another one.
package enum PendingKey: Equatable, Sendable {
  /// The next letter names the place.
  case mark
  /// The next letter says where to go.
  case goToMark
}

extension Model {
  /// Waits for the letter of a mark.
  mutating func waitForLetter(_ key: PendingKey) {
    count = nil
    if key == .goToMark, timeline.marks.isEmpty {
      say("no mark is set; \(keymap.key(.setMark)) and a letter sets one", .failed)
      return
    }
    pending = key
  }

  /// Takes the key that was waited for.
  mutating func receive(_ input: Input, for key: PendingKey) -> [Effect] {
    pending = nil
    guard case .character(let character) = input, character.isASCII, character.isLetter else {
      if input == .key(.escape) || keymap[input] == .cancel { return [] }
      say("a mark by key is a letter; :mark NAME sets one with a longer name", .failed)
      return [.bell]
    }
    let error = key == .mark ? setMark(String(character)) : goToMark(String(character))
    if let error { say(error, .failed) }
    return error == nil ? [] : [.bell]
  }

  /// Names the place where the cursor stands; what is wrong otherwise.
  mutating func setMark(_ name: String) -> String? {
    let isMoved = timeline.marks.contains { $0.name == name }
    do throws(MarkError) {
      try timeline.mark(name)
      let mark = try timeline.mark(named: name)
      // Another branch of the same history beside this one has the same marks.
      if lanes.areBranches {
        for index in lanes.others { try lanes.list[index].timeline.place(mark) }
      }
      let place = timeline.place(of: mark)
      say(isMoved ? "Mark \(name) is here now: \(place)." : "Mark \(name): \(place).")
      return nil
    } catch {
      return error.description
    }
  }

  /// Takes a mark away; what is wrong otherwise.
  mutating func unmark(_ name: String) -> String? {
    do throws(MarkError) {
      try timeline.unmark(name)
      if lanes.areBranches {
        for index in lanes.others { try lanes.list[index].timeline.unmark(name) }
      }
      say("Mark \(name) is deleted.")
      return nil
    } catch {
      return error.description
    }
  }

  /// Goes to a mark, and to its branch where the current one does not pass there; what is wrong
  /// otherwise.
  mutating func goToMark(_ name: String) -> String? {
    do throws(MarkError) {
      let mark = try timeline.mark(named: name)
      if timeline.passes(mark) {
        go(to: mark.moment, orElse: "This is mark \(name).")
        if notice == nil { say("Mark \(name).") }
        return nil
      }
      if lanes.isComparing {
        return "mark \(name) is on another branch; compare off, then go there"
      }
      try timeline.go(toMark: name)
    } catch {
      return error.description
    }
    settle()
    say("Mark \(name): branch \(timeline.branches[timeline.current].name) from here on.")
    return nil
  }

  /// What the marks are, by branch and place.
  var markReport: Report {
    let marks = timeline.marks.sorted { ($0.branch, $0.moment) < ($1.branch, $1.moment) }
    return Report(title: "marks", lines: marks.map { "\($0.name): \(timeline.place(of: $0))" })
  }
}

extension Timeline {
  /// Where a mark stands, in words.
  fileprivate func place(of mark: Mark) -> String {
    let moment = mark.moment
    let place =
      moment.call == 0 && moment.event == 0 ? "the beginning" : "after call \(moment.call)"
    let inside = moment.event > 0 ? ", event \(moment.event) of the next" : ""
    return "\(place)\(inside), branch \(branches[mark.branch].name)"
  }
}
