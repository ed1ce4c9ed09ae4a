public import Engine
import Narration

/// A place where going through time stops: a condition, and what is to be done about it.
public struct Stop: Equatable, Sendable {
  /// When it stops.
  public var condition: Condition
  /// What must be true at a place too; `nil` for nothing.
  public var onlyIf: Expression?
  /// Whether it goes away when it has stopped once.
  public var isTemporary = false
  /// How many times more it does not stop.
  public var ignored = 0
  /// Whether it counts at all.
  public var isEnabled = true
  /// Lines that are carried out when it has stopped; `continue` among them goes on.
  public var commands: [String] = []

  /// A stop without further wishes.
  public init(_ condition: Condition) { self.condition = condition }

  /// What can be stopped at.
  public enum Condition: Equatable, Sendable {
    /// A leaf of this size, or of any, was split.
    case split(LeafSize?, Region?)
    /// A table became a leaf of this size, or of any.
    case merge(LeafSize?, Region?)
    /// A slot comes nearer to a merge to this size: at most this many entries still block it.
    case nearMerge(Int, LeafSize, Region?)
    /// A cache had nothing left and handed out an ordinary page.
    case fallback
    /// A TLB was flushed whole.
    case flushFull
    /// A call of this name is about to be made.
    case call(String)
    /// A function of the kernel of this name was entered.
    case function(String)
    /// An expression is true and was not before; one about the last call, after each call for which
    /// it is true.
    case expression(Expression)
    /// An entry that maps one of these pages was written, split or merged.
    case entry(Region)
    /// A number moved.
    case reading(Reading)
    /// What a policy keeps with a table is not what the table holds.
    case drift
    /// Something that must hold of every machine does not: the engine itself is wrong.
    case invariant
  }

  /// Pages in a row.
  public struct Region: Equatable, Sendable {
    /// The first page.
    public var target: Call.Target
    /// How many.
    public var pages: PageCount

    /// Creates a region.
    public init(_ target: Call.Target, _ pages: PageCount) {
      self.target = target
      self.pages = pages
    }
  }

  /// The most entries that can be near a merge.
  public static let nearLimit = 511
}

extension Stop {
  /// The stop as the scenario language writes it.
  public var scenarioText: String {
    var words = [condition.scenarioText]
    if let onlyIf { words.append("if \(onlyIf.scenarioText)") }
    if isTemporary { words.append("once") }
    if ignored > 0 { words.append("ignore \(ignored)") }
    if !isEnabled { words.append("disabled") }
    if !commands.isEmpty {
      words.append("do \(Statement.quoted(commands.joined(separator: "; ")))")
    }
    return words.joined(separator: " ")
  }
}

extension Stop.Condition {
  /// The condition as the scenario language writes it.
  public var scenarioText: String {
    switch self {
    case .split(let size, let region): Self.text("break split", size, region)
    case .merge(let size, let region): Self.text("break merge", size, region)
    case .nearMerge(let entries, let size, let region):
      Self.text("break near-merge \(entries)", size == .size1G ? size : nil, region)
    case .fallback: "break fallback"
    case .flushFull: "break flush full"
    case .call(let name): "break call \(name)"
    case .function(let name): "break function \(name)"
    case .expression(let expression): "break if \(expression.scenarioText)"
    case .entry(let region):
      "watch \(region.target.scenarioText)"
        + (region.pages == 1 ? "" : " \(region.pages.rawValue)")
    case .reading(let reading): "watch \(reading.name)"
    case .drift: "break drift"
    case .invariant: "break invariant"
    }
  }

  private static func text(_ words: String, _ size: LeafSize?, _ region: Stop.Region?) -> String {
    var text = words
    if let size { text += " \(size.name)" }
    if let region {
      text += " in \(region.target.scenarioText)"
      if region.pages != 1 { text += " \(region.pages.rawValue)" }
    }
    return text
  }
}
