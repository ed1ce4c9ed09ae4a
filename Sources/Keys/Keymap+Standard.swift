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
      bind("Home", .first, .moving, "To the first slot of the panel"),
      bind("End", .last, .moving, "To the last slot of the panel"),
      bind("PageUp", .pageUp, .moving, "512 slots back"),
      bind("PageDown", .pageDown, .moving, "512 slots forward"),
      bind("Tab", .nextPanel, .moving, "Focus the next panel", hint: "panel"),
      bind("S-Tab", .previousPanel, .moving, "Focus the previous panel"),
      bind("Enter", .zoomIn, .moving, "Zoom in: from 1G to 2M to 4K slots", hint: "zoom"),
      bind("Backspace", .zoomOut, .moving, "Zoom out"),
      bind(
        "/", .search, .moving,
        "Find a place (pfn:0x180000, phys:6G, area+3), or ro, rwx, 2M, has D, lacks G, owner NAME, odd",
        hint: "find"),
      bind(
        "n", .nextChange, .moving,
        "The next match of the search; without one, the next page that is mapped differently"),
      bind("N", .previousChange, .moving, "The same backwards"),
      bind(";", .nextBlocker, .moving, "The next entry that blocks the merge"),
      bind("&", .previousBlocker, .moving, "The previous one"),
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
      bind("M", .collapse, .calls, "Try to merge (an experiment: Linux has no such call)"),
      bind("o", .toggleTarget, .calls, "Calls act on the direct map, or on the area"),
      bind(
        "*", .wholeSlot, .calls,
        "Count = all pages of the selected slot; of a 4K slot, of the 2M around it"),
      bind(
        "a", .allocate, .loading, "vmap: an area that maps the pages a second time", hint: "vmap"),
      bind(
        "f", .free, .loading,
        "vunmap: frees the area that maps this page; on a map that was read: continue in the simulation"
      ),
      bind("K", .load(.module), .loading, "module load: a small kernel module"),
      bind("b", .load(.bpf), .loading, "bpf load: a BPF program"),
      bind("S", .load(.secret), .loading, "secretmem fault: a page of memfd_secret"),
      bind("V", .load(.vmalloc), .loading, "vmalloc: an area with its own pages"),
      bind(
        "I", .load(.grouped), .loading,
        "vmalloc group reset: pages for code, from the cache of a grouping policy"),
      bind("U", .freeNewest, .loading, "Unload or free what was loaded last"),
      bind("@", .allocateBlock, .loading, "alloc_pages: a block of 2M; a count is its order, 3@"),
      bind("#", .freeBlock, .loading, "free_pages: the block that was allocated last"),
      bind(
        "_", .shrink, .loading,
        "shrink: a cache frees 128 pages, or the count; without one: drain the CPU's lists"),
      bind("!", .failBlocks, .loading, "fail blocks: requests for 2M blocks fail; again: succeed"),
      bind("~", .supply, .loading, "supply: the next request for a 2M block fails"),
      bind(
        "i", .moreCalls, .loading, "List all calls, and ask for their operands", hint: "all calls"),
    ]
  }

  static var stepping: [Binding] {
    [
      bind(".", .nextEvent, .stepping, "Next event: one step inside a call", hint: "next"),
      bind(",", .previousEvent, .stepping, "Previous event", hint: "back"),
      bind(">", .nextCall, .stepping, "To the end of this call, or of the next one"),
      bind("<", .previousCall, .stepping, "To the start of this call, or of the previous one"),
      bind(")", .stepOver, .stepping, "Step over the next function"),
      bind("(", .stepOverBack, .stepping, "Step back over the previous function"),
      bind("}", .stepOut, .stepping, "Step out: to the end of the function"),
      bind("{", .stepOutBack, .stepping, "Step back out: to the start of the function"),
      bind(
        "J", .unfold, .stepping, "Unfold what repeats: page by page, then event by event",
        hint: "deeper"),
      bind("H", .fold, .stepping, "Fold it again: what repeats is one step", hint: "up"),
    ]
  }

  static var time: [Binding] {
    [
      bind("u", .undo, .time, "Undo: back by a call", hint: "undo"),
      bind("C-r", .redo, .time, "Redo: forward by a call"),
      bind("g", .goToStep, .time, "Go to a call by number, or to a percentage"),
      bind(
        "%", .goToPercentage, .time, "With a count: to that part of all calls; 50% is the middle"),
      bind("^", .start, .time, "To the beginning"),
      bind("$", .end, .time, "To the end"),
      bind("]", .nextSplitOrMerge, .time, "To the next split or merge"),
      bind("[", .previousSplitOrMerge, .time, "To the previous split or merge"),
      bind("Space", .play, .time, "Play, pause", hint: "play"),
      bind("+ =", .faster, .time, "Play faster"),
      bind("-", .slower, .time, "Play slower; the slowest speeds go by single events"),
    ]
  }

  static var stops: [Binding] {
    [
      bind("c", .runOn, .stops, "Continue to the next hit of a stop", hint: "continue"),
      bind("C", .runBack, .stops, "Continue backwards"),
      bind("B", .stopList, .stops, "List the stops: add, change, turn on and off, delete"),
      bind("m", .setMark, .stops, "Mark this moment: then a letter"),
      bind("'", .goToMark, .stops, "Go to a mark: then its letter"),
      bind(
        "W", .who, .stops, "Go to the call that changed this page last; again: to the one before"),
    ]
  }

  static var view: [Binding] {
    [
      bind(
        "v", .sidePanel, .view,
        "Beside the map: trace, why not merged, policies, free memory, TLB", hint: "views"),
      bind("D", .viewList, .view, "List all views, panels and maps", hint: "all views"),
      bind(
        "A", .nextSpace, .view,
        "What the map shows: the direct map, vmalloc space, the module area, a process",
        hint: "areas"),
      bind(
        "O", .nextOverlay, .view,
        "What the colours mean: permissions, pages, pageblocks, wear, who"),
      bind("L", .toggleLetters, .view, "Permissions as letters, or as colours"),
      bind("F", .toggleFollow, .view, "The selection follows what changes, or stays"),
      bind("Y", .nextTheme, .view, "The next theme: other colours"),
      bind("C-w", .causes, .view, "While watching a kernel: who split what, by cost"),
      bind(
        "\"", .toggleBand, .view,
        "Captions in a band, or beside the map; 2\" to 4\": in a band, in large letters"),
      bind("|", .toggleMapOnly, .view, "The map alone, or all panels"),
      bind("\\", .nextBeam, .view, "Spotlight: on the selected slot, on the map, off"),
    ]
  }

  static var again: [Binding] {
    [
      bind(
        "y", .choosePolicies, .again, "Policies: repeat the same calls under others",
        hint: "policies"),
      bind("E", .chooseKernel, .again, "Kernels: repeat the same calls under another one"),
      bind("G", .chooseMachine, .again, "Machines: repeat the same calls on another one"),
      bind(
        "e", .exchange, .again, "Side by side: put the next variant in charge",
        hint: "other"),
      bind(
        "d", .nextDifference, .again,
        "Side by side: the next page that the variants map differently", hint: "difference"),
    ]
  }

  static var lesson: [Binding] {
    [
      bind(
        "z", .goOn, .lesson,
        "Continue, or return to the lesson from free play; at its end, begin the next lesson"),
      bind("Z", .goBack, .lesson, "Back to the start of the part, or to the previous part"),
    ]
  }

  static var program: [Binding] {
    [
      bind("?", .help, .program, "This list", hint: "help"),
      bind(
        ":", .commandLine, .program,
        "Command line: calls, break, watch, why, and the commands below; Tab completes",
        hint: "command"),
      bind("`", .glossary, .program, "What P, A, D, G, PSE and NX mean"),
      bind("C-t", .record, .program, "Record the screen to a file; again: stop recording"),
      bind("C-o", .toggleMouse, .program, "Mouse on or off; with Shift held it selects text"),
      bind("C-l", .redraw, .program, "Redraw the screen"),
      bind("C-z", .suspend, .program, "Suspend; fg in the shell resumes"),
      bind("Esc", .cancel, .program, "Forget the count and the search, close what is open"),
      bind(
        "q", .close, .program, "Close what is open; at the top, ask whether to quit", hint: "quit"),
      bind("Q", .leave, .program, "Quit"),
      bind(
        "C-c", .interrupt, .program,
        "Close what is open; at the top, ask whether to quit; again: quit with status 130"),
    ]
  }
}
