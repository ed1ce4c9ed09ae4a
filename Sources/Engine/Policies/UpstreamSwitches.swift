/// What upstream has against fragmentation, as switches: each turns one part of a kernel profile on or
/// off, and nothing else.
struct UpstreamSwitch: PublishedPolicy {
  let name: PolicyName

  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) {
    switch name {
    case .progPack: kernel.hasProgPack = true
    case .noProgPack: kernel.hasProgPack = false
    case .roxCache:
      kernel.hasROXCache = true
      // The calls that the cache is made of.
      kernel.hasRox = true
      kernel.hasDirectMapValid = true
    case .noROXCache: kernel.hasROXCache = false
    case .roxCollapse:
      kernel.collapses = true
      kernel.hasRox = true
    case .noROXCollapse: kernel.collapses = false
    case .zapByPage:
      kernel.batchesZap = false
      kernel.limitsFreedPages = false
    case .zapBatched2024:
      kernel.batchesZap = true
      // The series was based on 6.8, and its first version had no limit by pages.
      kernel.delaysRmap = true
      kernel.limitsFreedPages = false
    case .zapFreeLimit: kernel.limitsFreedPages = true
    case .zapPageCap: kernel.capsGatheredPages = true
    case .cpuLists: kernel.buddy.cpuLists = CPUListRules()
    default: break
    }
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    switch name {
    case .progPack:
      [
        .count("packs", Int64(machine.kept.value.packs.count)),
        .note("BPF programs share packs of 2 MiB a node, as from 5.18 on."),
      ]
    case .noProgPack: [.note("Each BPF program has an area of its own, as before 5.18.")]
    case .roxCache:
      [
        .count("free stretches", Int64(machine.kept.value.rox.free.count)),
        .count("holders", Int64(machine.kept.value.rox.busy.count)),
        .note("Module text, ftrace and kprobes share 2M blocks, as from 6.15 on."),
        .note("It brings set_memory_rox() and set_direct_map_valid_noflush() along."),
      ]
    case .noROXCache: [.note("Module text has areas of its own, as before 6.15.")]
    case .roxCollapse:
      [
        .count("collapses to 2M", machine.counters[.level2Collapses]),
        .note("set_memory_rox() puts leaves together again, as from 6.15 on."),
      ]
    case .noROXCollapse: [.note("set_memory_rox() puts no leaves together, as before 6.15.")]
    case .zapByPage, .zapBatched2024, .zapFreeLimit, .zapPageCap: zapPanel(machine)
    case .cpuLists: cpuListPanel(machine)
    default: []
    }
  }
}

extension UpstreamSwitch {
  private func cpuListPanel(_ machine: Machine) -> [PanelLine] {
    machine.physical.zones.indices.map { zone in
      let kind = machine.physical.zones[zone].kind.name
      return .count("pages for CPU 0, \(kind)", Int64(machine.physical.cpuListPages(inZone: zone)))
    } + [
      .note("Pages of orders 0 to 3 go to these lists first; there they do not merge."),
      .note("A list is filled with 63 pages at once. Overflows free one batch, two, four."),
    ]
  }

  private func zapPanel(_ machine: Machine) -> [PanelLine] {
    let zaps = machine.allZaps
    return [
      .note(name.summary + "."),
      .count("entries cleared", zaps[.pages]), .count("batches of them", zaps[.runs]),
      .count("most pages in a stretch", zaps[.longestChunkPages]),
    ]
  }
}

/// The repair of the private buddy allocator of March 2023: a fresh block leaves the direct map whole.
struct UnmappedAllocWholeBlock: PublishedPolicy {
  var name: PolicyName { .unmappedAllocWholeBlock }
  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) { kernel.unmapsWholeBlocks = true }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    [
      .note(
        "A fresh block of the private allocator leaves the direct map whole, not one page of it.")
    ]
  }
}
