import Engine
import Language

/// A kernel and policies under which a scenario is compared.
public struct Variant: Equatable, Sendable {
  /// Its name in tables and charts.
  public var name: String
  /// The kernel; `nil`: the scenario's.
  public var kernel: KernelProfile?
  /// The policies; `nil`: the scenario's.
  public var policies: PolicySet?

  /// The files of the rules that are on besides.
  public private(set) var ruleFiles: [String] = []

  /// The most variants that are compared at once: what a table and a chart can show.
  public static let limit = 8

  /// Creates a variant.
  public init(name: String, kernel: KernelProfile? = nil, policies: PolicySet? = nil) {
    self.name = name
    self.kernel = kernel
    self.policies = policies
  }

  /// Reads `NAME=kernel:linux-6.1,policy:aaronlu-2022`. More policies follow in the same way;
  /// `policy:none` is none, `rule:FILE` a rule out of a file. What is left out is the scenario's; where
  /// there is a rule, no policy is.
  public init(reading text: String) throws(VariantError) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = sides.first, !name.isEmpty,
      name.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7f })
    else { throw VariantError(text, "a variant is NAME=kernel:...,policy:...") }
    self.init(name: String(name))
    guard sides.count == 2, !sides[1].isEmpty else { return }
    var names: [PolicyName] = []
    for part in sides[1].split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else {
        throw VariantError(text, "\"\(part)\" is none of kernel:NAME, policy:NAME and rule:FILE")
      }
      switch pair[0] {
      case "kernel": kernel = try Self.kernel(pair[1], text)
      case "policy":
        if policies == nil { policies = PolicySet.none }
        if pair[1] != "none" { names.append(try Self.policy(pair[1], text)) }
      case "rule":
        if policies == nil { policies = PolicySet.none }
        ruleFiles.append(String(pair[1]))
      default:
        throw VariantError(text, "\"\(pair[0])\" is none of kernel, policy and rule")
      }
    }
    do {
      if policies != nil { policies = try PolicySet(names) }
    } catch {
      throw VariantError(text, "\(error)")
    }
  }

  /// Switches the rules of its files on.
  public mutating func add(_ rules: [Rule]) throws(VariantError) {
    do throws(PolicyError) {
      for rule in rules { policies = try (policies ?? .none).adding(rule) }
    } catch {
      throw VariantError(name, error.description)
    }
  }

  private static func kernel(
    _ name: Substring, _ text: String,
  ) throws(VariantError) -> KernelProfile {
    if let profile = KernelProfile(version: name) { return profile }
    do {
      return try Choice.named(String(name), in: KernelProfile.all, by: \.name, what: "kernel")
    } catch {
      throw VariantError(text, "\(error)")
    }
  }

  private static func policy(
    _ name: Substring, _ text: String,
  ) throws(VariantError) -> PolicyName {
    do {
      return try Choice.named(
        String(name), in: PolicyName.allCases, by: \.rawValue, what: "policy")
    } catch {
      throw VariantError(text, "\(error)")
    }
  }
}

/// Why a variant cannot be read.
public struct VariantError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text and the reason, in one line.
  public let description: String

  init(_ text: String, _ reason: String) { description = "variant \"\(text)\": \(reason)" }
}
