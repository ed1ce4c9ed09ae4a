import Engine
import Lanes

/// The kernels as a list.
enum KernelRows {
  /// The rows for a machine.
  static func all(_ setup: BootSetup) -> [ListRow] {
    let groups = [(Architecture.x86_64, KernelProfile.x86), (.arm64, KernelProfile.arm64)]
    var rows: [ListRow] = []
    for (architecture, kernels) in groups {
      rows.append(.heading("Kernels for \(architecture.rawValue)"))
      rows += kernels.map { kernel in
        var item = ListItem(
          name: kernel.name, words: kernel.basis.mark + words(kernel), isOn: kernel == setup.kernel)
        item.details = "\(kernel.name): \(words(kernel)). \(kernel.basis.sentence)"
        if let last = kernel.lastUpdate { item.details += " Up to its update \(last)." }
        if architecture != setup.description.architecture {
          item.refusal = "a machine for \(setup.description.architecture.rawValue) does not run it"
          item.details += " \(setup.description.name) does not run it."
        } else {
          item.details += " " + setup.under(kernel).farewell(from: setup)
        }
        return .item(item)
      }
    }
    return ListItem.withKeys(rows)
  }

  /// What a kernel has of what this program is about, in a line.
  private static func words(_ kernel: KernelProfile) -> String {
    if kernel.architecture == .arm64 {
      let access =
        switch kernel.linearMap.tableAccess {
        case .perContiguousGroup: "a table is mapped for each contiguous group"
        case .perFilling: "a table is mapped to zero it and to fill it"
        case .once, .lazily: "a table is mapped once"
        }
      return access + (kernel.linearMap.hasBBML2 ? ", blocks split on demand" : "")
    }
    let parts: [(Bool, String)] = [
      (kernel.takesPacksFromROXCache, "BPF packs in the execmem cache"),
      (kernel.hasProgPack && !kernel.takesPacksFromROXCache, "BPF packs"),
      (kernel.hasHugeVmalloc, "huge vmalloc"),
      (kernel.hasRox, "set_memory_rox"),
      (kernel.hasROXCache && !kernel.takesPacksFromROXCache, "execmem cache"),
      (kernel.collapses, "collapse"), (kernel.batchesZap, "batched zaps"),
    ]
    let has = parts.filter(\.0).map(\.1)
    return has.isEmpty ? "splits, and never merges" : has.joined(separator: ", ")
  }

  /// What choosing a kernel leads to.
  static func choice(_ name: String, _ setup: BootSetup) -> Chosen? {
    guard let kernel = KernelProfile(named: name) else { return nil }
    let new = setup.under(kernel)
    return Chosen(setup: new, remark: new.farewell(from: setup))
  }
}
