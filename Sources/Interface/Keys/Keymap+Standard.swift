import Engine
import Screen

extension Keymap {
  private static func bind(
    _ names: String, _ action: Action, _ group: Group, _ help: String, hint: String? = nil,
  ) -> Binding {
    Binding(
      inputs: names.split(separator: " ").compactMap { Input(name: String($0)) }, action: action,
      help: help, hint: hint, group: group)
  }

  static var moving: [Binding] {
    [
      bind("Left h", .left, .moving, "One slot to the left"),
      bind("Right l", .right, .moving, "One slot to the right"),
      bind("Up k", .up, .moving, "One row up, 32 slots"),
      bind("Down j", .down, .moving, "One row down"),
      bind("Home", .first, .moving, "The first slot of the panel"),
      bind("End", .last, .moving, "The last slot of the panel"),
      bind("PageUp", .pageUp, .moving, "The 512 slots before"),
      bind("PageDown", .pageDown, .moving, "The 512 slots after"),
      bind("Tab", .nextPanel, .moving, "The next panel gets the keys", hint: "panel"),
      bind("S-Tab", .previousPanel, .moving, "The panel before gets the keys"),
      bind("Enter", .zoomIn, .moving, "Zoom in: from 1G to 2M to 4K slots", hint: "zoom"),
      bind("Backspace", .zoomOut, .moving, "Zoom out"),
      bind(
        "/", .search, .moving,
        "Find a place (pfn:0x180000, phys:6G, area+3), or ro, rwx, 2M, has D, lacks G, owner NAME, odd",
        hint: "find"),
      bind("n", .nextChange, .moving, "The next that was searched for; else the next change"),
      bind("N", .previousChange, .moving, "The same backwards"),
      bind(";", .nextBlocker, .moving, "The next entry that stands against a merge"),
      bind("&", .previousBlocker, .moving, "The one before"),
    ]
  }

  static var calls: [Binding] {
    [
      bind("r", .setMemory(.ro), .calls, "set_memory_ro: read-only", hint: "ro"),
      bind("w", .setMemory(.rw), .calls, "set_memory_rw: writable", hint: "rw"),
      bind("x", .setMemory(.x), .calls, "set_memory_x: executable"),
      bind("X", .setMemory(.nx), .calls, "set_memory_nx: not executable"),
      bind(
        "R", .setMemory(.rox), .calls, "set_memory_rox: read-only, executable; may merge",
        hint: "rox"),
      bind("P", .setMemory(.np), .calls, "set_memory_np: not present"),
      bind("p", .setMemory(.p), .calls, "set_memory_p: present again"),
      bind("s", .setMemory(.split4K), .calls, "set_memory_4k: split down to 4K"),
      bind("t", .write, .calls, "touch: the CPU writes, which sets A and D"),
      bind("T", .read, .calls, "touch: the CPU reads, which sets A"),
      bind(
        "a", .allocate, .calls, "vmap: an area that shows the pages a second time", hint: "vmap"),
      bind("f", .free, .calls, "vunmap: frees the area that shows this page"),
      bind("K", .load(.module), .calls, "module load: a small kernel module"),
      bind("b", .load(.bpf), .calls, "bpf load: a BPF program"),
      bind("S", .load(.secret), .calls, "secretmem fault: a page of memfd_secret"),
      bind("V", .load(.vmalloc), .calls, "vmalloc: an area with pages of its own"),
      bind(
        "I", .load(.grouped), .calls,
        "vmalloc group reset: pages for code; a grouping policy hands them out"),
      bind("U", .freeNewest, .calls, "Unloads or frees what was loaded last"),
      bind("M", .collapse, .calls, "Try to merge (an experiment: no such call upstream)"),
      bind("@", .allocateBlock, .calls, "alloc_pages: a block of 2M; a count is its order, 3@"),
      bind("#", .freeBlock, .calls, "free_pages: the block that was taken last"),
      bind("_", .shrink, .calls, "shrink: a cache gives 128 pages back, or as many as the count"),
      bind("!", .failBlocks, .calls, "fail blocks: requests of 2M blocks fail, or no more"),
      bind("~", .supply, .calls, "supply: the next request of a 2M block gets none"),
      bind(
        "i", .moreCalls, .calls, "All calls in a list, which asks for what they need",
        hint: "all calls"),
      bind(
        "y", .choosePolicies, .calls, "Policies: the same calls again under others",
        hint: "policies"),
      bind("E", .chooseKernel, .calls, "Kernels: the same calls again under another one"),
      bind("G", .chooseMachine, .calls, "Machines: the same calls again on another one"),
      bind("o", .toggleTarget, .calls, "Calls go to the direct map, or to the area"),
      bind(
        "*", .wholeSlot, .calls,
        "Count = all pages of the selected slot; of a 4K slot, of the 2M around it"),
    ]
  }

  static var time: [Binding] {
    [
      bind(".", .nextEvent, .time, "Next event: one step inside a call", hint: "next"),
      bind(",", .previousEvent, .time, "Previous event", hint: "back"),
      bind(">", .nextCall, .time, "To the end of this call, or of the next one"),
      bind("<", .previousCall, .time, "To the beginning of this call, or of the one before"),
      bind(")", .stepOver, .time, "Step over the function that comes next"),
      bind("(", .stepOverBack, .time, "Back over the function before"),
      bind("}", .stepOut, .time, "Out of the function, to its end"),
      bind("{", .stepOutBack, .time, "Back out of the function, to where it began"),
      bind(
        "J", .unfold, .time, "Deeper into what is folded: page by page, then event by event",
        hint: "deeper"),
      bind("H", .fold, .time, "One level back up: what repeats is one step", hint: "up"),
      bind("c", .runOn, .time, "Continue to where a stop is hit", hint: "continue"),
      bind("C", .runBack, .time, "Continue backwards"),
      bind("B", .stopList, .time, "The stops: add, change, turn on and off, delete"),
      bind("]", .nextSplitOrMerge, .time, "To the next split or merge"),
      bind("[", .previousSplitOrMerge, .time, "To the split or merge before"),
      bind("m", .setMark, .time, "Mark this place: then a letter"),
      bind("'", .goToMark, .time, "Go to a mark: then its letter"),
      bind("W", .who, .time, "Who changed this page last: goes there; again, to the one before"),
      bind("u", .undo, .time, "Undo: back by a call", hint: "undo"),
      bind("C-r", .redo, .time, "Redo: forward by a call"),
      bind("g", .goToStep, .time, "Go to a call by number, or to a percentage"),
      bind(
        "%", .goToPercentage, .time, "With a count: to that part of all calls, 50% to the middle"),
      bind("^", .start, .time, "To the beginning"),
      bind("$", .end, .time, "To the end"),
      bind("Space", .play, .time, "Play, pause", hint: "play"),
      bind("+ =", .faster, .time, "Play faster"),
      bind("-", .slower, .time, "Play slower; at the slow end by single events"),
    ]
  }

  static var view: [Binding] {
    [
      bind("?", .help, .view, "This list", hint: "help"),
      bind(
        ":", .commandLine, .view,
        "A line: calls, break, watch, why, and the commands below; Tab completes",
        hint: "command"),
      bind(
        "v", .sidePanel, .view,
        "Beside the map: trace, why not merged, policies, free memory", hint: "views"),
      bind("D", .viewList, .view, "All views, panels and maps in a list", hint: "all views"),
      bind(
        "A", .nextSpace, .view,
        "What the map shows: the direct map, vmalloc space, the module area, a process",
        hint: "areas"),
      bind(
        "O", .nextOverlay, .view,
        "What the colours mean: permissions, pages, pageblocks, wear, who"),
      bind(
        "e", .exchange, .view, "Of variants side by side, the next gets keys, inspector, trace",
        hint: "other"),
      bind(
        "d", .nextDifference, .view,
        "The next page that variants side by side map in different ways",
        hint: "difference"),
      bind(
        "z", .goOn, .view,
        "In a lesson: continues, comes back to it, and at its end begins the next lesson"),
      bind(
        "Z", .goBack, .view, "In a lesson: back to the beginning of the part, or of the one before"),
      bind("L", .toggleLetters, .view, "Permissions as letters, not as colours"),
      bind("\"", .toggleBand, .view, "Captions in a band over the lower part, or beside the map"),
      bind("|", .toggleMapOnly, .view, "The map alone, or all panels"),
      bind("\\", .nextBeam, .view, "Spotlight: on the selected slot, on the map, off"),
      bind("`", .glossary, .view, "What P, A, D, G, PSE and NX mean"),
      bind("F", .toggleFollow, .view, "Whether the selection follows what changes"),
      bind("Y", .nextTheme, .view, "The next theme: other colours"),
      bind("C-o", .toggleMouse, .view, "Whether the mouse is listened to; then Shift selects text"),
      bind("C-t", .record, .view, "Record the screen to a file; again: no more"),
      bind("C-l", .redraw, .view, "Paint the screen again"),
      bind("C-z", .suspend, .view, "Stop; fg in the shell goes on"),
      bind("Esc", .cancel, .view, "Forget the count and the search, close what is open"),
      bind("q", .close, .view, "Close what is open; at last ask whether to leave", hint: "quit"),
      bind("Q", .leave, .view, "Leave"),
      bind("C-c", .interrupt, .view, "Leave, with status 130"),
    ]
  }
}
