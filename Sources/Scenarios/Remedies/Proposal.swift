public import Engine
import Narration

/// Something that was proposed, or merged, against splits of the direct map or their cost, or that takes its
/// place.
public struct Proposal: Sendable {
  /// Its name; of one that can be switched on here, the policy's.
  public var name: String
  /// Who proposed it, and when.
  public var origin: String
  /// What became of it.
  public var status: String
  /// The idea, in a line.
  public var idea: String
  /// How it is run here.
  public var run: Run
  /// How its rules are known.
  public var knowledge: Knowledge

  /// How a remedy is run here.
  public enum Run: Sendable {
    /// The kernel as it was released; what the others are compared with.
    case plain(KernelProfile)
    /// These policies, on the kernel that all are compared on.
    case policies([PolicyName])
    /// These policies, on the kernel that those of arm64 are compared on.
    case onArm64([PolicyName])
    /// Not at all: why, and where its effect shows otherwise.
    case elsewhere(String)
  }

  init(
    _ name: String, _ origin: String, _ status: String, _ idea: String, _ run: Run,
    _ knowledge: Knowledge,
  ) {
    self.name = name
    self.origin = origin
    self.status = status
    self.idea = idea
    self.run = run
    self.knowledge = knowledge
  }

  /// One that is a policy for arm64 here.
  private init(arm64 policy: PolicyName, _ status: String, with prerequisites: [PolicyName] = []) {
    self.init(
      policy.rawValue, policy.origin, status, policy.summary, .onArm64(prerequisites + [policy]),
      policy.knowledge)
  }

  /// One that is a policy here.
  init(_ policy: PolicyName, _ status: String, with prerequisites: [PolicyName] = []) {
    self.init(
      policy.rawValue, policy.origin, status, policy.summary, .policies(prerequisites + [policy]),
      policy.knowledge)
  }

  /// The kernel that all are compared on: no cache of executable memory, no collapse, and
  /// `set_memory_rox()`.
  public static let base = KernelProfile.linux6_12

  /// The kernel that those of arm64 are compared on: the newest.
  public static let arm64Base = KernelProfile.linux7_3Arm64

  /// All of them, by the time at which they were proposed.
  public static var all: [Proposal] {
    [
      Proposal(
        "none", "upstream", "released", "the kernel as it is: splits stay",
        .plain(base), base.knowledge)
    ] + until2022 + since2023
  }

  private static var until2022: [Proposal] {
    [
      Proposal(.hugeVmalloc2020, "merged in 5.13 in another form, opt-in since 5.18"),
      Proposal(.hugeVmap2020, "asked for in review; not merged"),
      Proposal(.kirill2020, "RFC; not merged"),
      Proposal(.permAlloc2020, "RFC; not merged"),
      Proposal(.edgecombe2021, "RFC; not merged"),
      Proposal(.pteCache2021, "RFC; not merged"),
      Proposal(.unmapped2022, "RFC; not merged"),
      Proposal(.mergeOnFreeLiteral, "part of that RFC; compiled out", with: [.unmapped2022]),
      Proposal(.mergeOnFree, "the same, repaired here", with: [.unmapped2022]),
      Proposal(
        .mergeOnFreeLiteralChecked, "as posted, and all entries read; not posted",
        with: [.unmapped2022]),
      Proposal(
        .mergeOnFreeChecked, "repaired here, and all entries read", with: [.unmapped2022]),
      Proposal(.progPack, "merged in 5.18; of 2M each from 6.1 on at the latest"),
      Proposal(.hyeyooBitmap2022, "an idea in a thread"),
      Proposal(.hyeyooCount2022, "a branch; not posted"),
      Proposal(.aaronLu2022, "RFC; not merged"),
    ]
  }

  private static var since2023: [Proposal] {
    [
      Proposal(.unmappedAlloc2023, "RFC; not merged"),
      Proposal(.unmappedAllocWholeBlock, "the same, repaired here", with: [.unmappedAlloc2023]),
      Proposal(
        "secretmem by default", "Mike Rapoport, May 2023", "merged in 6.5",
        "fragmentation was measured to be negligible, so memfd_secret is on",
        .elsewhere("nothing changes but who may call it: secretmem fault"),
        .memory("the mail; its tables could not be had")),
      Proposal(
        "4K on SNP hosts", "Dave Hansen, Borislav Petkov, January 2024", "not taken",
        "map everything by 4K, so that RMPUPDATE never splits",
        .elsewhere("cpu debug_pagealloc on maps so"), .source("threads of January 2024")),
      Proposal(
        "private pages out of the map", "Michael Roth, SNP host series v1", "not taken",
        "take a guest's private pages out of the direct map",
        .elsewhere("gmem fault does it page by page"), .source("threads of January 2024")),
      Proposal(.roxCache, "merged in 6.15"),
      Proposal(.roxCollapse, "merged in 6.15"),
      Proposal(
        "guest_memfd NO_DIRECT_MAP", "Patrick Roy, Nikita Kalyazin, Takahiro Itazuri, 2024 to 2026",
        "v12 of April 2026; not merged in 7.3",
        "guests' pages leave the direct map at the first fault, against speculation",
        .elsewhere("a user, not a remedy: gmem fault; its price is the input guests"),
        .source("mails of v1 to v12")),
      Proposal(
        "none, arm64", "upstream", "released", "arm64 as it is: blocks split, none comes back",
        .onArm64([]), arm64Base.knowledge),
      Proposal(arm64: .kpkeys2025, "RFC v5; not merged"),
      Proposal(
        arm64: .kpkeysBlocks2026, "in copies of the mm tree; not merged in 7.3", with: [.kpkeys2025]
      ),
      Proposal(.invlpgb, "merged in 6.15"),
      Proposal(.freetype2026, "v4 of July 2026; not merged in 7.3"),
      // It is of use where pages are outside the direct map: with the pageblocks it was written for.
      Proposal(
        .mermap2026, "in mm-new for a time; not merged in 7.3; here with freetype-2026",
        with: [.freetype2026]),
      Proposal(arm64: .genericCPA2026, "a plan and a branch; not posted; arm64 part not written"),
      Proposal(.dirtyPacks, "in 7.2.13 and 7.3, where a CPU needs the flush"),
      Proposal(
        "BPF packs in the ROX cache", "upstream", "merged in 7.3",
        "BPF shares the read-only 2M blocks of module text; whole areas go back",
        .plain(.linux7_3), KernelProfile.linux7_3.knowledge),
    ]
  }
}
