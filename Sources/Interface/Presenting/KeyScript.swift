import Engine
import History
import Language
import Narration
public import Scenarios
public import Screen

/// Writes down the keys that are pressed as a script, which a ``Director`` performs again.
///
/// The file is all that was returned in order, and then ``ending``, which what is returned next takes
/// the place of.
public struct KeyScript: Sendable {
  /// The first lines: what was booted, and what was done before.
  public let head: String
  /// How long the script takes so far, in milliseconds.
  private var length = 0
  private var open: Direction?
  /// Whether the keys so far leave a line open.
  private var isLineOpen = false

  /// Begins a script on a screen as it is: what is booted, the calls so far, the place in time and the
  /// selected page; not the looks.
  ///
  /// - Throws: `SessionError` where the machine has no text, as that of a recording.
  public init(_ model: Model) throws(SessionError) {
    var lines = [
      "# Keys, as they were pressed. directmap record --size \(model.size) makes a cast."
    ]
    lines.append(try model.session.shownSetup().scenarioText)
    let steps = model.timeline.steps
    if !steps.isEmpty || !model.stops.items.isEmpty || model.hasBegun {
      lines.append("hide")
      lines += model.stops.items.map(\.stop.scenarioText)
      lines += model.displays.items.map { Display.begin($0.expression).scenarioText }
      for index in 0..<steps.count {
        lines += steps[index].notes.map { Statement.note($0).scenarioText }
        lines.append(steps.deed(index).title)
      }
      if model.timeline.moment != model.timeline.end {
        lines += Self.typed(":goto \(model.timeline.moment.call)")
      }
      lines += Self.typed("/pfn:0x\(String(model.selection.rawValue, radix: 16))")
      lines.append("show")
    }
    head = lines.joined(separator: "\n") + "\n"
  }

  private static func typed(_ text: String) -> [String] {
    [Direction.type(text), .key([.key(.enter)])].map(\.scenarioText)
  }

  /// Takes a key.
  ///
  /// - Parameters:
  ///   - milliseconds: when it was pressed, since the beginning.
  ///   - isTyped: whether it is a letter of a line that is typed.
  ///   - leavesLineOpen: whether a line is being typed when it has done its work.
  /// - Returns: lines that are done.
  public mutating func press(
    _ input: Input, at milliseconds: Int, isTyped: Bool, leavesLineOpen: Bool,
  ) -> String {
    defer { isLineOpen = leavesLineOpen }
    var lines = ""
    if milliseconds >= length + Director.Length.key {
      let wait = min(milliseconds - length, Direction.waitLimit)
      lines += openLine + Direction.wait(milliseconds: wait).scenarioText + "\n"
      open = nil
      length = milliseconds
    }
    if isTyped, case .character(let character) = input {
      length += Director.Length.letter
      if case .type(let text) = open {
        open = .type(text + String(character))
      } else {
        lines += openLine
        open = .type(String(character))
      }
    } else {
      length += Director.Length.key
      if case .key(let inputs) = open {
        open = .key(inputs + [input])
      } else {
        lines += openLine
        open = .key([input])
      }
    }
    return lines
  }

  /// The line that may still grow.
  private var openLine: String { open.map { $0.scenarioText + "\n" } ?? "" }

  /// What the script ends with if no key follows: the line that may still grow, and the key that leaves
  /// a line which is being typed, as a script that ends in one is not performed.
  public var ending: String {
    openLine + (isLineOpen ? Direction.key([.key(.escape)]).scenarioText + "\n" : "")
  }
}

extension Model {
  /// Whether letters go into a line.
  public var isTyping: Bool { if case .line? = layers.last { true } else { false } }
}
