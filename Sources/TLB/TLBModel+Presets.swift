// The available processors. Entries and ways are those for data with one thread on the core.

extension TLBModel {
  /// Every preset; the one to follow by hand comes first.
  public static let all: [TLBModel] = [teaching, skylake, zen2, neoverseN1, power9]

  /// The preset with a name.
  public init?(named name: String) {
    guard let model = Self.all.first(where: { $0.name == name }) else { return nil }
    self = model
  }

  /// A TLB small enough to follow by hand: four entries for all sizes, then 4 sets of 4 for 4K and
  /// 2M. Invented for this program.
  public static let teaching = TLBModel(
    name: "teaching", summary: "4 entries, then 16 in 4 sets for 4K and 2M; no walker cache",
    first: [Cells(ways: 4, [.whole(.size4K), .whole(.size2M), .whole(.size1G)])],
    second: [Cells(sets: 4, ways: 4, [.whole(.size4K), .whole(.size2M)])])

  /// Intel's Skylake server core.
  ///
  /// Sources: Intel 64 and IA-32 Architectures Optimization Reference Manual (248966), the table
  /// "TLB Parameters of the Skylake Microarchitecture"; Software Developer's Manual, volume 3,
  /// section 4.10.3 for what the paging-structure caches do. The number of their entries is not
  /// published: 4, 4 and 32 are in the range that others have measured.
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
  /// Sources: AMD Software Optimization Guide for Family 17h Models 30h and Greater (56305): 64
  /// entries for all sizes, then 2048 for 4K and 2M, of which a 1G leaf takes one for each 2M that
  /// is used. Sixteen ways fit 2048 entries; the real sets are skewed by size, these are not. Inner
  /// entries of tables, which the real second level holds too, have their own caches here.
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
  /// Sources: Arm Neoverse N1 Core Technical Reference Manual (100616), "TLB organization",
  /// following the manual of Cortex-A76, on which it is based: 48 entries for 4K, 16K, 64K, 2M and
  /// 512M; then 1280 in 5 ways for all sizes. A contiguous group takes one entry; the first level
  /// holds 32M in pieces of 2M, and 1G in pieces of 512M. The sizes of the walker caches are not
  /// published.
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
  /// Sources: POWER9 Processor User's Manual (OpenPOWER), the chapters on the load-store unit and
  /// on translation: 64 entries, then 1024 in 4 ways. Its Linux has base pages of 64K; so here
  /// sixteen neighbouring 4K leaves that are all present count as one base page and take one entry.
  /// Its radix tree has four levels: a walk reads 4 entries for a base page, 3 for a 2M leaf and 2
  /// for a 1G leaf, as on x86. The size of the walker cache is not published.
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
