import Engine
import History
import Narration
import Screen

// The rows of the tree in words, as many of them as there is room for.

extension CallTree {
  /// The source of what a real kernel was in at an event: of the function that wrote there, the line that was
  /// reached, or the innermost function under way.
  package func excerpt(at event: Int, in events: CallEvents) -> SourceExcerpt? {
    if case .seen(let step) = events[event], step.isAtPlace, seen.indices.contains(step.function) {
      return seen[step.function].excerpt
    }
    for node in path(to: event).reversed() {
      guard case .seen(let place) = nodes[node].function, seen.indices.contains(place) else {
        continue
      }
      return seen[place].excerpt
    }
    return nil
  }

  /// The name of a function; the call as a whole has none.
  package func name(of node: Int) -> String {
    switch nodes[node].function {
    case .call: ""
    case .kernel(let function): function.name
    case .remedy(let function): function.name
    case .seen(let place): seen.indices.contains(place) ? seen[place].name : ""
    case .policy(let policy): policy.map { $0.mergeFunction ?? $0.rawValue } ?? "rule"
    }
  }

  /// What a function was called with, from the fullest form to the shortest.
  package func arguments(of node: Int) -> [String] {
    let function = nodes[node]
    if case .policy = function.function { return ["", ""] }
    if case .seen(let place) = function.function, seen.indices.contains(place) {
      let words = seen[place].argumentText
      let shorter = seen[place].shortArguments
      return [words, words] + shorter + ["()", ""]
    }
    if let argument = function.argument {
      // Twice, as the fullest form is that of wide rows.
      return ["(\(argument.words))", "(\(argument.words))", "()", ""]
    }
    var short: [String] = function.pages > 0 ? ["\(function.pages.rawValue)"] : []
    var tail = short
    if let masks = function.asked {
      let set = masks.set.isEmpty ? "0" : masks.set.barText
      let clear = masks.clear.isEmpty ? "0" : masks.clear.barText
      tail += ["set \(set)", "clr \(clear)"] + masks.options.names
      // What is not asked for goes without saying where there is little room.
      if !masks.set.isEmpty { short.append("set \(set)") }
      if !masks.clear.isEmpty { short.append("clr \(clear)") }
      if masks.options.contains(.collapse) { short.append("COLLAPSE") }
      if masks.options.contains(.forceSplit) { short.append("force") }
    }
    let full = function.address.hex
    let words = function.address.words
    var lists = [[full] + tail, [words] + tail, [words] + short]
    if function.asked != nil {
      lists += [short, short.filter { $0.hasPrefix("clr") || $0.hasPrefix("set") }]
    }
    return lists.map { "(\($0.joined(separator: ", ")))" } + [""]
  }

  /// What a function returned, once it has; `nil` for nothing.
  package func result(of node: Int) -> (text: String, ink: Ink)? {
    switch nodes[node].result {
    case .nothing: nil
    case .code(let code): (" = \(code.name)", code == .success ? .dim : .error)
    case .splits(let splits): (splits ? " = 1: split" : " = 0: stays", splits ? .warning : .good)
    case .collapses(let done): (done ? " = 1: one leaf" : " = 0", done ? .good : .dim)
    case .word(let text): (" = \(text)", text.hasPrefix("-") ? .error : .dim)
    case .remedy(let result):
      result.words.map { (" = \($0)", result.isFailure ? .error : .dim) }
    }
  }

  /// The line that tells best what came of a function: the last one in it.
  package func lastLine(of node: Int) -> Int? {
    var index = node
    while let item = items[nodes[index].items].last {
      switch item {
      case .line(let event): return event
      case .node(let inner): index = inner
      }
    }
    return nil
  }
}

extension EntryFlags {
  /// The flags as an expression of the kernel's: `RW|D`.
  var barText: String { text(.size4K).split(separator: " ").joined(separator: "|") }
}
