import Engine
public import KernelText

/// One line of a scenario. What it says, without the place where it says it.
///
/// A scenario of a million lines is a million of these, so what is rare and large lies elsewhere.
public enum Statement: Equatable, Sendable {
  /// `machine NAME`: the machine to boot.
  case machine(String)
  /// `iomem "LINE"` or `dmesg "LINE"`: a line of the text that describes a machine which is not
  /// built in.
  case firmware(MachineText, String)
  /// `kernel NAME`: the version whose rules hold.
  case kernel(String)
  /// `cpu FEATURE on|off`, or how many CPUs there are.
  case cpu(CPUSwitch)
  /// `policy NAME`: a remedy that the kernel was built with.
  case policy(PolicyName)
  /// `rule NAME ... end`: a policy in the language itself.
  case rule(Rule)
  /// A call that changes the machine.
  case call(Call)
  /// `module load NAME ko:FILE`: a module whose sizes a file tells. It becomes a call when
  /// `Scenario.readModules` has read the file.
  case moduleFile(Name, file: String)
  /// `note "text"`: words for the reader.
  case note(String)
  /// `pause`: a player waits here for a key.
  case pause
  /// `why TARGET [2M|1G]`: why a slot is not one leaf of this size, or what would split it.
  case why(Call.Target, LeafSize?)
  /// `tlb PRESET PATTERN ...`: what accesses cost.
  indirect case tlb(TLBQuestion)
  /// `areas`: what the areas of vmalloc space take and how they are mapped.
  case areas
  /// `break ...` or `watch ...`: where to stop.
  indirect case stop(Stop)
  /// `print EXPRESSION`: its value.
  indirect case printing(Expression)
  /// `display EXPRESSION` or `undisplay N`: a value that is shown after each call.
  indirect case display(Display)
  /// `expect EXPRESSION`: a claim that is checked here.
  case expect(Expression)
  /// A line for a presenter: a key, a wait, a caption.
  case direction(Direction)
  /// A line of a lesson.
  case lesson(LessonLine)
  /// A line of a session.
  case session(SessionLine)
}

extension Statement {
  /// Whether the line is a call.
  package var isCall: Bool {
    switch self {
    case .call, .moduleFile: true
    case .machine, .firmware, .kernel, .cpu, .policy, .rule, .note, .pause, .why, .tlb, .areas,
      .printing, .display, .stop, .expect, .direction, .lesson, .session:
      false
    }
  }
}

/// A change to the CPU before boot.
public enum CPUSwitch: Equatable, Sendable {
  /// A feature is turned on or off.
  case feature(CPUFeatures.Switch, Bool)
  /// This many CPUs are online.
  case count(Int)

  /// The most CPUs a machine can be given: what the kernel supports (`NR_CPUS` on x86-64).
  public static let countLimit = 8192

  /// Makes the change.
  public func apply(to cpu: inout CPUFeatures) {
    switch self {
    case .feature(let name, let isOn): cpu[name] = isOn
    case .count(let count): cpu.cpus = count
    }
  }
}

/// A statement and the place where it stands.
public struct LocatedStatement: Equatable, Sendable {
  /// What the line says.
  public var statement: Statement
  /// Where its first word stands.
  public var location: SourceLocation

  /// Creates a located statement.
  public init(_ statement: Statement, at location: SourceLocation) {
    self.statement = statement
    self.location = location
  }
}
