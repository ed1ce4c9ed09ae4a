extension PolicyName {
  /// Who proposed or merged it, and when, as the mails and the kernel's log say.
  public var origin: String {
    switch self {
    case .permAlloc2020: "Rick Edgecombe, November 2020"
    case .edgecombe2021: "Rick Edgecombe, April 2021"
    case .pteCache2021: "Mike Rapoport, August 2021"
    case .unmapped2022, .mergeOnFreeLiteral: "Mike Rapoport, January 2022"
    case .mergeOnFreeChecked, .mergeOnFreeLiteralChecked:
      "Mike Rapoport, January 2022; checked here"
    case .dirtyPacks: "upstream, 7.2.13 at the latest"
    case .invlpgb: "Rik van Riel; upstream, 6.15"
    case .cpuLists: "upstream, as 6.1 has them"
    case .mergeOnFree: "Mike Rapoport, January 2022; its trigger repaired here"
    case .unmappedAlloc2023: "Mike Rapoport, March 2023"
    case .unmappedAllocWholeBlock: "Mike Rapoport, March 2023; repaired here"
    case .kirill2020: "Kirill Shutemov, April 2020"
    case .hyeyooBitmap2022: "Hyeonggon Yoo, May 2022"
    case .hyeyooCount2022: "Hyeonggon Yoo, his branch of 2022"
    case .aaronLu2022: "Aaron Lu, August 2022"
    case .freetype2026: "Brendan Jackman, February 2026"
    case .mermap2026: "Brendan Jackman, 2025 and 2026"
    case .kpkeys2025: "Kevin Brodsky, August 2025"
    case .kpkeysBlocks2026: "Kevin Brodsky, 2026"
    case .genericCPA2026: "Mike Rapoport, 2026"
    case .progPack: "upstream, 5.18"
    case .noProgPack: "upstream before 5.18"
    case .roxCache, .roxCollapse: "upstream, 6.15"
    case .noROXCache, .noROXCollapse: "upstream before 6.15"
    case .noContRemap2024, .batchBarriers2024, .pgtableOps2024, .lazyUnmap2024:
      "Ryan Roberts, April 2024"
    case .rutlandSketch2024: "review by Mark Rutland, April 2024; as first shown"
    case .rutland2024: "review by Mark Rutland, April 2024; merged"
    case .hugeVmalloc2020: "Nicholas Piggin, April 2020"
    case .hugeVmap2020: "review by Will Deacon, April 2020"
    case .noHugeVmalloc: "upstream, a boot parameter"
    case .zapByPage: "upstream before 6.9"
    case .zapBatched2024: "David Hildenbrand, January 2024"
    case .zapFreeLimit: "upstream, 6.9"
    case .zapPageCap: "discussed in January 2024"
    }
  }

  /// Whether a kernel can have a policy.
  public enum Fit: Equatable, Sendable {
    /// It can.
    case possible
    /// The kernel behaves so anyway: switching it on changes nothing.
    case isSo
    /// The policy is about this architecture, which is not the kernel's.
    case otherArchitecture(Architecture)
  }

  /// Whether a kernel can have the policy.
  public func fit(_ kernel: KernelProfile) -> Fit {
    guard runs(on: kernel.architecture) else {
      return .otherArchitecture(kernel.architecture == .arm64 ? .x86_64 : .arm64)
    }
    guard kind != .remedy else { return .possible }
    var changed = kernel
    policy.adjust(&changed)
    return changed == kernel ? .isSo : .possible
  }
}
