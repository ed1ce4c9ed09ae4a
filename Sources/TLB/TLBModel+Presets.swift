// The processors that can be chosen. Entries and ways are those for data with one thread on the core.

extension TLBModel {
  /// Every preset, the one to follow by hand first.
  public static let all: [TLBModel] = [teaching, skylake, zen2, neoverseN1, power9]

  /// The preset with a name.
  public init?(named name: String) {
    guard let model = Self.all.first(where: { $0.name == name }) else { return nil }
    self = model
  }

  /// A TLB small enough to follow by hand: four entries for all sizes, then 4 sets of 4 for 4K and 2M.
  /// Made up for this program.
  public static let teaching = TLBModel(
    name: "teaching", summary: "4 entries, then 16 in 4 sets for 4K and 2M; no walker cache",
    first: [Cells(ways: 4, [.whole(.size4K), .whole(.size2M), .whole(.size1G)])],
    second: [Cells(sets: 4, ways: 4, [.whole(.size4K), .whole(.size2M)])])

  /// Intel's Skylake server core.
  ///
  /// Sources: Intel 64 and IA-32 Architectures Optimization Reference Manual (248966), the table "TLB
  /// Parameters of the Skylake Microarchitecture"; Software Developer's Manual, volume 3, section
  /// 4.10.3 for what the paging-structure caches do. How many entries these have is not published:
  /// 4, 4 and 32 are in the range that measurements of others found.
  public static let skylake = TLBModel(
    name: "skylake",
    summary: "Intel Skylake server: 64 x 4K, 32 x 2M, 4 x 1G; then 1536 for 4K and 2M, 16 x 1G",
    first: [
      Cells(sets: 16, ways: 4, [.whole(.size4K)]), Cells(sets: 8, ways: 4, [.whole(.size2M)]),
      Cells(ways: 4, [.whole(.size1G)]),
    ],
    second: [
      Cells(sets: 128, ways: 12, [.whole(.size4K), .whole(.size2M)]),
      Cells(sets: 4, ways: 4, [.whole(.size1G)]),
    ],
    walker: WalkerCaches(pgd: 4, pud: 4, pmd: 32))

  /// AMD's Zen 2 core.
  ///
  /// Sources: AMD Software Optimization Guide for Family 17h Models 30h and Greater (56305): 64 entries
  /// for all sizes, then 2048 for 4K and 2M, of which a leaf of 1G takes one for each 2M that is used.
  /// Sixteen ways are what fits 2048 entries; the sets are skewed by size in the real one, and not here.
  /// Inner entries of tables, which the real second level keeps too, stand in caches of their own here.
  public static let zen2 = TLBModel(
    name: "zen2",
    summary: "AMD Zen 2: 64 of all sizes; then 2048 for 4K and 2M, 1G in pieces of 2M",
    first: [Cells(ways: 64, [.whole(.size4K), .whole(.size2M), .whole(.size1G)])],
    second: [
      Cells(
        sets: 128, ways: 16,
        [.whole(.size4K), .whole(.size2M), .pieces(of: .size1G, shift: 21)])
    ],
    walker: WalkerCaches(pgd: 16, pud: 16, pmd: 64))

  /// Arm's Neoverse N1, the core of Ampere Altra.
  ///
  /// Sources: Arm Neoverse N1 Core Technical Reference Manual (100616), "TLB organization", as the
  /// manual of Cortex-A76, from which it comes, has it: 48 entries for 4K, 16K, 64K, 2M and 512M; then
  /// 1280 in 5 ways for all sizes. A contiguous group takes one entry; of 32M and 1G the first level
  /// holds pieces of 2M and 512M. The walker caches are not published in numbers.
  public static let neoverseN1 = TLBModel(
    name: "neoverse-n1",
    summary: "Arm Neoverse N1: 48 of all sizes; then 1280 of all sizes; contiguous groups in one",
    first: [
      Cells(
        ways: 48,
        [
          .whole(.size4K), .whole(.size64K), .whole(.size2M), .pieces(of: .size32M, shift: 21),
          .pieces(of: .size1G, shift: 29),
        ])
    ],
    second: [
      Cells(
        sets: 256, ways: 5,
        [
          .whole(.size4K), .whole(.size64K), .whole(.size2M), .whole(.size32M), .whole(.size1G),
        ])
    ],
    walker: WalkerCaches(pgd: 4, pud: 16, pmd: 16), joinsContiguous: true)

  /// IBM's POWER9, an SMT4 core under radix translation: what its manuals call ERAT, then TLB.
  ///
  /// Sources: POWER9 Processor User's Manual (OpenPOWER), the chapters on the load-store unit and on
  /// translation: 64 entries, then 1024 in 4 ways. Its Linux has base pages of 64K; so here sixteen
  /// neighbouring 4K leaves that are all present count as one base page and take one entry. Its radix
  /// tree has four levels, of which a base page needs 4 reads, a leaf of 2M 3 and one of 1G 2, as on
  /// x86. The walker cache is not published in numbers.
  public static let power9 = TLBModel(
    name: "power9",
    summary: "IBM POWER9: 64 of all sizes; then 1024 of all sizes; base pages of 64K",
    first: [
      Cells(
        ways: 64, [.whole(.size4K), .whole(.size64K), .whole(.size2M), .whole(.size1G)])
    ],
    second: [
      Cells(
        sets: 256, ways: 4, [.whole(.size4K), .whole(.size64K), .whole(.size2M), .whole(.size1G)])
    ],
    walker: WalkerCaches(pgd: 4, pud: 16, pmd: 16), basePage: .size64K)
}
