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
  /// All other calls.
  case moreCalls
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
  /// To the next entry that stands against a merge.
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
  /// A lesson: on to what comes next, back to what was before.
  case goOn, goBack
  /// What is shown goes to a file, or no more.
  case record
  /// Lanes side by side.
  case exchange, nextDifference
  /// The command line and help.
  case commandLine, help
  /// The end of a view, of the program, and what the terminal needs.
  case close, leave, interrupt, redraw, suspend, cancel
}
