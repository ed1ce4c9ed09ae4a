extension Ink {
  /// The name of the ink in the configuration.
  public var name: String {
    switch self {
    case .text: "text"
    case .dim: "dim"
    case .title: "title"
    case .border: "border"
    case .borderActive: "border-active"
    case .highlight: "highlight"
    case .selection: "selection"
    case .warning: "warning"
    case .error: "error"
    case .good: "good"
    case .key: "key"
    case .bar4K: "bar-4k"
    case .bar2M: "bar-2m"
    case .bar1G: "bar-1g"
    case .rwNX: "rw-nx"
    case .roNX: "ro-nx"
    case .roX: "ro-x"
    case .rwX: "rw-x"
    case .notPresent: "not-present"
    case .uncached: "uncached"
    case .hole: "hole"
    }
  }

  /// What the ink is for, in a few words.
  public var use: String {
    switch self {
    case .text: "ordinary text"
    case .dim: "text of less weight"
    case .title: "titles, and what just happened"
    case .border: "frames"
    case .borderActive: "the frame of the panel that has the keys"
    case .highlight: "what is pointed out: notes, the current line"
    case .selection: "the selected row of a list; its paper is that of the selected cell"
    case .warning: "what deserves a look"
    case .error: "what went wrong"
    case .good: "what went well"
    case .key: "names of keys, numbers"
    case .bar4K: "the bar of memory mapped by 4K pages"
    case .bar2M: "the bar of memory mapped by 2M pages"
    case .bar1G: "the bar of memory mapped by 1G pages"
    case .rwNX: "writable, not executable: ordinary memory"
    case .roNX: "read-only, not executable"
    case .roX: "read-only, executable"
    case .rwX: "writable and executable: never right"
    case .notPresent: "mapping taken away"
    case .uncached: "uncached, write-combining or write-through"
    case .hole: "no memory at all"
    }
  }
}
