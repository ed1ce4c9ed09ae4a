import Testing

@testable import Engine

/// A kernel profile holds what kernels differ in. (`DeadDeclarationTests`: and what a rule asks for.)
@Suite struct KernelProfileTests {
  /// What is alike in all kernels and all policies, and why it is a property all the same.
  static let alike: [String: String] = [
    "realModePages": "a matter of the build", "realModeReadOnlyPages": "a matter of the build",
    "debugsLists": "a matter of the build",
  ]

  /// The stored properties of a profile and of the rules in it, as text.
  private static func properties(_ profile: KernelProfile) -> [String: String] {
    let parts: [Any] = [profile, profile.buddy, profile.linearMap]
    var properties: [String: String] = [:]
    for child in parts.flatMap({ Mirror(reflecting: $0).children }) {
      properties[child.label ?? ""] = String(reflecting: child.value)
    }
    return properties
  }

  @Test func `each property tells two kernels apart, or a policy changes it`() {
    var values: [String: Set<String>] = [:]
    for profile in KernelProfile.all {
      let adjusted = PolicyName.allCases.map { name in
        var adjusted = profile
        name.policy.adjust(&adjusted)
        return adjusted
      }
      for one in [profile] + adjusted {
        for (name, value) in Self.properties(one) { values[name, default: []].insert(value) }
      }
    }
    #expect(values.count > 40)
    for (name, values) in values {
      #expect((values.count == 1) == (Self.alike[name] != nil), "\(name)")
    }
  }

  @Test func `profiles and policies are chosen by names of their own`() {
    let names = KernelProfile.all.map(\.name) + PolicyName.allCases.map(\.rawValue)
    #expect(Set(names).count == names.count)
    for profile in KernelProfile.all { #expect(KernelProfile(named: profile.name) == profile) }
  }
}
