// Policies are chosen one at a time: a policy brings its prerequisites and replaces what it excludes.

extension PolicySet {
  /// What choosing a policy leads to.
  public struct Choice: Equatable, Sendable {
    /// The policies that are on then.
    public var set: PolicySet
    /// The prerequisites that are switched on with it.
    public var brought: [PolicyName] = []
    /// The policies that are switched off, and why.
    public var dropped: [Dropped] = []
  }

  /// A policy that is switched off with another choice.
  public struct Dropped: Equatable, Sendable {
    /// The policy.
    public var name: PolicyName
    /// Why it cannot stay.
    public var reason: PolicyError
  }

  /// Switches a policy on with its prerequisites; policies that exclude it are switched off.
  public func switchingOn(_ name: PolicyName) -> Choice {
    if names.contains(name) { return Choice(set: self) }
    var wanted = [name]
    while let missing = wanted[0].prerequisite { wanted.insert(missing, at: 0) }
    var kept = names
    var dropped: [Dropped] = []
    for old in names where !wanted.contains(old) {
      guard let reason = Self.reason(against: old, beside: wanted) else { continue }
      kept.removeAll { $0 == old }
      dropped.append(Dropped(name: old, reason: reason))
    }
    dropped += Self.dropDependents(&kept, beside: wanted)
    let brought = wanted.dropLast().filter { !kept.contains($0) }
    let set = withRules(kept + wanted.filter { !kept.contains($0) })
    return Choice(set: set, brought: brought, dropped: dropped)
  }

  /// Switches a policy off, with those that are a part of it.
  public func switchingOff(_ name: PolicyName) -> Choice {
    var kept = names.filter { $0 != name }
    let dropped = Self.dropDependents(&kept, beside: [])
    return Choice(set: withRules(kept), dropped: dropped)
  }

  /// The policies that make sense on an architecture, without those that are a part of another one.
  public func supported(on architecture: Architecture) -> PolicySet {
    var kept = names.filter { $0.runs(on: architecture) }
    _ = Self.dropDependents(&kept, beside: [])
    return withRules(kept)
  }

  /// Other policies with the rules of these that go together with them.
  private func withRules(_ names: [PolicyName]) -> PolicySet {
    rules.reduce(PolicySet(checked: names)) { (try? $0.adding($1)) ?? $0 }
  }

  /// Why a policy cannot be on beside others; `nil` if it can.
  private static func reason(
    against old: PolicyName, beside wanted: [PolicyName],
  ) -> PolicyError? {
    for new in wanted {
      do throws(PolicyError) {
        try check(old, new)
      } catch {
        return error
      }
    }
    return nil
  }

  /// Removes the policies whose prerequisite is off.
  private static func dropDependents(
    _ kept: inout [PolicyName], beside wanted: [PolicyName],
  ) -> [Dropped] {
    var dropped: [Dropped] = []
    kept.removeAll { [kept] name in
      guard let missing = name.prerequisite, !(kept + wanted).contains(missing) else {
        return false
      }
      dropped.append(Dropped(name: name, reason: .needs(name, missing)))
      return true
    }
    return dropped
  }
}
