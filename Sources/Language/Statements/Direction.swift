public import Engine
import Narration
public import Screen

/// A line that tells a presenter what to do besides the calls: what a recording performs, and a lesson
/// shows. A run without a screen passes over it.
public enum Direction: Equatable, Sendable {
  /// `key "KEY KEY ..."`: keys are pressed, one after the other.
  case key([Input])
  /// `type "TEXT"`: a text is typed, as fast as a hand types.
  case type(String)
  /// `wait 1500ms`: nothing happens for this many milliseconds.
  case wait(milliseconds: Int)
  /// `caption "TEXT"`: words that stay until the next; an empty text takes them away. Lines that
  /// follow each other are the paragraphs of one caption.
  case caption(String)
  /// `presenter "TEXT"`: a note that only the presenter sees.
  case presenter(String)
  /// `highlight TARGET [COUNT]`: pages are pointed out until the next caption or highlight.
  case highlight(Call.Target, PageCount)
  /// `spotlight PANEL` or `spotlight TARGET [COUNT]`: everything else is dimmed until the next one.
  case spotlight(SpotlightTarget)
  /// `hide`: what follows is done at once and not recorded.
  case hide
  /// `show`: what follows is seen again.
  case show

  /// The longest wait, in milliseconds: ten minutes.
  public static let waitLimit = 600_000

  /// The line as the scenario language writes it.
  public var scenarioText: String {
    switch self {
    case .key(let inputs): "key \(Statement.quoted(inputs.map(\.name).joined(separator: " ")))"
    case .type(let text): "type \(Statement.quoted(text))"
    case .wait(let time): time % 1000 == 0 && time > 0 ? "wait \(time / 1000)s" : "wait \(time)ms"
    case .caption(let text): "caption \(Statement.quoted(text))"
    case .presenter(let text): "presenter \(Statement.quoted(text))"
    case .highlight(let target, let pages):
      "highlight \(target.scenarioText)\(pages == 1 ? "" : " \(pages.rawValue)")"
    case .spotlight(.panel(let panel)): "spotlight \(panel.rawValue)"
    case .spotlight(.pages(let target, let pages)):
      "spotlight \(SpotlightPanel(rawValue: target.scenarioText) == nil ? target.scenarioText : target.scenarioText + "+0")"
        + (pages == 1 ? "" : " \(pages.rawValue)")
    case .hide: "hide"
    case .show: "show"
    }
  }
}

/// What a spotlight shows while everything else is dimmed.
public enum SpotlightTarget: Equatable, Sendable {
  /// A panel, or nothing at all for `off`.
  case panel(SpotlightPanel)
  /// Pages on the map.
  case pages(Call.Target, PageCount)
}

/// A part of the screen that a spotlight can show, by its word.
public enum SpotlightPanel: String, CaseIterable, Sendable {
  /// The panels of the map.
  case map
  /// The kernel's steps.
  case trace
  /// What is known of the selected page.
  case page
  /// Why a slot is not one leaf.
  case why
  /// The bars of sizes, and the counters.
  case bars
  /// Nothing: the spotlight ends.
  case off
}

extension Scenario {
  /// Whether the scenario is a script: whether it has a line for a presenter, so that its calls are to be
  /// made one by one, as the script comes to them.
  public var isScript: Bool {
    statements.contains { if case .direction = $0.statement { true } else { false } }
  }
}
