import Engine
import Lanes

/// The policies as a list, grouped by what they are.
enum PolicyRows {
  /// What choosing none is called.
  static let none = "none"

  /// Policies that have something in common.
  struct Section: Sendable {
    /// What they have in common.
    let title: String
    /// The policies.
    let names: [PolicyName]
  }

  /// All policies, each once.
  static let sections = [
    Section(
      title: "Remedies that group pages",
      names: [
        .permAlloc2020, .edgecombe2021, .pteCache2021, .unmapped2022, .unmappedAlloc2023,
        .unmappedAllocWholeBlock,
      ]),
    Section(
      title: "Remedies that merge leaves",
      names: [
        .mergeOnFree, .mergeOnFreeLiteral, .mergeOnFreeChecked, .mergeOnFreeLiteralChecked,
        .kirill2020, .hyeyooBitmap2022, .hyeyooCount2022,
        .aaronLu2022,
      ]),
    Section(
      title: "Remedies that map vmalloc with large leaves",
      names: [.hugeVmalloc2020, .hugeVmap2020]
    ),
    Section(
      title: "Remedies that flip whole pageblocks, and reach them",
      names: [.freetype2026, .mermap2026]),
    Section(
      title: "Remedies for arm64", names: [.kpkeys2025, .kpkeysBlocks2026, .genericCPA2026]),
    Section(
      title: "Upstream switches",
      names: PolicyName.allCases.filter { $0.kind == .upstreamSwitch }),
    Section(
      title: "Stages of arm64's linear map",
      names: PolicyName.allCases.filter { $0.kind == .linearMapStage }),
  ]

  /// The rows for a kernel, with some policies on.
  static func all(_ setup: BootSetup, _ on: PolicySet) -> [ListRow] {
    var rows: [ListRow] = [
      .item(
        ListItem(
          key: "0", name: none, words: "the kernel as it was released",
          details: "\(setup.kernel.name) as it was released, without any of these.",
          isOn: on == .none))
    ]
    for section in sections {
      rows.append(.heading(section.title))
      rows += section.names.map { .item(item($0, setup.kernel, on)) }
    }
    if !on.rules.isEmpty {
      rows.append(.heading("Rules"))
      rows += on.rules.map { .item(item($0)) }
    }
    return ListItem.withKeys(rows)
  }

  /// The key that chooses a policy in the list of a kernel that can have all remedies.
  static func key(of name: PolicyName) -> String {
    let setup = BootSetup(
      MachineDescription(name: "", e820: [], cpu: CPUFeatures(), image: nil),
      kernel: .standard(for: .x86_64))
    let item = ListRow.items(all(setup, PolicySet.none)).first { $0.name == name.rawValue }
    return item?.key.map { String($0) } ?? ""
  }

  private static func item(
    _ name: PolicyName, _ kernel: KernelProfile, _ on: PolicySet,
  ) -> ListItem {
    let isOn = on.names.contains(name)
    var item = ListItem(
      name: name.rawValue, words: name.summary, aside: name.origin, isOn: isOn)
    let what = "\(name.summary.capital). By: \(name.origin)."
    switch name.fit(kernel) {
    case .possible:
      let choice = isOn ? on.switchingOff(name) : on.switchingOn(name)
      let words = isOn ? " On; choosing it switches it off." : " \(kernel.name) can have it."
      item.details = what + words + remark(choice, isOn: isOn)
    case .isSo where !isOn:
      item.refusal = "\(kernel.name) is so anyway"
      item.details = "\(what) \(kernel.name) is so anyway: nothing would change."
    case .isSo: item.details = "\(what) On, and \(kernel.name) is so anyway."
    case .otherArchitecture(let architecture):
      item.refusal = "for \(architecture.rawValue) alone"
      item.details =
        "\(what) \(kernel.name) cannot have it: it is about \(architecture.rawValue)."
    }
    return item
  }

  /// How a rule is called in the list.
  private static func name(of rule: Rule) -> String { "rule \(rule.name)" }

  /// A rule that is on; of others nothing is known.
  private static func item(_ rule: Rule) -> ListItem {
    let what = rule.summary.isEmpty ? "a rule of your own" : rule.summary
    var item = ListItem(
      name: name(of: rule), words: what, aside: counted(rule.lines.count, "line"), isOn: true)
    // Without the indentation of a file, as it is typed.
    let lines = rule.lines.map { $0.drop { $0 == " " } }.joined(separator: "; ")
    item.details =
      "\(what.capital): \(lines). On; choosing it takes it off, and the line after : that read it puts it "
      + "on again."
    return item
  }

  /// What comes along and what goes, in sentences that begin with a space.
  private static func remark(_ choice: PolicySet.Choice, isOn: Bool) -> String {
    var text = ""
    if !choice.brought.isEmpty {
      text += " Brings \(choice.brought.map(\.rawValue).joined(separator: ", "))."
    }
    for dropped in choice.dropped {
      text +=
        isOn
        ? " \(dropped.name.rawValue) goes with it."
        : " In its place goes \(dropped.name.rawValue): "
          + "\(dropped.reason)."
    }
    return text
  }

  /// What choosing a policy leads to: it is switched on or, where it is on, off.
  static func choice(_ name: String, _ setup: BootSetup, _ on: PolicySet) -> Chosen? {
    if name == none { return Chosen(setup: setup.under(PolicySet.none)) }
    if let rule = on.rules.first(where: { Self.name(of: $0) == name }) {
      return Chosen(setup: setup.under(on.removing(rule: rule.name)))
    }
    guard let policy = PolicyName(rawValue: name) else { return nil }
    let isOn = on.names.contains(policy)
    let choice = isOn ? on.switchingOff(policy) : on.switchingOn(policy)
    var remark = Self.remark(choice, isOn: isOn)
    if !remark.isEmpty { remark = remark.dropFirst() + " " }
    return Chosen(setup: setup.under(choice.set), remark: remark)
  }
}
