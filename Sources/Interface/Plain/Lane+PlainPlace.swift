import Engine
import History
import Lanes
import Narration

// Where one is, in time and in memory, in sentences.

extension Lane {
  /// What is running and where in time it stands.
  var plainWhere: [String] {
    var lines = ["The machine \(setup.description.name) runs \(setup.software)."]
    if let file = setup.file { lines.append("The file is \(file).") }
    lines.append("The branch is \(timeline.branches[timeline.current].name).")
    lines += plainMoment("This is")
    if let index = currentEventIndex {
      let names = trace.tree.path(to: index).map(trace.tree.name).filter { !$0.isEmpty }
      if !names.isEmpty {
        lines.append("The functions under way: \(names.joined(separator: ", then ")).")
      }
      if let ruleSource { lines.append("The rule is in \(ruleSource).") }
    } else if timeline.moment.call < timeline.steps.count {
      let call = timeline.moment.call
      lines.append("Next comes call \(call + 1): \(timeline.steps.deed(call).title).")
    } else if !timeline.steps.isEmpty {
      lines.append("No call comes after it.")
    }
    if let bug = machine.stopped { lines.append("The kernel has stopped: \(bug)".fullStop) }
    if let plainVerdict { lines.append(plainVerdict) }
    return lines + [plainSelection]
  }

  /// How the machine compares with the recording that is played.
  private var plainVerdict: String? {
    if case .kernel(let name) = source {
      return differenceText?.fullStop ?? "This is \(name), a real kernel."
    }
    guard let recording = source.recording else { return nil }
    let call = timeline.moment.call
    if call > recording.keptCalls(in: timeline) {
      return "These are no longer the recording's calls."
    }
    if let differenceText { return differenceText.fullStop }
    let name = recording.kernelName
    if call == 0 { return "The calls will be compared with a recording of \(name)." }
    return "Call \(call) of \(recording.steps) is as recorded on \(name)."
  }

  /// The selected page in one sentence.
  var plainSelection: String {
    let address = machine.directMapAddress(of: selection)
    guard let leaf = machine.tables.lookup(address) else {
      return machine.memory.contains(selection)
        ? "Selected is pfn \(selection.hex), RAM that is not mapped yet."
        : "Selected is pfn \(selection.hex), where nothing is mapped: no RAM."
    }
    let permission = PermissionClass.words(of: leaf.flags, leaf.size)
    return "Selected is pfn \(selection.hex) in a \(leaf.size.name) leaf, \(permission)."
  }

  /// The selected page in full.
  var plainPage: [String] {
    let address = machine.directMapAddress(of: selection)
    var lines = [
      plainSelection,
      "Its physical address is \(selection.address.hex), its virtual address \(address.hex).",
    ]
    lines += overlayWords.map { "In the overlay \(overlay.rawValue): \($0)".fullStop }
    guard let leaf = machine.tables.lookup(address) else { return lines }
    let word = String(leaf.entry.word, radix: 16)
    lines.append(
      "Its entry is 0x\(word), with the bits \(leaf.flags.text(leaf.size)), of type "
        + "\(machine.memoryType(of: selection).name).")
    if !wentBack, let before = previous.tables.lookup(address), before != leaf {
      let moves = EntryMoves(from: (before.flags, before.size), to: (leaf.flags, leaf.size))
      let parts = [moves.sizeWords, moves.bitWords].compactMap { $0 }
      lines.append("The last step changed it: \(parts.joined(separator: "; ")).")
    }
    lines += leaf.size.larger.map { plainSlot($0) } ?? []
    lines += plainAreas(leaf)
    if let state = FrameWords.state(of: selection, machine.physical) {
      lines.append("The page allocator has it as \(state).")
    }
    for (title, known) in machine.inspection(of: selection) {
      lines += known.compactMap(\.words).map {
        "\(title) knows of it: \($0.fullStop)"
      }
    }
    return lines
  }

  /// What the slots around the selected page hold, from the given size up.
  private func plainSlot(_ size: LeafSize) -> [String] {
    guard let words = plainSlotWords(size, at: selection) else { return [] }
    return ["Its \(size.name) slot holds \(words)."] + (size.larger.map { plainSlot($0) } ?? [])
  }

  private func plainAreas(_ leaf: PageTables.Leaf) -> [String] {
    let shown = machine.areas.live.lazy.compactMap { AreaPage(of: selection, in: $0, machine) }
    return shown.prefix(3).compactMap { page in
      guard let alias = machine.tables.lookup(page.area.start + page.page) else { return nil }
      return "Area \(page.area.name) shows it as page \(page.page.rawValue), with the bits "
        + "\(alias.flags.text(alias.size)); \(leaf.comparison(with: alias))."
    }
  }

  // MARK: - Answers

  /// Why the selected slot is not one leaf, or what would split it.
  var plainWhy: [String] {
    slotAnswer.lines(.long).map { line in
      let text = line.text.trimmed.fullStop
      return switch line.mark {
      case .met: "Met: \(text)"
      case .notMet: "Not met: \(text)"
      case .notReached: "Not asked any more: \(text)"
      case .warning: "Mind: \(text)"
      case .heading, .detail, .plain: text
      }
    }
  }

  /// What the policies keep.
  var plainPolicies: [String] {
    let panels = machine.panels(at: machine.directMapAddress(of: selection))
    guard !panels.isEmpty else {
      return ["\(machine.kernel.name) is as it was released; policy NAME boots it with a remedy."]
    }
    return panels.flatMap { panel in
      panel.lines.map { line in
        let words = line.words ?? ""
        if case .note = line { return "\(panel.title): \(words.fullStop)" }
        return "\(panel.title) keeps \(words.fullStop)"
      }
    }
  }

  /// The free blocks of each zone.
  var plainMemory: [String] {
    let memory = machine.physical
    guard memory.isKnown else { return ["A recording has no free lists."] }
    var lines = memory.zones.indices.map { index in
      let zone = memory.zones[index]
      let orders = (0...10).compactMap { order -> String? in
        let blocks = MigrateType.allCases.reduce(0) {
          $0 + memory.freeBlocks(inZone: index, $1, order: order)
        }
        return blocks == 0 ? nil : "\(blocks) of order \(order)"
      }
      let free = orders.isEmpty ? "nothing" : orders.joined(separator: ", ")
      return "Zone \(zone.kind.name) of node \(zone.node) has free blocks: \(free)."
    }
    if let state = FrameWords.state(of: selection, memory) {
      lines.append("The selected page, pfn \(selection.hex): \(state).")
    }
    return lines
  }
}
