import Engine
import Screen

/// A class of an overlay: what a cell looks like that has it, and what it is called.
package struct TintClass: Equatable, Sendable {
  /// The colour of the cell.
  package let ink: Ink
  /// The character of the cell where letters show.
  package let letter: Unicode.Scalar
  /// What it is, as the legend has room for; `nil` where a neighbour's line tells of it too.
  package let legend: String?
  /// The same where several stand in a row.
  package let brief: String?
  /// What it is, as "here" says it of a page or of a slot.
  let words: String
  /// A glyph of its own, which marks it in every colour.
  package let mark: Glyph?

  init(
    _ ink: Ink, _ letter: Unicode.Scalar, _ legend: String?, _ words: String, mark: Glyph? = nil,
    brief: String? = nil,
  ) {
    self.ink = ink
    self.letter = letter
    self.legend = legend
    self.brief = brief ?? legend
    self.words = words
    self.mark = mark
  }

  /// Memory that is not there, in every overlay.
  private static let hole = TintClass(.hole, ".", "no RAM", "no RAM")
}

// Codes are places in these lists; `TintCode` has their names.

extension TintClass {
  static let pages: [TintClass] =
    [
      hole,
      TintClass(.dim, "?", nil, "unknown"),
      TintClass(.overlay3, "b", "kept by boot", "kept by boot, never allocated"),
      TintClass(.overlay4, "k", "kernel", "kernel memory"),
      TintClass(.overlay5, "t", "page table", "a page table"),
      TintClass(.overlay6, "u", "user", "user memory"),
      TintClass(
        .overlay7, "m", "area, secret", "a page of an area, or secret", brief: "area/secret"),
      TintClass(.overlay8, "c", "in the cache", "in the cache", brief: "cached"),
      TintClass(
        .overlay8, ">", "next out", "in the cache, the next to go out", mark: .diamond),
      TintClass(.overlay10, "r", "came back", "in the cache, came back from a user"),
      TintClass(.overlay9, "h", "handed out", "handed out by the cache"),
      TintClass(.text, "o", nil, "on no list, not owned yet"),
      TintClass(.overlay10, "w", "CPU 0's list", "free, on CPU 0's list"),
    ]
    + (0...10).map { order in
      let letter: Unicode.Scalar = order < 10 ? Unicode.Scalar(UInt8(48 + order)) : "A"
      let legend = order == 0 ? "free, below 2M" : order == 9 ? "free, 2M or 4M" : nil
      return TintClass(
        order < 9 ? .overlay1 : .overlay2, letter, legend, "free, in a block of order \(order)",
        brief: order == 0 ? "free <2M" : order == 9 ? "free 2M+" : nil)
    }

  static let pageblocks: [TintClass] =
    [hole, TintClass(.dim, "?", nil, "unknown")]
    + MigrateType.allCases.map { type in
      let (ink, letter): (Ink, Unicode.Scalar) =
        switch type {
        case .unmovable: (.overlay4, "u")
        case .movable: (.overlay6, "m")
        case .reclaimable: (.overlay1, "r")
        case .highAtomic: (.overlay9, "h")
        case .cma: (.overlay5, "c")
        case .isolate: (.overlay3, "i")
        case .unmapped: (.overlay8, "x")
        }
      return TintClass(ink, letter, type.name, "pageblock \(type.name)")
    }

  static let wear: [TintClass] =
    [
      hole,
      TintClass(.overlay3, "-", "as from boot", "as boot left it"),
      TintClass(.overlay4, "s", "boot split", "split by boot"),
      TintClass(.overlay10, "S", "split since", "split since boot"),
      TintClass(.overlay6, "=", "healed", "split once, and one leaf again"),
    ]
    + (1...10).map { count in
      let letter: Unicode.Scalar = count < 10 ? Unicode.Scalar(UInt8(48 + count)) : "+"
      let legend =
        count == 1
        ? "written once" : count == 2 ? "by 2-9 calls" : count == 10 ? "by 10 calls+" : nil
      return TintClass(
        count == 1 ? .overlay1 : count < 10 ? .overlay2 : .overlay8, letter, legend,
        count == 1
          ? "written by one call" : "written by \(count == 10 ? "10 or more" : "\(count)") calls"
      )
    }

  static let who: [TintClass] =
    [
      hole,
      TintClass(.overlay3, "-", "not split", "not split"),
      TintClass(.overlay4, "b", "boot", "split by boot"),
    ]
    + CallUser.allCases.map { user in
      TintClass(user.look.ink, user.look.letter, user.legend, user.words)
    }
}

/// The codes of classes that are not counted on.
enum TintCode {
  static let hole: UInt8 = 0

  /// Of the overlay `pages`.
  enum Pages {
    static let unknown: UInt8 = 1
    static let boot: UInt8 = 2
    static let kernel: UInt8 = 3
    static let table: UInt8 = 4
    static let user: UInt8 = 5
    static let area: UInt8 = 6
    static let cached: UInt8 = 7
    static let next: UInt8 = 8
    static let back: UInt8 = 9
    static let out: UInt8 = 10
    /// Off the lists, on the way to an owner or from one.
    static let unowned: UInt8 = 11
    /// On a list of the CPU.
    static let cpuList: UInt8 = 12
    /// Free pages by the order of their block follow, up to 10.
    static let free: UInt8 = 13
    static let count = 24
  }

  /// Of the overlay `pageblocks`: the types follow, by their raw value.
  enum Pageblocks {
    static let unknown: UInt8 = 1
    static let first: UInt8 = 2
  }

  /// Of the overlay `wear`.
  enum Wear {
    static let untouched: UInt8 = 1
    static let splitByBoot: UInt8 = 2
    static let split: UInt8 = 3
    static let healed: UInt8 = 4
    /// Written once; more calls follow, up to ten.
    static let once: UInt8 = 5

    static func written(_ calls: Int) -> UInt8 {
      calls == 0 ? untouched : once + UInt8(min(calls, 10)) - 1
    }
  }

  /// Of the overlay `who`: the users follow.
  enum Who {
    static let whole: UInt8 = 1
    static let boot: UInt8 = 2
    static let first: UInt8 = 3
  }
}
