/// A rule in the language of `docs/rules.md`: a policy that needs no Swift.
///
/// What it says never changes, so all copies share it. Scenarios reads it from text; the engine runs it
/// by the hooks of every policy (``RulePolicy``), so that it is decided, told and applied like them.
public struct Rule: Sendable {
  /// The name by which it is told apart.
  public var name: Name { body.name }
  /// What it is, in one line; empty if it does not say.
  public var summary: String { body.summary }
  /// Its lines as they are written, the first of which names it.
  public var lines: [String] { body.lines }
  /// The policies that it builds on.
  public var needs: [PolicyName] { body.needs }

  /// The most rules that can be on together.
  public static let limit = 8
  /// The most lines of a rule.
  public static let lineLimit = 200
  /// The most operations of one run of a handler, each entry that is read among them: a rule cannot run
  /// for ever. A gibibyte of 2M slots, each with 512 entries read, fits twice.
  public static let stepLimit = 1 << 20
  /// The most numbers that a handler keeps while it runs.
  public static let localLimit = 16

  final class Body: Sendable {
    let name: Name
    let summary: String
    let lines: [String]
    let needs: [PolicyName]
    let changes: KernelChanges
    let values: [RuleValue]
    let calls: [Call]
    let handlers: [RuleHandler]
    /// The handlers of numbers that fall.
    let falls: [RuleHandler]

    init(_ parts: RuleParts) {
      name = parts.name
      summary = parts.summary
      lines = parts.lines
      needs = parts.needs
      changes = parts.changes
      values = parts.values
      calls = parts.calls
      handlers = parts.handlers
      falls = handlers.filter { if case .falls = $0.trigger { true } else { false } }
    }
  }

  let body: Body

  /// Creates a rule from what was read.
  public init(_ parts: RuleParts) { body = Body(parts) }

  /// The handlers of an event, in order.
  func handlers(of trigger: RuleTrigger) -> [RuleHandler] {
    body.handlers.filter { $0.trigger == trigger }
  }

  /// Where the rule wants to be called.
  var hooks: PolicyHooks {
    body.handlers.reduce(into: []) { $0.formUnion($1.trigger.hook) }
  }

  /// Whether it waits for nothing.
  public var isIdle: Bool { body.handlers.isEmpty }

  /// Whether it puts leaves in the place of tables.
  public var merges: Bool {
    body.handlers.contains(where: \.merges)
  }

  /// Whether it puts leaves in the place of tables without telling those who count their entries.
  var freesTablesByItself: Bool { merges && !hooks.contains(.entries) }
}

extension Rule: Equatable {
  /// Rules are equal if they are written alike.
  public static func == (a: Rule, b: Rule) -> Bool { a.body === b.body || a.lines == b.lines }
}

/// The parts of a rule, as its reader puts them together.
public struct RuleParts: Sendable {
  /// The name.
  public var name: Name
  /// What it is, in one line.
  public var summary = ""
  /// Its lines as they are written.
  public var lines: [String] = []
  /// The policies that it builds on.
  public var needs: [PolicyName] = []
  /// What it changes in the kernel.
  public var changes: KernelChanges = []
  /// What it keeps.
  public var values: [RuleValue] = []
  /// The calls it makes.
  public var calls: [Call] = []
  /// What it does, and when.
  public var handlers: [RuleHandler] = []

  /// A rule that does nothing.
  public init(name: Name) { self.name = name }
}

/// What a rule changes in the kernel's own rules.
public struct KernelChanges: OptionSet, Sendable {
  /// The bits.
  public var rawValue: UInt8

  /// Changes of these bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// What is present is global again.
  public static let restoresGlobal = KernelChanges(rawValue: 1)
  /// vmstat counts merges.
  public static let countsMerges = KernelChanges(rawValue: 2)
}

/// A number that a rule keeps.
public struct RuleValue: Equatable, Sendable {
  /// Its name.
  public var name: String
  /// With what it is kept.
  public var scope: Scope
  /// What it means.
  public var meaning: Meaning

  /// With what a number is kept.
  public enum Scope: Equatable, Sendable {
    /// With the machine: one.
    case machine
    /// With each tracked table, in its `struct page`.
    case table
    /// With each page.
    case page
  }

  /// What a number means.
  public enum Meaning: Equatable, Sendable {
    /// Whatever the rule makes it. The code says how it begins.
    case free(RuleCode)
    /// How many entries of the table have the property: 32 bits.
    case counts(RuleCode)
    /// A bit for each 8 entries, a line of the CPU's cache: whether one of them has the property.
    case marks(RuleCode)
  }

  /// Creates a number.
  public init(name: String, scope: Scope, meaning: Meaning) {
    self.name = name
    self.scope = scope
    self.meaning = meaning
  }
}

/// What a rule does at an event.
public struct RuleHandler: Equatable, Sendable {
  /// The event.
  public var trigger: RuleTrigger
  /// What is done.
  public var code: RuleCode
  /// The line of the rule that begins it, from 1.
  public var line: Int
  /// Where the condition of the whole handler is tested, if it has one.
  public var guardPlace: Int?

  /// Creates a handler.
  public init(_ trigger: RuleTrigger, _ code: RuleCode, line: Int, guardPlace: Int? = nil) {
    self.trigger = trigger
    self.code = code
    self.line = line
    self.guardPlace = guardPlace
  }

  /// Whether it puts leaves in the place of tables.
  var merges: Bool { code.operations.contains(where: \.merges) }

  /// The line of the condition that is tested at a place of the code.
  func line(ofTestAt place: Int) -> Int {
    let next = place + 1
    guard place != guardPlace, code.operations.indices.contains(next),
      case .line(let line, tellsNumber: _) = code.operations[next]
    else { return line }
    return Int(line)
  }
}

/// The events that a rule can wait for.
public enum RuleTrigger: Equatable, Sendable {
  /// A leaf was replaced by a table of 512.
  case split
  /// An entry was written: by the walk of a request, as the pointer to a new table, or as a merged leaf.
  case written
  /// An entry was looked at, and written or kept; a merged leaf too.
  case looked
  /// A request that wrote an entry is about to be flushed.
  case flush
  /// A page is asked for whose permissions will change.
  case allocate
  /// A block of pages was handed out, to anybody but page tables.
  case allocated
  /// A block of pages was given back by its owner; it is on no list yet.
  case released
  /// A block went back to the page allocator, and merging of free blocks ended.
  case freed
  /// The same, and the merging ended at a whole pageblock or more.
  case whole
  /// A number that is kept with a table came down to a limit, from above it.
  case falls(value: UInt8, to: Int64)
  /// A call is over; the number says how many calls apart.
  case calls(Int64)

  /// The hook of policies that it stands for.
  var hook: PolicyHooks {
    switch self {
    case .split, .written, .looked, .falls: .entries
    case .flush: .flushes
    case .allocate: .pages
    case .allocated: .allocations
    case .released, .freed, .whole: .blocks
    case .calls: .calls
    }
  }
}
