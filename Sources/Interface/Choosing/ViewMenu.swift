import Engine
import Keys
import Lanes
import Narration
import Screen

/// All that can be shown, as one list: panels beside the map, parts of the address space, what the cells
/// say, and what lies over the map. A table: each part has a row for each case of an enumeration.
enum ViewMenu {
  /// Something that can be shown.
  struct Row: Sendable {
    let name: String
    let words: String
    /// Whether it is shown.
    let isOn: @Sendable (Model) -> Bool
    /// Why it cannot be shown; `nil` if it can.
    let refusal: @Sendable (Model) -> String?
    /// Shows it.
    let show: @Sendable (inout Model) -> Void

    init(
      _ name: String, _ words: String, isOn: @escaping @Sendable (Model) -> Bool = { _ in false },
      refusal: @escaping @Sendable (Model) -> String? = { _ in nil },
      show: @escaping @Sendable (inout Model) -> Void,
    ) {
      self.name = name
      self.words = words
      self.isOn = isOn
      self.refusal = refusal
      self.show = show
    }
  }

  /// Rows that have something in common.
  struct Part: Sendable {
    let title: String
    let rows: [Row]
  }

  /// Everything, in the order of the list.
  static let parts = [
    Part(title: "Beside the map", rows: SidePanel.allCases.map(row)),
    Part(title: "What the map shows", rows: MapSpace.allCases.map(row)),
    Part(title: "What the colours mean", rows: MapOverlay.allCases.map(row)),
    Part(title: "What the cells say", rows: looks),
    Part(title: "Over the map", rows: lists),
  ]

  private static func row(_ panel: SidePanel) -> Row {
    Row(
      panel.rawValue, panel.words, isOn: { $0.options.sidePanel == panel },
      refusal: { panel == .gather && !$0.lane.hasZapping ? "no process has memory yet" : nil },
      show: { $0.show(panel) })
  }

  private static func row(_ space: MapSpace) -> Row {
    Row(
      space.rawValue, space.line, isOn: { $0.lane.place.space == space },
      refusal: {
        space == .process && $0.machine.userRanges.isEmpty ? "no process has memory" : nil
      },
      show: { $0.show(space) })
  }

  private static func row(_ overlay: MapOverlay) -> Row {
    Row(
      overlay.rawValue, overlay.words, isOn: { $0.options.overlay == overlay },
      show: { $0.show(overlay) })
  }

  private static let looks = [
    Row(
      "letters", "permissions as letters, or as colours", isOn: { $0.showsLetters },
      show: { $0.toggleLetters() })
  ]

  private static let lists = [
    over("help", "every key and line", .help), over("calls", "every call", .moreCalls),
    over("choose policies", "remedies and switches, for the same calls again", .choosePolicies),
    over("choose kernel", "another kernel, for the same calls again", .chooseKernel),
    over("choose machine", "another machine, for the same calls again", .chooseMachine),
    over("stops", "where time stops", .stopList),
    Row("marks", "places in time that have a name") { $0.layers.append(.report($0.markReport)) },
    Row("branches", "the branches of the history") { $0.layers.append(.report($0.branchReport)) },
  ]

  private static func over(_ name: String, _ words: String, _ action: Action) -> Row {
    Row(name, words) { _ = $0.perform(action) }
  }

  /// All rows without their titles.
  static var rows: [Row] { parts.flatMap(\.rows) }

  /// The rows as a list, with the keys that choose them.
  static func list(_ model: Model) -> [ListRow] {
    ListItem.withKeys(
      parts.flatMap { part in
        [ListRow.heading(part.title)]
          + part.rows.map { row in
            .item(
              ListItem(
                name: row.name, words: row.words, isOn: row.isOn(model),
                refusal: row.refusal(model)))
          }
      })
  }

  /// The same as sentences, with the words that tell it where there is no screen.
  static var plainLines: [String] {
    ["The screen shows these; without a screen, these words print the same:"]
      + rows.map { "\($0.name): \($0.words.fullStop)" }
  }

  /// Whether a key may choose a row.
  static func isChosen(by input: Input, _ action: Action?) -> Bool {
    if action == .zoomIn { return true }
    guard case .character = input else { return false }
    return ListMove.place(after: action, from: 0, of: 1) == nil
  }
}

extension SidePanel {
  /// What it shows, in a line.
  fileprivate var words: String {
    switch self {
    case .trace: "functions of the kernel, what they decide and change"
    case .why: "why a slot is not one leaf, or what would split it"
    case .policies: "what the policies keep"
    case .memory: "free blocks of the page allocator"
    case .tlb: "what accesses cost in a TLB"
    case .gather: "what a zap has gathered"
    }
  }
}

extension MapSpace {
  /// What it is, in a line.
  fileprivate var line: String {
    switch self {
    case .direct: "the direct map, arm64's linear map"
    case .vmalloc: "vmalloc space"
    case .modules: "the module area"
    case .process: "the memory of the process"
    }
  }
}

extension Model {
  /// A key in the list of all that can be shown.
  mutating func receiveInViews(_ input: Input, _ index: Int) -> [Effect] {
    let items = ListRow.items(ViewMenu.list(self))
    if case .character(let letter) = input,
      let place = items.firstIndex(where: { $0.key == letter })
    {
      return showView(place)
    }
    let action = meaning(inList: input)
    if let place = ListMove.place(after: action, from: index, of: items.count) {
      replaceTop(with: .views(place))
      return []
    }
    switch action {
    case .zoomIn: return showView(index)
    case .close, .cancel, .viewList: close()
    case .leave: return [.quit(0)]
    default: return [.bell]
    }
    return []
  }

  private mutating func showView(_ index: Int) -> [Effect] {
    let rows = ViewMenu.rows
    guard rows.indices.contains(index) else { return [.bell] }
    if rows[index].refusal(self) != nil { return [.bell] }
    close()
    hasBegun = true
    rows[index].show(&self)
    return notice?.kind == .failed ? [.bell] : []
  }

  /// The list that a layer is, as it is drawn.
  package func list(in layer: Layer) -> ShownList? {
    var list = view(of: layer)
    list?.refused = notice?.kind == .failed ? notice?.text : nil
    return list
  }

  private func view(of layer: Layer) -> ShownList? {
    switch layer {
    case .calls(let index):
      ShownList(
        title: "all calls; the selection is \(lane.target.scenarioText), \(pages.words)",
        rows: CallMenu.rows, selected: index,
        keys: [
          ("Enter", "asks for what it needs"), ("Space", "makes it as usual"), ("Esc", "closes"),
        ])
    case .choices(let list):
      ShownList(
        title: list.title(lane), rows: list.rows(lane), selected: list.index, keys: list.keys,
        said: list.said)
    case .views(let index):
      ShownList(
        title: "all that can be shown", rows: ViewMenu.list(self), selected: index,
        keys: [("Enter", "shows it"), ("Esc", "closes")])
    case .help, .line, .report, .stops, .prediction, .leaving, .resuming: nil
    }
  }
}

extension ChoiceList {
  /// The list as sentences.
  func plainLines(_ lane: Lane) -> [String] {
    let word =
      switch subject {
      case .policies: "policy"
      case .kernels: "kernel"
      case .machines: "machine"
      }
    return [
      "\(word) and one of these names makes the same calls again under it; undo goes back."
        .capital
    ]
      + items(lane).filter { $0.name != PolicyRows.none }.map { item in
        let state = item.isOn == true ? "\(item.name), on" : item.name
        return "\(state): \(item.details.isEmpty ? item.words.fullStop : item.details.trimmed)"
      }
  }
}
