/// The policy that keeps a count with each page-table page, by its concrete type: it is called for every
/// entry of a walk, and a call through `any Policy` takes longer than most of these policies. At most one can be on (``PolicyError/bothTrackTables(_:_:)``).
enum TableTracker: Sendable {
  case aaronLu2022(AaronLu2022)
  case hyeyooCount2022(HyeyooCount2022)
  case hyeyooBitmap2022(HyeyooBitmap2022)
  case rule(RulePolicy)
  case other(any Policy)

  /// The one among policies that has the hook; `nil` if none has.
  init?(among policies: [any Policy]) {
    guard let policy = policies.first(where: { $0.hooks.contains(.entries) }) else { return nil }
    self =
      switch policy {
      case let policy as AaronLu2022: .aaronLu2022(policy)
      case let policy as HyeyooCount2022: .hyeyooCount2022(policy)
      case let policy as HyeyooBitmap2022: .hyeyooBitmap2022(policy)
      case let policy as RulePolicy: .rule(policy)
      default: .other(policy)
      }
  }

  func didStep(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    switch self {
    case .aaronLu2022(let policy): policy.didStep(step, &machine, &sink)
    case .hyeyooCount2022(let policy): policy.didStep(step, &machine, &sink)
    case .hyeyooBitmap2022(let policy): policy.didStep(step, &machine, &sink)
    case .rule(let policy): policy.didStep(step, &machine, &sink)
    case .other(let policy): policy.didStep(step, &machine, &sink)
    }
  }

  func didSplit(
    _ split: LeafSplit, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    switch self {
    case .aaronLu2022(let policy): policy.didSplit(split, &machine, &sink)
    case .hyeyooCount2022(let policy): policy.didSplit(split, &machine, &sink)
    case .hyeyooBitmap2022(let policy): policy.didSplit(split, &machine, &sink)
    case .rule(let policy): policy.didSplit(split, &machine, &sink)
    case .other(let policy): policy.didSplit(split, &machine, &sink)
    }
  }
}
