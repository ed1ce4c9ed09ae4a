import Engine

/// What a key can do.
public enum Action: Hashable, Sendable {
  /// A way over a panel.
  case left, right, up, down, first, last, pageUp, pageDown
  /// Another panel.
  case nextPanel, previousPanel, zoomIn, zoomOut
  /// The next place, or the one before, where the map is not like here.
  case nextChange, previousChange
  /// A place by its number, address or name.
  case search
  /// A call of the `set_memory_*()` family.
  case setMemory(SetMemory)
  /// `vmap()` and `vunmap()`.
  case allocate, free
  /// What users of special permissions load, and an end for what was loaded last.
  case load(Loading), freeNewest
  /// The CPU writes or reads.
  case write, read
  /// The experiment.
  case collapse
  /// A block from the page allocator, and an end for the newest one.
  case allocateBlock, freeBlock
  /// What reclaim asks of a cache.
  case shrink
  /// What the page allocator answers next: no 2M block, from here on or once.
  case failBlocks, supply
  /// All other calls.
  case moreCalls
  /// The lists from which other policies, another kernel and another machine are chosen.
  case choosePolicies, chooseKernel, chooseMachine
  /// Whether calls go to the direct map or to an area.
  case toggleTarget
  /// A count as large as the selected slot.
  case wholeSlot
  /// Steps through time.
  case stepOver, stepOverBack, stepOut, stepOutBack
  /// One level deeper into what repeats inside a call, and one back up.
  case unfold, fold
  /// To where a stop is hit, and the list of stops.
  case runOn, runBack, stopList
  /// A place in time gets a name, and the way there.
  case setMark, goToMark
  /// To the next split or merge, and to who changed the page.
  case nextSplitOrMerge, previousSplitOrMerge, who
  /// To the next entry that blocks a merge.
  case nextBlocker, previousBlocker
  /// Steps through time.
  case nextEvent, previousEvent, nextCall, previousCall, undo, redo, goToStep, goToPercentage,
    start, end
  /// Time by itself.
  case play, faster, slower
  /// What is shown.
  case toggleLetters, toggleFollow, sidePanel, nextSpace, nextOverlay
  /// How it is shown, and whether the mouse is listened to.
  case nextTheme, toggleMouse
  /// For an audience: captions in a band, the map alone, a spotlight.
  case toggleBand, toggleMapOnly, nextBeam
  /// Who changed the map that is watched.
  case causes
  /// What the letters of entries mean.
  case glossary
  /// A lesson: on to what comes next, back to what was before.
  case goOn, goBack
  /// What is shown goes to a file, or no more.
  case record
  /// Lanes side by side.
  case exchange, nextDifference
  /// The command line, help, and the list of all that can be shown.
  case commandLine, help, viewList
  /// The end of a view, of the program, and what the terminal needs.
  case close, leave, interrupt, redraw, suspend, cancel
}
