/// Every key of the standard keymap, in an order in which each changes the screen.
enum KeyTable {
  /// Keys of the map: two read-only pages, 0x140000 and 0x140005, in a 2M slot; the first is selected.
  static let moving: [Press] = [
    Press("Right", "pfn  0x140001 "), Press("l", "pfn  0x140002 "),
    Press("Left", "pfn  0x140001 "), Press("h", "pfn  0x140000 "),
    Press("Down", "pfn  0x140020 "), Press("j", "pfn  0x140040 "),
    Press("Up", "pfn  0x140020 "), Press("k", "pfn  0x140000 "),
    Press("End", "pfn  0x1401ff "), Press("Home", "pfn  0x140000 "),
    Press("PageDown", "pfn  0x140200 "), Press("PageUp", "pfn  0x140000 "),
    Press("Backspace", "slot 2M, 512 pages of it in 4K"),
    Press("Enter", hides: "slot 2M, 512 pages of it in 4K"),
    Press("Tab", "slot 1G, 512 pages of it in 4K"),
    Press("S-Tab", hides: "slot 1G, 512 pages of it in 4K"),
    Press("n", "pfn  0x140001 "), Press("N", "pfn  0x140000 "),
    Press(";", "pfn  0x140005 "), Press("&", "pfn  0x140000 "),
    Press("/", hides: "? help", thenType: "lacks RW\n"),
    Press("n", "lacks RW: 0x98"), Press("N", "lacks RW: 0x140005"),
  ]

  /// Calls on the page that is selected first.
  static let calls: [Press] = [
    Press("r", "call 1 of 1  set_memory_ro pfn:0x140000"), Press("w", "call 2 of 2  set_memory_rw"),
    Press("x", "4K leaf RW X, never right"), Press("X", "4K leaf RW NX, ordinary"),
    Press("t", "call 5 of 5  touch write pfn:0x140000"),
    Press("T", "call 6 of 6  touch read pfn:0x140000"),
    Press("R", "4K leaf RO X "), Press("P", "4K leaf not present"), Press("p", "4K leaf RO X "),
    Press("s", "call 10 of 10  set_memory_4k"), Press("a", "vmap a1 pfn:0x140000 made an area"),
    Press("o", "calls go to area a1, page 0"), Press("o", "calls go to the direct map"),
    Press("f", "vunmap a1 removed the area's entries"), Press("K", "and loaded the module"),
    Press("b", "bpf load b1 1500 split"), Press("S", "secretmem fault s1 rewrote 1 entry"),
    Press("V", "vmalloc v1 1 made an area"), Press("U", "vfree v1 freed the area"),
    Press("M", "call 18 of 18  collapse pfn:"), Press("i", "Space makes it as usual"),
    Press("Esc", hides: "Space makes it as usual"), Press("Backspace", "slot 2M, "),
    Press("*", "count 512 "), Press("Esc", hides: "count 512 "),
    Press("@", "alloc_pages p1 9"), Press("#", "free_pages p1"), Press("!", "fail blocks on"),
    Press("!", "fail blocks off"), Press("~", "supply 9 none"),
    Press("_", "no policy is on that has a cache to shrink"),
    Press("I", "vmalloc v1 1 group reset"),
    Press("E", "╭ kernels: the same calls again"), Press("Esc", hides: "╭ kernels"),
    Press("G", "╭ machines: the same calls again"), Press("Esc", hides: "╭ machines"),
    Press("y", "╭ policies of linux-7.2"), Press("Esc", hides: "╭ policies of linux-7.2"),
  ]

  /// Time moves through two calls on a page, read-only and writable again; the cursor is after
  /// both.
  static let time: [Press] = [
    Press("m", "mark: a letter", thenType: "a"), Press("^", "before call 1 of 2"),
    Press("'", "go to mark: a letter (a)", thenType: "a"),
    Press("5", "count 5 ", thenType: "0"), Press("%", "call 1 of 2  set_memory_ro"),
    Press("^", "before call 1 of 2"), Press(".", "event 2 of 43"), Press("$", "call 2 of 2 "),
    Press("<", "call 1 of 2  set_memory_ro pfn:0x140000\n"), Press(",", "event 40 of 43"),
    Press("[", "event 28 of 43"), Press("[", "event 13 of 43"), Press("]", "event 28 of 43"),
    Press("<", "before call 1 of 2"), Press(".", "event 2 of 43"),
    Press("J", "the trace: page by page"), Press("H", "the trace: what repeats is one step"),
    Press(".", "event 3 of 43"),
    Press(")", "event 40 of 43"), Press("(", "event 3 of 43"), Press("{", "event 2 of 43"),
    Press("}", "call 1 of 2  set_memory_ro pfn:0x140000\n"),
    Press(">", "call 2 of 2  set_memory_rw"), Press("u", "call 1 of 2  set_memory_ro"),
    Press("C-r", "call 2 of 2  set_memory_rw"), Press("W", "Call 2, set_memory_rw"),
    Press("C", "this is the beginning. :break and :watch"),
    Press("c", "this is the end. :break and :watch"),
    Press("B", "╭ stops"), Press("Esc", hides: "╭ stops"),
    Press("%", "a number first: 50%"),
    Press("g", "go to call (17) or part (50%):", thenType: "0\n"),
    Press("-", "Speed 5 of 9: a call every 2.0 s."), Press("+", "Speed 6 of 9"),
    Press("=", "Speed 7 of 9"), Press("-", "Speed 6 of 9"), Press("-", "Speed 5 of 9"),
    Press("-", "Speed 4 of 9"), Press("-", "Speed 3 of 9"), Press("-", "Speed 2 of 9"),
    Press("-", "Speed 1 of 9"), Press("Space", "playing, an event every 2.0 s"),
    Press("Space", hides: "playing, an event every 2.0 s"),
  ]

  /// The screen, after one call.
  static let view: [Press] = [
    Press("?", "help, lines 1-"), Press("q", hides: "help, lines 1-"),
    Press(":", hides: "? help"), Press("Esc", "? help"),
    Press("v", hides: "change_page_attr_set_clr(1,"),
    Press("v", "╭ policies"), Press("v", "╭ memory, free blocks"), Press("v", "╭ TLB: skylake"),
    Press("v", "change_page_attr_set_clr(1,"),
    Press("D", "╭ all that can be shown"), Press("Esc", hides: "╭ all that can be shown"),
    Press("A", "the map shows vmalloc space"), Press("A", "the map shows the module area"),
    Press("A", "the map shows the direct map"),
    Press("O", "the colours show what pages are used for"),
    Press("O", "the colours show types of pageblocks"),
    Press("O", "the colours show what was split"),
    Press("O", "the colours show whose call"), Press("O", "the colours show permissions"),
    Press("e", "nothing is compared; :compare NAME=policy:..."),
    Press("L", "permissions show as letters"), Press("d", "nothing is compared; :compare"),
    Press("\"", "captions show in a band"), Press("|", "the map alone"), Press("|", "all panels"),
    Press("\\", "spotlight on the selected slot"), Press("\\", "spotlight on the map"),
    Press("\\", "spotlight off"), Press("`", "the bits of an entry"),
    Press("Esc", hides: "the bits of an entry"),
    Press("C-w", "directmap watch shows who requested what"),
    Press("F", "the selection stays put"),
    Press("z", "no lesson is under way"),
    Press("Y", "theme light"), Press("Z", "no lesson is under way"),
    Press("C-t", "Recording to directmap-1.cast"), Press("C-t", "Recorded to directmap-1.cast"),
    Press("C-o", "the mouse is on"), Press("5", "count 5 "),
    Press("Esc", hides: "count 5 "), Press("q", "any other key stays"),
    Press("n", hides: "any other key stays"),
  ]

  /// Keys that release the screen or redraw it, and those that quit.
  static let terminal = ["C-l", "C-z", "Q", "C-c"]

  /// Every key that is pressed.
  static var keys: Set<String> {
    Set((moving + calls + time + view).map(\.key)).union(terminal)
  }
}
